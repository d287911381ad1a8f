"""Which column of a table is what: label, id, split, path, features, logits, fields; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from fdmat_core.reading import cells as cells_of
from fdmat_core.reading.places import EXAMPLES, listed
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
#: Values that are looked at together.
BLOCK = 2**20
#: Columns whose spread differs by more than this have different units.
UNITS = 1000.0
#: What is done with features that are not numbers or not finite.
Missing = Literal["drop", "mean", "refuse"]
#: What is done with columns that only count the rows.
RowNumbers = Literal["drop", "keep"]


class Features(NamedTuple):
    """Features (n, d) float32, the rows (n,) bool that have none, and what was found."""

    values: np.ndarray
    lost: np.ndarray
    findings: tuple[Finding, ...]


def find(frame: pandas.DataFrame, what: str, asked: str = "") -> str | None:
    """The column that holds the label, id, ...: the one asked for, or the first that has a usual name."""
    if asked == NONE:
        return None
    if asked:
        if asked not in frame.columns:
            raise ValueError(f"{what} is {asked!r}, but there is no such column; it has {listed(frame.columns)}")
        return asked
    return usual(map(str, frame.columns), what)


def usual(names: Iterable[str], what: str) -> str | None:
    """The first usual name of the label, id, ... that is among some names of columns, as it is written there."""
    by_name = {name.strip().lower(): name for name in reversed(list(names))}
    return next((by_name[name] for name in NAMES[what] if name in by_name), None)


def no_labels(found: str | None, asked: str) -> list[Finding]:
    """What is said if no column of labels is found, unless people said that there is none."""
    if found is not None or asked == NONE:
        return []
    text = f"no column is named {', '.join(NAMES['label'])}"
    return [Finding(text, "taken as data without labels", "label=NAME")]


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


def index_like(name: str, column: pandas.Series[Any]) -> bool:
    """Whether a column only counts the rows, as the index that a table was saved with."""
    values = column.to_numpy()
    if values.dtype.kind not in "iu":
        return False
    if name.strip().lower().startswith("unnamed: ") or name.strip().lower() in ("", "index", "__index_level_0__"):
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


def of_columns(
    frame: pandas.DataFrame, names: list[str], *, missing: Missing, where: Callable[[int], str], of: str
) -> Features:
    """Columns of numbers as features, column by column: gaps of any kind, of whole numbers too, are NaN."""

    def blocks() -> Iterable[tuple[int, np.ndarray]]:
        for place, name in enumerate(names):
            yield place, frame[name].to_numpy(dtype=np.float64, na_value=np.nan)[:, None]

    found, rounded = _narrowed(np.empty((len(frame), len(names)), dtype=np.float32), blocks())
    return _checked(found, rounded, of, missing, where)


def numbers(values: Any, name: str, *, missing: Missing, where: Callable[[int], str]) -> Features:
    """Features as float32, and what is done about values that are missing or not finite.

    Parameters
    ----------
    values
        (n, d) numbers; float32 is taken over, not copied.
    where
        Where a row stands, in words.
    """
    array = np.asarray(values)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; give (n, d), at least one row and one column")
    if array.dtype.kind not in "biuf":
        array = _as_numbers(array, name)
    if array.dtype == np.float32 and array.dtype.isnative and array.flags.writeable:
        return _checked(array, 0, name, missing, where)
    step = max(1, BLOCK // len(array))
    blocks = ((start, array[:, start : start + step]) for start in range(0, array.shape[1], step))
    found, rounded = _narrowed(np.empty(array.shape, dtype=np.float32), blocks)
    return _checked(found, rounded, name, missing, where)


def _narrowed(found: np.ndarray, blocks: Iterable[tuple[int, np.ndarray]]) -> tuple[np.ndarray, int]:
    """Fill (n, d) float32 by blocks of columns; and how many of them lose what tells their values apart."""
    rounded = 0
    for start, block in blocks:
        part = found[:, start : start + block.shape[1]]
        with np.errstate(over="ignore", invalid="ignore"):
            part[:] = block
        if block.dtype.itemsize > 2 and block.dtype.kind in "iuf":
            rounded += _count_rounded(block, part)
    return found, rounded


def _count_rounded(block: np.ndarray, part: np.ndarray) -> int:
    """How many columns differ from their float32 by more than a hundredth of their spread."""
    good = np.isfinite(part).all(axis=1)
    if not good.any():
        return 0
    exact = (block[good] - block[good].min(axis=0)).astype(np.float64)
    kept = part[good].astype(np.float64)
    kept -= kept.min(axis=0)
    return int((np.abs(exact - kept).max(axis=0) > exact.std(axis=0) / 100).sum())


def _as_numbers(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "OUS":
        raise ValueError(f"{name} holds {array.dtype}, which are no numbers; leave such columns out")
    try:
        return array.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} holds values that are no numbers ({error}); leave such columns out") from error


def _checked(found: np.ndarray, rounded: int, name: str, missing: Missing, where: Callable[[int], str]) -> Features:
    """Features (n, d) float32 without gaps, and what is odd about them."""
    bad = ~np.isfinite(found)
    findings: list[Finding] = []
    if rounded:
        text = f"{rounded:,} columns of {name} differ in digits that 32 bits cannot hold"
        findings.append(Finding(text, "rounded to seven digits; subtract what the values have in common"))
    empty = bad.all(axis=0)
    if empty.any() and not empty.all():
        findings.append(Finding(f"{int(empty.sum()):,} columns of {name} have no finite value in any row", "left out"))
        found, bad = found[:, ~empty], bad[:, ~empty]
    lost = np.asarray(bad.any(axis=1))
    if lost.any():
        found, lost, finding = _mended(found, bad, name, missing, where)
        findings.append(finding)
    return Features(found, lost, (*findings, *_remarks(found[~lost] if lost.any() else found, name)))


def _mended(
    found: np.ndarray, bad: np.ndarray, name: str, missing: Missing, where: Callable[[int], str]
) -> tuple[np.ndarray, np.ndarray, Finding]:
    """Features with gaps filled or rows given up, and the finding that says so."""
    lost = np.asarray(bad.any(axis=1))
    rows = np.flatnonzero(lost)
    places = tuple(f"{where(int(row))}, column {int(bad[row].argmax()) + 1}" for row in rows[:EXAMPLES])
    text = (
        f"{len(rows):,} of {len(lost):,} rows of {name} have {int(bad.sum()):,} values that are missing or not finite"
    )
    if missing == "refuse" or (lost.all() and (missing == "drop" or bad.all())):
        advice = "say missing=mean to fill them in" if lost.all() else "remove these rows, or say missing=drop or mean"
        raise ValueError(f"{text}, first in {places[0]}; {'give numbers' if bad.all() else advice}")
    if missing == "drop":
        return np.where(bad, 0, found), lost, Finding(text, "these rows are left out", "missing=mean", places)
    means = np.nanmean(np.where(bad, np.nan, found), axis=0, dtype=np.float64)
    filled = np.where(bad, means, found).astype(np.float32)
    return filled, np.zeros_like(lost), Finding(text, "filled with the mean of the column", "missing=drop", places)


def _remarks(found: np.ndarray, name: str) -> list[Finding]:
    """What is odd about features: rows of zeros, constant columns, columns of different units."""
    remarks = []
    low, high = found.min(axis=0), found.max(axis=0)
    constant = low == high
    if constant.any() and found.shape[1] > 1 and len(found) > 1:
        remarks.append(
            Finding(
                f"{int(constant.sum()):,} of {found.shape[1]:,} columns of {name} are constant",
                "kept; they change nothing",
            )
        )
    zeros = int((~found.any(axis=1)).sum())
    if zeros:
        remarks.append(
            Finding(f"{zeros:,} rows of {name} are all zero", "kept; FDMat removes them as rows without features")
        )
    step = max(1, BLOCK // len(found))
    parts = [found[:, start : start + step].std(axis=0, dtype=np.float64) for start in range(0, found.shape[1], step)]
    spread = np.concatenate(parts)[~constant]
    if len(spread) > 1 and spread.max() > UNITS * spread.min():
        remarks.append(
            Finding(
                f"columns of {name} have different units: spreads from {spread.min():.2g} to {spread.max():.2g}",
                "taken as they are, so distances follow the widest",
                "standardise=true",
            )
        )
    return remarks


def standardised(values: np.ndarray, lost: np.ndarray | None) -> np.ndarray:
    """Features with mean 0 and spread 1 in every column, over rows that are not lost; constant columns become 0."""
    # Not by `scaling.moments`, whose numbers are the same for usual columns: it lets a column count nothing that varies
    # by less than a millionth of its mean, such as times in seconds, and here that would be dropped unsaid.
    lost = np.zeros(len(values), dtype=bool) if lost is None else lost
    mean, spread = values[~lost].mean(axis=0, dtype=np.float64), values[~lost].std(axis=0, dtype=np.float64)
    return ((values - mean) / np.where(spread > 0, spread, 1)).astype(np.float32)


def fields(frame: pandas.DataFrame, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Further columns as words or numbers; what is empty is an empty word."""
    return {name: _field(frame[name]) for name in names}


def _field(column: pandas.Series[Any]) -> np.ndarray:
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
