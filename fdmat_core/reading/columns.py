"""Which column of a table is what: label, id, split, path, features, logits, fields; and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

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
    by_name = {str(column).strip().lower(): column for column in reversed(frame.columns)}
    return next((str(by_name[name]) for name in NAMES[what] if name in by_name), None)


def is_numbers(column: pandas.Series[Any]) -> bool:
    """Whether a column holds numbers (and maybe gaps)."""
    from pandas.api import types

    return bool(types.is_numeric_dtype(column)) and not types.is_complex_dtype(column)


def is_rows(column: pandas.Series[Any]) -> bool:
    """Whether every cell of a column is a row of numbers."""
    return column.dtype == object and len(column) > 0 and isinstance(column.iloc[0], list | tuple | np.ndarray)


def index_like(name: str, column: pandas.Series[Any]) -> bool:
    """Whether a column only counts the rows, as the index that a table was saved with."""
    if name.strip().lower().startswith("unnamed: ") or name.strip().lower() in ("", "index", "__index_level_0__"):
        return True
    values = column.to_numpy()
    return values.dtype.kind in "iu" and len(values) > 2 and bool((np.diff(values.astype(np.int64)) == 1).all())


def stacked(column: pandas.Series[Any], name: str, where: Callable[[int], str]) -> np.ndarray:
    """The rows of numbers in a column as (n, d)."""
    widths = np.array([len(cell) if isinstance(cell, list | tuple | np.ndarray) else -1 for cell in column])
    odd = np.flatnonzero(widths != widths[0])
    if len(odd) or widths[0] < 1:
        row = int(odd[0]) if len(odd) else 0
        raise ValueError(
            f"{name} has {max(widths[row], 0)} numbers in {where(row)}, {widths[0]} in the first; give all the same"
        )
    return np.stack([np.asarray(cell) for cell in column])


def numbers(values: Any, name: str, *, missing: Missing, where: Callable[[int], str]) -> Features:
    """Features as float32, and what is done about values that are missing or not finite.

    Parameters
    ----------
    values
        (n, d) numbers.
    where
        Where a row stands, in words.
    """
    array = np.asarray(values)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; give (n, d), at least one row and one column")
    if array.dtype.kind not in "biuf":
        array = _as_numbers(array, name)
    with np.errstate(over="ignore"):
        found = array.astype(np.float32)
    bad = ~np.isfinite(found)
    findings: list[Finding] = []
    empty = bad.all(axis=0)
    if empty.any() and not empty.all():
        findings.append(Finding(f"{int(empty.sum()):,} columns of {name} have no value in any row", "left out"))
        found, bad = found[:, ~empty], bad[:, ~empty]
    lost = bad.any(axis=1)
    if lost.any():
        found, lost, finding = _mended(found, bad, name, missing, where)
        findings.append(finding)
    return Features(found, lost, (*findings, *_remarks(found[~lost], name)))


def _as_numbers(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "OUS":
        raise ValueError(f"{name} holds {array.dtype}, which are no numbers; leave such columns out")
    try:
        return array.astype(np.float64)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} holds values that are no numbers ({error}); leave such columns out") from error


def _mended(
    found: np.ndarray, bad: np.ndarray, name: str, missing: Missing, where: Callable[[int], str]
) -> tuple[np.ndarray, np.ndarray, Finding]:
    """Features with gaps filled or rows given up, and the finding that says so."""
    lost = bad.any(axis=1)
    rows = np.flatnonzero(lost)
    places = tuple(f"{where(int(row))}, column {int(bad[row].argmax()) + 1}" for row in rows[:EXAMPLES])
    text = (
        f"{len(rows):,} of {len(lost):,} rows of {name} have {int(bad.sum()):,} values that are missing or not finite"
    )
    if missing == "refuse" or lost.all():
        advice = "say missing=mean to fill them in" if lost.all() else "remove these rows, or say missing=drop or mean"
        raise ValueError(f"{text}, first in {places[0]}; {advice}")
    if missing == "drop":
        return np.where(bad, 0, found), lost, Finding(text, "these rows are left out", "missing=mean", places)
    means = np.nanmean(np.where(bad, np.nan, found), axis=0)
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
    spread = found.std(axis=0, dtype=np.float64)[~constant]
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
    lost = np.zeros(len(values), dtype=bool) if lost is None else lost
    mean, spread = values[~lost].mean(axis=0, dtype=np.float64), values[~lost].std(axis=0, dtype=np.float64)
    return ((values - mean) / np.where(spread > 0, spread, 1)).astype(np.float32)


def fields(frame: pandas.DataFrame, names: Iterable[str]) -> dict[str, np.ndarray]:
    """Further columns as words or numbers; what is empty is an empty word."""
    return {name: _field(frame[name]) for name in names}


def _field(column: pandas.Series[Any]) -> np.ndarray:
    if is_numbers(column) and not column.isna().any():
        return column.to_numpy()
    return np.array(["" if value is None or value != value else str(value) for value in column.tolist()])  # noqa: PLR0124
