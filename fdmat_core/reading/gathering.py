"""A Table out of blocks: numbers as 32 bits side by side, rows of numbers likewise, all other columns as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fdmat_core.reading import cells, columns
from fdmat_core.reading.blocks import Blocks, TwiceError, clean

if TYPE_CHECKING:
    import pandas

#: What a column of a block may be besides its type: numbers, true or false, rows of numbers, nothing, not there.
NUMBERS, BOOLS, ROWS, MISSING, ABSENT = "numbers", "bools", "rows", "missing", "absent"
#: Types of a column's blocks that together are what the column is as a whole.
ALIKE = {"int64", "float64"}


@dataclass
class Table:
    """The columns of a file, n values each: in `values`, in `rows`, or in `frame`.

    `features` hands `values` out and may be asked once: there is memory for one.
    """

    n: int
    names: list[str]
    frame: pandas.DataFrame
    values: np.ndarray  # (n, width) float32
    place: dict[str, int]  # of columns of numbers in `values`
    rounded: np.ndarray  # (width,) bool: columns that 32 bits cannot hold
    rows: dict[str, np.ndarray]  # columns with a row of numbers in each cell, (n, d) float32
    rows_rounded: dict[str, int]  # of each of them, how many of its d numbers 32 bits cannot hold
    written: set[str]  # those of them whose cells are text: "[0.1, 2]"
    counting: frozenset[str]  # columns of numbers that count the rows
    lines: int  # of a text file

    def column(self, name: str) -> pandas.Series[Any]:
        """A column that holds no rows of numbers."""
        import pandas

        return self.frame[name] if name in self.frame else pandas.Series(self.values[:, self.place[name]])

    def is_numbers(self, name: str) -> bool:
        """Whether a column holds numbers."""
        return name not in self.rows and (name not in self.frame or columns.is_numbers(self.frame[name]))

    def is_rows(self, name: str) -> bool:
        """Whether the cells of a column are rows of numbers, and no text."""
        return (name in self.rows and name not in self.written) or (
            name in self.frame and columns.is_rows(self.frame[name])
        )

    def put(self, name: str, values: np.ndarray) -> None:
        """Make numbers (n,) of a column that was none, for `features`."""
        if name not in self.place:
            self.place[name] = self.values.shape[1]
            self.values = np.column_stack([self.values, np.empty(self.n, dtype=np.float32)])
            self.rounded = np.append(self.rounded, False)
        kept, rounded = columns.in_32_bits(values[:, None])
        self.values[:, self.place[name]] = kept[:, 0]
        self.rounded[self.place[name]] = rounded > 0

    def features(self, names: list[str]) -> tuple[np.ndarray, int]:
        """Columns of numbers as (n, d) float32, in the memory of `values`; and how many 32 bits cannot hold."""
        at = [self.place[name] for name in names]
        values, width, d = self.values, self.values.shape[1], len(at)
        self.values = np.empty((0, width), dtype=np.float32)
        if at == list(range(width)):
            return values, int(self.rounded.sum())
        flat, step = values.reshape(-1), max(1, columns.BLOCK // width)
        for start in range(0, self.n, step):
            part = values[start : start + step, at]
            flat[start * d : start * d + part.size] = part.reshape(-1)  # never beyond what has been read
        return flat[: self.n * d].reshape(self.n, d), int(self.rounded[at].sum())


def gathered(blocks: Blocks, exact: Callable[[str], bool]) -> Table:
    """The table that blocks make.

    Parameters
    ----------
    exact
        Which columns, besides those with a usual name of what is no feature, stay as they are.
    """
    whole = _Gathering(blocks, exact)
    for start, frame in blocks.each:
        frame.columns = [clean(name) for name in frame.columns]
        if frame.columns.has_duplicates:
            raise TwiceError(frame.columns[frame.columns.duplicated()][0])
        whole.add(start, frame)
    return whole.table()


class _Gathering:
    """What has been read so far of a table."""

    def __init__(self, blocks: Blocks, exact: Callable[[str], bool]) -> None:
        self.blocks, self.asked = blocks, exact
        self.wide = False  # there is a column of features, so that all other numbers are only shown
        self.first: set[str] = set()  # the first columns named like features and like logits
        self.written: set[str] = set()
        self.n = 0
        self.names: list[str] = []
        self.place: dict[str, int] = {}  # of the columns of the first block
        self.values = np.empty((0, 0), dtype=np.float32)
        self.rounding = columns.Rounding(0)
        self.rows: dict[str, np.ndarray] = {}
        self.rows_rounding: dict[str, columns.Rounding] = {}
        self.kinds: dict[str, set[str]] = {}
        self.parts: dict[str, list[pandas.Series[Any]]] = {}
        self.seen: dict[str, int] = {}  # up to which row
        self.last: dict[str, int] = {}  # the last number of every column that has counted the rows so far

    def add(self, start: int, frame: pandas.DataFrame) -> None:
        """Take the next rows of some columns, or their names alone."""
        if not self.kinds:
            self._begin(frame)
        if not len(frame):
            return
        self.n = max(self.n, start + len(frame))
        self.values = _with_room(self.values, self.n)
        names = list(map(str, frame.columns))
        numbers = [name for name in names if name in self.place and self._is_feature(name, frame)]
        self._count(frame, numbers, start)
        for name in names:
            self._see(name, start, start + len(frame))
            if name not in numbers:
                self._keep(name, frame[name], start)
            else:
                self.kinds[name].add(BOOLS if frame[name].dtype.kind == "b" else NUMBERS)
        if numbers:
            at = [self.place[name] for name in numbers]
            narrow = all(frame[name].dtype == np.float32 for name in numbers)
            values = frame[numbers].to_numpy(dtype=np.float32 if narrow else np.float64, na_value=np.nan)
            kept = columns.narrowed(values)
            self.values[start : start + len(frame), at] = kept
            self.rounding.add(values, kept, at)

    def _begin(self, frame: pandas.DataFrame) -> None:
        self.names = list(frame.columns)
        self.place = {name: place for place, name in enumerate(self.names)}
        self.kinds = {name: set() for name in self.names}
        self.values = np.empty((max(self.blocks.rows, len(frame)), len(self.names)), dtype=np.float32)
        self.rounding = columns.Rounding(len(self.names))
        usual = [[name for name in self.names if columns.has_a_role(name, what)] for what in ("features", "logits")]
        self.wide, self.first = bool(usual[0]), {names[0] for names in usual if names}

    def _is_feature(self, name: str, frame: pandas.DataFrame) -> bool:
        """Whether a column of a block holds numbers that may be features."""
        exact = self.wide or self.asked(name) or columns.has_a_role(name) or columns.is_index(name)
        return columns.is_numbers(frame[name]) and not exact

    def _count(self, frame: pandas.DataFrame, numbers: list[str], start: int) -> None:
        """Find out which columns of numbers still count the rows."""
        for name in [name for name in numbers if not start or name in self.last]:
            values, last = frame[name].to_numpy(), self.last.pop(name, None)
            if values.dtype.kind in "iu":
                values = values.astype(np.int64)
                if (np.diff(values) == 1).all() and last in (None, values[0] - 1):
                    self.last[name] = int(values[-1])

    def _see(self, name: str, start: int, stop: int) -> None:
        """Note that a column has these rows; those before that it does not have are gaps."""
        if name not in self.kinds:
            self.names.append(name)
            self.kinds[name] = set()
        if self.seen.get(name, 0) < start:
            self.kinds[name].add(ABSENT)
            self._gap(name, self.seen.get(name, 0), start)
        self.seen[name] = stop

    def _keep(self, name: str, column: pandas.Series[Any], start: int) -> None:
        """Take rows of numbers as such, and all other cells as they are."""
        rows = self._rows(name, column)
        if rows is None:
            nothing = column.dtype == object and column.isna().all()
            self.kinds[name].add(MISSING if nothing else str(column.dtype))
            self.parts.setdefault(name, []).append(column)
            if nothing:
                self._gap(name, start, start + len(column))
            return
        self.kinds[name].add(ROWS)
        if name not in self.rows:
            self.rows[name] = np.empty((max(self.blocks.rows, start), rows.shape[1]), dtype=np.float32)
            self.rows_rounding[name] = columns.Rounding(rows.shape[1])
            self.rows[name][:start] = np.nan
        if rows.shape[1] != self.rows[name].shape[1]:
            self.kinds[name].add(str(column.dtype))
            return
        kept = columns.narrowed(rows)
        self.rows_rounding[name].add(rows, kept)
        self.rows[name] = _with_room(self.rows[name], start + len(rows))
        self.rows[name][start : start + len(rows)] = kept

    def _rows(self, name: str, column: pandas.Series[Any]) -> np.ndarray | None:
        """A block of a column as rows of numbers (m, d), a missing one of NaN; None if it is, or stays, another."""
        if self.asked(name) or columns.has_a_role(name, "label", "id", "split", "path"):
            return None
        written = name in self.first and columns.is_words(column) and cells.is_rows(column)
        if not written and not columns.is_rows(column):
            return None
        try:
            found = columns.stacked(column, name, str)
        except ValueError:  # said where the column is used
            return None
        self.written.update([name] if written else [])
        return found

    def _gap(self, name: str, start: int, stop: int) -> None:
        if name in self.place:
            self.values[start:stop, self.place[name]] = np.nan
        if name in self.rows:
            self.rows[name] = _with_room(self.rows[name], stop)
            self.rows[name][start:stop] = np.nan

    def table(self) -> Table:
        """What has been read, with columns that blocks see differently read at once."""
        import pandas

        for name in self.names if self.n else []:
            self._see(name, self.n, self.n)
        present = {name: kinds - {MISSING, ABSENT} for name, kinds in self.kinds.items()}
        rows = {name: self.rows[name][: self.n] for name, kinds in present.items() if kinds == {ROWS}}
        numbers = [name for name, kinds in present.items() if kinds == {NUMBERS} or self.kinds[name] == {BOOLS}]
        others = [name for name in dict.fromkeys(self.names) if name not in rows and name not in numbers]
        again = [name for name in others if len(self.kinds[name]) > 1 and not self.kinds[name] <= ALIKE]
        found: dict[str, Any] = {}
        if again:
            read = self.blocks.whole(again, [name for name in again if "str" in self.kinds[name]])
            found = {clean(name): read[name] for name in read}
        for name in others if self.n else []:
            if name not in found:
                found[name] = pandas.concat(self.parts.pop(name), ignore_index=True)
        return Table(
            n=self.n,
            names=self.names,
            frame=pandas.DataFrame({name: found[name] for name in others if name in found}, copy=False),
            values=self.values[: self.n],
            place=self.place,
            rounded=self.rounding.rounded(),
            rows=rows,
            rows_rounded={name: int(self.rows_rounding[name].rounded().sum()) for name in rows},
            written=self.written & set(rows),
            counting=frozenset(self.last if self.n > 2 else ()) & set(numbers),
            lines=self.blocks.lines,
        )


def _with_room(values: np.ndarray, rows: int) -> np.ndarray:
    """An array that holds at least so many rows: itself, or a larger copy."""
    if rows <= len(values):
        return values
    return np.concatenate([values, np.empty((rows, values.shape[1]), dtype=values.dtype)])
