"""Labels as people write them - words, numbers, one-hot rows, bytes - as class numbers and class names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from fdmat_core.reading.places import listed
from fdmat_core.types import UNLABELLED, Finding

#: Labels that differ in nearly every row are ids, not classes: fewer rows a class than this, of many classes.
LEAST_PER_CLASS, MANY = 2, 50
#: Whole numbers with so many values, of which half have so few rows, look like something measured.
MEASURED_VALUES, MEASURED_ROWS = 30, 10
#: More classes than this, and a classifier's scores alone would fill the memory.
MOST_CLASSES = 30_000


class Labels(NamedTuple):
    """Class numbers (n,), -1 where there is no label; the names of the classes; what people must know about them."""

    numbers: np.ndarray
    classes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def read(values: Any, n: int, *, name: str = "label", classes: tuple[str, ...] = ()) -> Labels:
    """Class numbers and names from labels of any kind; without labels every row is of one class.

    Parameters
    ----------
    values
        (n,) words, numbers, bytes or None, or (n, c) one-hot rows; None if there are no labels.
    name
        Of the column, for errors.
    classes
        The names of classes, if labels are positions in them.

    Raises
    ------
    ValueError
        They cannot be classes: dates, several of one item, fractions, ids; the message names the fix.
    """
    if values is None:
        return Labels(np.zeros(n, dtype=np.int64), UNLABELLED)
    flat = _flat(_array(values), name)
    if len(flat) != n:
        raise ValueError(f"{name} has {len(flat):,} values for {n:,} rows; give one for each row")
    if classes:
        return _positions(flat, classes, name)
    known = ~_empty(flat)
    if not known.any():
        return Labels(
            np.zeros(n, dtype=np.int64),
            UNLABELLED,
            (Finding(f"{name} is empty in every row", "taken as data without labels"),),
        )
    present = flat[known]
    if present.dtype.kind in "iuf" and not (present < 0).all():
        known[known] &= present != -1
        present = flat[known]
    names, numbers = _named(present, name)
    _require_classes(len(names), len(present), name)
    found = np.full(n, -1, dtype=np.int64)
    found[known] = numbers
    return Labels(found, names, _remarks(present, numbers, name))


def _array(values: Any) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype.kind == "O" and array.ndim == 1 and len(array) and _is_row(array[0]):
        widths = {len(row) if _is_row(row) else -1 for row in array}
        if len(widths) > 1 or -1 in widths:
            raise ValueError("labels are lists of different lengths; give every item one label")
        array = np.array([np.asarray(row).tolist() for row in array])
    return array


def _is_row(value: object) -> bool:
    return isinstance(value, list | tuple | np.ndarray)


def _flat(values: np.ndarray, name: str) -> np.ndarray:
    """Labels (n,), one-hot rows as the place of their 1."""
    if values.ndim == 2 and values.shape[1] == 1:
        return values[:, 0]
    if values.ndim == 2 and values.dtype.kind in "biuf" and np.isin(values, (0, 1)).all():
        counts = (values != 0).sum(axis=1)
        if (counts == 1).all():
            return values.argmax(axis=1)
        row = int((counts != 1).argmax())
        raise ValueError(f"{name} names {counts[row]} classes in row {row}; give every item one class")
    if values.ndim != 1:
        raise ValueError(f"{name} has shape {values.shape}; give (n,), or one-hot rows (n, classes)")
    if values.dtype.kind in "mMcV":
        raise ValueError(f"{name} holds {values.dtype}, which are no classes; name another column, or say label=none")
    if values.dtype.kind in "SO":
        return np.array([_text(value) for value in values.tolist()], dtype=object)
    return values


def _text(value: Any) -> Any:
    """A label of an array of objects: bytes as text, numbers as they are, what is missing as None."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, str | bool | int | float | np.generic):
        return value
    text = str(value)
    return None if text in ("<NA>", "NaT") else text


def _empty(flat: np.ndarray) -> np.ndarray:
    if flat.dtype.kind == "f":
        return ~np.isfinite(flat)
    if flat.dtype.kind == "O":
        return np.array([value is None or (isinstance(value, str) and not value.strip()) for value in flat])
    return np.char.strip(flat) == "" if flat.dtype.kind == "U" else np.zeros(len(flat), dtype=bool)


def _positions(flat: np.ndarray, classes: tuple[str, ...], name: str) -> Labels:
    """Labels that are positions in known classes; -1 and what is missing is no label."""
    known = ~_empty(flat)
    numbers = np.full(len(flat), -1, dtype=np.int64)
    numbers[known] = flat[known].astype(np.int64)
    beyond = np.flatnonzero((numbers < -1) | (numbers >= len(classes)))
    if len(beyond):
        row = beyond[0]
        raise ValueError(f"{name} is {numbers[row]} in row {row}, but there are {len(classes)} classes from 0 on")
    return Labels(numbers, classes)


def _named(present: np.ndarray, name: str) -> tuple[tuple[str, ...], np.ndarray]:
    """The names of the classes in order, and the number of each label."""
    if present.dtype.kind == "f":
        broken = np.flatnonzero(present != np.floor(present))
        if len(broken):
            raise ValueError(
                f"{name} is {present[broken[0]]:g} in row {broken[0]}, a fraction and no class; "
                "name the column of the classes, or say label=none"
            )
        present = present.astype(np.int64)
    if present.dtype.kind in "iu":
        values, numbers = np.unique(present, return_inverse=True)
        return tuple(map(str, values.tolist())), numbers
    values, numbers = np.unique(np.array([str(value) for value in present.tolist()]), return_inverse=True)
    return tuple(values.tolist()), numbers


def _require_classes(c: int, n: int, name: str) -> None:
    """Refuse labels that cannot be classes, as nearly every row has its own."""
    if c > MOST_CLASSES or (c > MANY and n < LEAST_PER_CLASS * c):
        raise ValueError(
            f"{name} has {c:,} different values in {n:,} rows, which look like ids and no classes; "
            "name the column of the classes, or say label=none"
        )


def _remarks(present: np.ndarray, numbers: np.ndarray, name: str) -> tuple[Finding, ...]:
    sizes = np.bincount(numbers)
    found = []
    if present.dtype.kind in "iuf" and len(sizes) > MEASURED_VALUES and np.median(sizes) < MEASURED_ROWS:
        found.append(
            Finding(
                f"{name} holds {len(sizes):,} different whole numbers, half of them in fewer than {MEASURED_ROWS} "
                "rows: it looks like something measured, not like classes",
                "every number is taken as a class",
                "label=none",
            )
        )
    if len(sizes) == 1:
        found.append(
            Finding(f"{name} is the same in every row ({listed([present[0]])})", "there is nothing to tell apart")
        )
    return tuple(found)


def joined(parts: Sequence[tuple[Any, Sequence[str]]], name: str = "label") -> tuple[np.ndarray, tuple[str, ...]]:
    """Labels (n,) of several parts of data, and the classes that they are positions in: those that have an item.

    Parameters
    ----------
    parts
        Of each part its labels, positions in its own names of classes or -1, and these names.
    """
    own = [_distinct(names) for _, names in parts]
    every = {word: place for place, word in enumerate(dict.fromkeys(word for names in own for word in names))}
    numbers = []
    for (values, _), names in zip(parts, own, strict=True):
        numbered = _positions(np.asarray(values), names, name).numbers
        numbers.append(np.array([*(every[word] for word in names), -1], dtype=np.int64)[numbered])
    flat = np.concatenate(numbers)
    there = np.unique(flat[flat >= 0])
    classes = tuple(word for word, place in every.items() if place in set(there.tolist()))
    return np.where(flat < 0, -1, np.searchsorted(there, flat)), classes


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names of which each occurs once: "crane", "crane (2)"."""
    seen: dict[str, int] = {}
    found = []
    for name in map(str, names):
        seen[name] = seen.get(name, 0) + 1
        found.append(f"{name} ({seen[name]})" if seen[name] > 1 else name)
    return tuple(found)
