"""Which column of a table is what: label, id, split, path, features, logits, fields; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from fdmat_core.formats import counted, did_you_mean, some
from fdmat_core.reading import cells as cells_of
from fdmat_core.reading.places import EXAMPLES, listed, short
from fdmat_core.types import Finding

if TYPE_CHECKING:
    import pandas

#: Names of columns, in lower case, by what they hold; the first that is there is taken.
NAMES = {
    "label": ("label", "labels", "class", "target", "y", "category", "fine_label"),
    "id": ("id", "ids", "item_id", "uid"),
    "split": ("split", "subset", "partition", "set"),
    "path": ("path", "file", "filename", "file_name", "filepath", "file_path", "image_path", "image", "img"),
    "features": ("features", "embedding", "embeddings", "vector", "feature"),
    "logits": ("logits", "scores"),
}
#: What people type for "there is no such column".
NONE = "none"
#: A column of more different words is not offered as that of the labels.
MOST_CLASSES = 100
#: Values that are looked at together.
BLOCK = 2**20
#: Columns whose spread differs by more than this have different units.
UNITS = 1000.0
#: What is done with features that are not numbers or not finite.
Missing = Literal["drop", "mean", "refuse"]
#: What is done with columns that only count the rows.
RowNumbers = Literal["drop", "keep"]


class Features(NamedTuple):
    """Features (n, d) float32, the rows (n,) bool that have none, what was found, and what the d columns were."""

    values: np.ndarray
    lost: np.ndarray
    findings: tuple[Finding, ...]
    titles: tuple[str, ...] = ()  # their names, if they have any
    units: np.ndarray | None = None  # (2, d) what a value is multiplied by to be what was read, and what is added then


def find(names: Iterable[str], what: str, asked: str = "") -> str | None:
    """The column that holds the label, id, ...: the one asked for, or the first that has a usual name."""
    if asked == NONE:
        return None
    there = list(names)
    if asked:
        if asked not in there:
            near = did_you_mean(asked, there) or f"; it has {listed(there)}"
            raise ValueError(f"{what} is {asked!r}, but there is no such column{near}")
        return asked
    return usual(there, what)


def usual(names: Iterable[str], what: str) -> str | None:
    """The first usual name of the label, id, ... that is among some names of columns, as it is written there."""
    by_name = {name.strip().lower(): name for name in reversed(list(names))}
    return next((by_name[name] for name in NAMES[what] if name in by_name), None)


def has_a_role(name: str, *what: str) -> bool:
    """Whether a column is named like one of some things: by default those whose numbers are no features."""
    return any(name.strip().lower() in NAMES[one] for one in what or ("label", "id", "split", "path", "logits"))


def no_labels(found: str | None, asked: str, rest: Mapping[str, pandas.Series[Any]]) -> list[Finding]:
    """What is said if no column of labels is found, unless people said that there is none.

    Parameters
    ----------
    rest
        The columns that may be meant: those of few different words are offered.
    """
    if found is not None or asked == NONE:
        return []
    few = {name: count for name, column in rest.items() if (count := few_words(column))}
    text = f"no column is named {', '.join(NAMES['label'])}"
    text += "".join(f"; {short(name)} has {count} different words" for name, count in few.items())
    return [Finding(text, "taken as data without labels", f"label={next(iter(few), 'NAME')}")]


def few_words(column: pandas.Series[Any]) -> int | None:
    """How many different words a column has, if it may name classes: two or more, which recur; else None."""
    count = column.nunique() if is_words(column) else 0
    return count if 2 <= count <= min(MOST_CLASSES, len(column) // 2) else None


def is_numbers(column: pandas.Series[Any]) -> bool:
    """Whether a column holds numbers (and maybe gaps)."""
    from pandas.api import types

    return bool(types.is_numeric_dtype(column)) and not types.is_complex_dtype(column)


def is_words(column: pandas.Series[Any]) -> bool:
    """Whether a column holds words, or things of several kinds, but no rows of numbers."""
    from pandas import StringDtype

    return isinstance(column.dtype, StringDtype) or (column.dtype == object and not is_rows(column))


def is_rows(column: pandas.Series[Any]) -> bool:
    """Whether the cells of a column are rows of numbers: the first that is not missing is one."""
    if column.dtype != object:
        return False
    first = next((cell for cell in column.tolist() if not (cell is None or isinstance(cell, float))), None)
    return isinstance(first, list | tuple | np.ndarray)


def is_index(name: str) -> bool:
    """Whether a column is named as the index that a table was saved with."""
    return name.strip().lower().startswith("unnamed: ") or name.strip().lower() in ("", "index", "__index_level_0__")


def index_like(name: str, column: pandas.Series[Any]) -> bool:
    """Whether a column only counts the rows, as the index that a table was saved with."""
    values = column.to_numpy()
    if values.dtype.kind not in "iu":
        return False
    if is_index(name):
        return len(np.unique(values)) == len(values)
    return len(values) > 2 and bool((np.diff(values.astype(np.int64)) == 1).all())


def stacked(column: pandas.Series[Any], name: str, where: Callable[[int], str]) -> np.ndarray:
    """The rows of numbers in a column as (n, d); a row that is missing is of NaN."""
    cells = column.tolist() if is_rows(column) else cells_of.rows(column, name, where)
    widths = np.array([len(cell) if isinstance(cell, list | tuple | np.ndarray) else -1 for cell in cells])
    width = int(widths[widths >= 0][0])
    odd = np.flatnonzero((widths != width) & ((widths >= 0) | np.array([not _missing(cell) for cell in cells])))
    if len(odd) or width < 1:
        row = int(odd[0]) if len(odd) else 0
        raise ValueError(
            f"{name} has {max(widths[row], 0)} numbers in {where(row)}, {width} in the first; give all the same"
        )
    narrow = all(isinstance(cell, np.ndarray) and cell.dtype == np.float32 for cell in cells if not _missing(cell))
    found = np.full((len(cells), width), np.nan, dtype=np.float32 if narrow else np.float64)
    for row in np.flatnonzero(widths >= 0):
        found[row] = _row(cells[row], name, where(int(row)))
    return found


def _missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and np.isnan(cell))


def _row(cell: Any, name: str, where: str) -> np.ndarray:
    """One row of numbers (d,) as float64; None in it is NaN."""
    try:
        row = np.array(cell, dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} holds values that are no numbers in {where}; write one row of numbers") from error
    if row.ndim != 1:
        raise ValueError(f"{name} holds lists in a list in {where}; write one row of numbers")
    return row


def in_float32(values: Any, name: str) -> tuple[np.ndarray, int]:
    """Numbers (n, d) as float32, and how many of the d columns 32 bits cannot hold: what `checked` takes.

    What is float32 and can be written to is taken over, not copied.
    """
    array = np.asarray(values)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; give (n, d), at least one row and one column")
    if array.dtype.kind not in "biuf":
        array = _as_numbers(array, name)
    plain = array.dtype == np.float32 and array.dtype.isnative and array.flags.writeable
    return (array, 0) if plain else in_32_bits(array)


def in_32_bits(array: np.ndarray) -> tuple[np.ndarray, int]:
    """Numbers (n, d) as float32, and how many of the d columns 32 bits cannot hold."""
    found, rounding = np.empty(array.shape, dtype=np.float32), Rounding(array.shape[1])
    for part, block in zip(_parts(found), _parts(array), strict=True):
        part[:] = narrowed(block)
        rounding.add(block, part)
    return found, int(rounding.rounded().sum())


def narrowed(block: np.ndarray) -> np.ndarray:
    """Numbers as float32; what is too large is infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return block.astype(np.float32, copy=False)


class Rounding:
    """Which of d columns differ from their float32 by more than a hundredth of their spread, found block by block."""

    def __init__(self, d: int) -> None:
        self.n, self.mean, self.squares = np.zeros(d), np.zeros(d), np.zeros(d)
        self.low, self.low_kept = np.full(d, np.inf), np.full(d, np.inf)
        self.least, self.most = np.full(d, np.inf), np.full(d, -np.inf)  # of the differences

    def add(self, exact: np.ndarray, kept: np.ndarray, at: list[int] | slice = slice(None)) -> None:
        """Look at a block (m, d) and its float32, of all columns or of those at some places."""
        if exact.dtype.kind not in "iuf" or exact.dtype.itemsize < 4 or exact.dtype == np.float32 or not len(exact):
            return
        good, exact = np.isfinite(kept), exact.astype(np.float64, copy=False)
        with np.errstate(invalid="ignore"):
            error = exact - kept
        for name, found in (("low", exact), ("low_kept", kept), ("least", error)):
            low = getattr(self, name)
            low[at] = np.minimum(low[at], found.min(axis=0, where=good, initial=np.inf))
        self.most[at] = np.maximum(self.most[at], error.max(axis=0, where=good, initial=-np.inf))
        count = good.sum(axis=0)
        mean = exact.sum(axis=0, where=good) / np.maximum(count, 1)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.square(exact - mean).sum(axis=0, where=good)
        apart, whole = mean - self.mean[at], np.maximum(self.n[at] + count, 1)
        self.squares[at] += squares + apart**2 * self.n[at] * count / whole
        self.mean[at] += apart * count / whole
        self.n[at] += count

    def rounded(self) -> np.ndarray:
        """The columns (d,) bool that 32 bits cannot hold."""
        with np.errstate(invalid="ignore"):
            shift = self.low - self.low_kept
            furthest = np.maximum(np.abs(self.most - shift), np.abs(self.least - shift))
            return (self.n > 0) & (furthest > np.sqrt(self.squares / np.maximum(self.n, 1)) / 100)


def _as_numbers(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "OUS":
        raise ValueError(f"{name} holds {array.dtype}, which are no numbers; leave such columns out")
    try:
        return array.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} holds values that are no numbers ({error}); leave such columns out") from error


def checked(  # noqa: PLR0913  what was read, and what people may set
    found: np.ndarray,
    rounded: int,
    name: str,
    *,
    missing: Missing,
    where: Callable[[int], str],
    standardise: bool = False,
    titles: Sequence[str] = (),
) -> Features:
    """Features (n, d) float32 without gaps, mended in place, and what is odd about them.

    Parameters
    ----------
    rounded
        How many columns 32 bits cannot hold.
    standardise
        Bring every column to mean 0 and spread 1.
    titles
        The names of the columns, if they have any.
    """
    findings: list[Finding] = []
    if rounded:
        columns = counted(rounded, f"column of {name} differs", f"columns of {name} differ")
        text = f"{columns} in digits that 32 bits cannot hold"
        findings.append(Finding(text, "rounded to seven digits; subtract what the values have in common"))
    empty = ~np.logical_or.reduce([np.isfinite(part).any(axis=0) for part in _parts(found)])
    there = np.arange(found.shape[1])
    if empty.any() and not empty.all():
        columns = counted(int(empty.sum()), f"column of {name} has", f"columns of {name} have")
        findings.append(Finding(f"{columns} no finite value in any row", "left out"))
        found, there = found[:, ~empty], there[~empty]

    def place(row: int, column: int) -> str:
        number = int(there[column])
        return f"{where(row)}, column {short(titles[number], 40) if titles else f'{number + 1} of {name}'}"

    lost = np.concatenate([~np.isfinite(part).all(axis=1) for part in _parts(found)])
    if lost.any():
        lost, finding = _mended(found, lost, name, missing, place)
        findings.append(finding)
    findings += _remarks(found, ~lost, name, standardise=standardise)
    names = tuple(str(titles[number]) for number in there if titles)
    values, units = _standardised(found, lost) if standardise else (found, None)
    return Features(values, lost, tuple(findings), names, units)


def _parts(found: np.ndarray) -> Iterable[np.ndarray]:
    """An array (n, d) some rows at a time."""
    step = max(1, BLOCK // found.shape[1])
    return (found[start : start + step] for start in range(0, len(found), step))


def _mended(
    found: np.ndarray, lost: np.ndarray, name: str, missing: Missing, place: Callable[[int, int], str]
) -> tuple[np.ndarray, Finding]:
    """Fill gaps, with 0 in rows that are given up; which rows (n,) are, and the finding that says so."""
    rows = np.flatnonzero(lost)
    gaps = [~np.isfinite(found[row]) for row in rows[:EXAMPLES]]
    places = tuple(place(int(row), int(gap.argmax())) for row, gap in zip(rows, gaps, strict=False))
    finite = np.sum([np.isfinite(part).sum(axis=0) for part in _parts(found)], axis=0)
    text = (
        f"{some(len(rows), len(lost), f'rows of {name}')} "
        f"{counted(found.size - int(finite.sum()), 'value that is', 'values that are')} missing or not finite"
    )
    none = not finite.any()
    if missing == "refuse" or (lost.all() and (missing == "drop" or none)):
        advice = "say missing=mean to fill them in" if lost.all() else "remove these rows, or say missing=drop or mean"
        raise ValueError(f"{text}, first in {places[0]}; {'give numbers' if none else advice}")
    filling = np.zeros(found.shape[1])
    if missing == "mean":
        sums = [part.sum(axis=0, where=np.isfinite(part), dtype=np.float64) for part in _parts(found)]
        filling = np.sum(sums, axis=0) / finite
    for part in _parts(found):
        np.copyto(part, filling, where=~np.isfinite(part), casting="same_kind")
    if missing == "drop":
        return lost, Finding(text, "these rows are left out", "missing=mean", places)
    return np.zeros_like(lost), Finding(text, "filled with the mean of the column", "missing=drop", places)


def _remarks(found: np.ndarray, there: np.ndarray, name: str, *, standardise: bool) -> list[Finding]:
    """What is odd about the rows (n,) of features that are there: zeros, constant columns, columns of other units."""
    remarks = []
    used, whole = there[:, None], bool(there.all())
    low, high = found.min(axis=0, where=used, initial=np.inf), found.max(axis=0, where=used, initial=-np.inf)
    constant = low == high
    if constant.any() and found.shape[1] > 1 and there.sum() > 1:
        remarks.append(
            Finding(
                f"{some(int(constant.sum()), found.shape[1], f'columns of {name}', 'are')} constant",
                "kept; nothing changes by that",
            )
        )
    zeros = 0 if standardise else int((~found.any(axis=1) & there).sum())
    if zeros:
        remarks.append(
            Finding(
                counted(zeros, f"row of {name} is all zero", f"rows of {name} are all zero"),
                "kept; FDMat removes them as rows without features",
            )
        )
    step = max(1, BLOCK // len(found))
    parts = (found[:, start : start + step] for start in range(0, found.shape[1], step))
    spreads = [(part if whole else part[there]).std(axis=0, dtype=np.float64) for part in parts]
    spread = np.concatenate(spreads)[~constant]
    if len(spread) > 1 and spread.max() > UNITS * spread.min():
        text = f"columns of {name} have different units: spreads from {spread.min():.2g} to {spread.max():.2g}"
        scaled = Finding(text, "brought to mean 0 and spread 1", "standardise=false")
        as_is = Finding(text, "taken as they are, so distances follow the widest", "standardise=true")
        remarks.append(scaled if standardise else as_is)
    return remarks


def _standardised(values: np.ndarray, lost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features with mean 0 and spread 1 in every column, over rows that are not lost, and the units that they had.

    Constant columns become 0.
    """
    # Not by `scaling.moments`, whose numbers are the same for usual columns: it lets a column count nothing that varies
    # by less than a millionth of its mean, such as times in seconds, and here that would be dropped unsaid.
    mean, spread = values[~lost].mean(axis=0, dtype=np.float64), values[~lost].std(axis=0, dtype=np.float64)
    spread = np.where(spread > 0, spread, 1)
    return ((values - mean) / spread).astype(np.float32), np.stack([spread, mean])


def fields(frame: pandas.DataFrame, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Further columns as words or numbers; what is empty is an empty word."""
    return {name: field(frame[name]) for name in names}


def field(column: pandas.Series[Any]) -> np.ndarray:
    """A column as numbers or words; what is empty is an empty word."""
    missing = column.isna().to_numpy(dtype=bool)
    if is_numbers(column) and not missing.any():
        return column.to_numpy()
    return texts(["" if gap else cell for cell, gap in zip(column.tolist(), missing, strict=True)])


def texts(values: Iterable[Any]) -> np.ndarray:
    """Values as words (n,), bytes decoded; as objects where a few long ones would make all as long."""
    words = [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]
    words = [word.encode("utf-8", "replace").decode() for word in words]
    lengths = [len(word) for word in words]
    wasteful = len(words) * max(lengths, default=0) > 4 * sum(lengths) + BLOCK
    return np.array(words, dtype=object if wasteful else None)
