"""Labels as people write them - words, numbers, one-hot rows, bytes - as class numbers and class names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from fdmat_core.formats import counted
from fdmat_core.reading.cells import GAPS
from fdmat_core.reading.places import listed
from fdmat_core.types import UNLABELLED, Finding

#: Labels that differ in nearly every row are ids, not classes: fewer rows a class than this, of many classes.
LEAST_PER_CLASS, MANY = 2, 50
#: Whole numbers with so many values, of which half have so few rows, look like something measured.
MEASURED_VALUES, MEASURED_ROWS = 30, 10
#: More classes than this, and a classifier's scores alone would fill the memory.
MOST_CLASSES = 30_000
#: Floats from here on skip whole numbers.
EXACT = 2.0**53
#: Words that are numbers: whole ones as programs write them, without zeros in front, and any other.
WHOLE = re.compile(r"(0|-?[1-9]\d{0,17})(\.0*)?")
FRACTION = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d*)?")
#: Types of what stands for nothing in a table.
MISSING = ("NAType", "NaTType")


class Labels(NamedTuple):
    """Class numbers (n,), -1 where there is no label; the names of the classes; what people must know about them."""

    numbers: np.ndarray
    classes: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


def read(
    values: Any,
    n: int,
    *,
    name: str = "label",
    classes: tuple[str, ...] = (),
    names: bool = False,
    typed: bool = True,
) -> Labels:
    """Class numbers and names from labels of any kind; without labels every row is of one class.

    Parameters
    ----------
    values
        (n,) words, numbers, bytes or None, or (n, c) one-hot rows; None if there are no labels.
    name
        Of the column, for errors.
    classes
        The names of classes, if labels are positions in them.
    names
        Labels are names, such as those of folders, whatever they look like; otherwise words that are all whole numbers
        count as numbers, and spaces around words as nothing.
    typed
        What holds them tells words from numbers, unlike a text file; then "3.1" and "3.10" are words, not fractions.

    Raises
    ------
    ValueError
        They cannot be classes: dates, several of one item, fractions, ids; the message names the fix.
    """
    if values is None:
        return Labels(np.zeros(n, dtype=np.int64), UNLABELLED)
    column = flat(_array(values), name)
    if len(column) != n:
        raise ValueError(f"{name} has {len(column):,} values for {n:,} rows; give one for each row")
    if classes:
        return _positions(column, classes, name)
    known = ~_empty(column)
    if not known.any():
        return Labels(
            np.zeros(n, dtype=np.int64),
            UNLABELLED,
            (Finding(f"{name} is empty in every row", "taken as data without labels"),),
        )
    present, findings = (column[known], list[Finding]()) if names else _plain(column[known], name, typed=typed)
    if present.dtype.kind in "iuf":
        there, more = _without_minus_one(present, name)
        known[known], present = there, present[there]
        findings += more
    found, numbers = _named(present, name, np.flatnonzero(known))
    require_classes(len(found), len(present), name)
    whole = np.full(n, -1, dtype=np.int64)
    whole[known] = numbers
    return Labels(whole, found, (*findings, *_remarks(present, numbers, found, name)))


def _plain(present: np.ndarray, name: str, *, typed: bool) -> tuple[np.ndarray, list[Finding]]:
    """Labels as numbers if all of them are, or else as words without spaces around them; and what was changed."""
    if present.dtype.kind not in "OU":
        return present, []
    values = present.tolist()
    kinds = {isinstance(value, str) for value in values}
    if kinds == {False} and not any(isinstance(value, bool | np.bool_) for value in values):
        numbers = np.array([float(value) if _is_number(value) else np.nan for value in values])
        if (np.abs(numbers) < EXACT).all():
            return numbers, []
    findings = list[Finding]()
    words = {value: _word(value) for value in dict.fromkeys(values)}
    if len(kinds) > 1:
        findings.append(Finding(f"{name} holds words and numbers", "every one is a class by its text"))
    spaced = [value for value in words if isinstance(value, str) and value != value.strip()]
    if spaced:
        text = counted(len(spaced), f"value of {name} has spaces", f"different values of {name} have spaces")
        text += f" around {'it' if len(spaced) == 1 else 'them'} ({listed(map(repr, spaced), 3)})"
        findings.append(Finding(text, "taken without the spaces"))
    if all(WHOLE.fullmatch(word) for word in words.values()):
        return np.array([int(words[value].partition(".")[0]) for value in values]), findings
    if all(FRACTION.fullmatch(word) for word in words.values()):
        different = dict.fromkeys(words.values())
        if not _versions(list(different)) and not (typed and kinds == {True}):
            return np.array([float(words[value]) for value in values]), findings
        text = f"{name} holds words that are fractions ({listed(different, 3)})"
        findings.append(Finding(text, "every one is a class, as it is written", "label=none"))
    return np.array([words[value] for value in values], dtype=object), findings


def _versions(words: list[str]) -> bool:
    """Whether few words are fractions of which two say the same number otherwise, as versions 3.1 and 3.10 do."""
    fractions = [float(word) for word in words if float(word) % 1]
    return len(set(fractions)) < len(fractions) and len(words) <= MANY


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating)


def _word(value: object) -> str:
    """A label as text: without spaces around it, a whole number without a point."""
    whole = isinstance(value, float | np.floating) and np.isfinite(value) and value == np.floor(value)
    text = str(int(value)) if whole else str(value).strip()  # pyright: ignore[reportArgumentType]
    return text.encode("utf-8", "replace").decode()


def _without_minus_one(present: np.ndarray, name: str) -> tuple[np.ndarray, list[Finding]]:
    """Which labels (n,) bool there are, where -1 stands for none: it does unless -1 and 1 are the classes."""
    minus = present == -1
    if not minus.any() or present.min() < -1 or minus.all():
        return np.ones(len(present), dtype=bool), []
    if (present[~minus] == 1).all():
        finding = Finding(f"{name} is -1 or 1", "two classes; -1 is not read as missing here")
        return np.ones(len(present), dtype=bool), [finding]
    return ~minus, [Finding(f"{name} is -1 in {counted(int(minus.sum()), 'row', 'rows')}", "read as no label")]


def _array(values: Any) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError as error:  # lists of different lengths
        raise ValueError("labels are lists of different lengths; give every item one label") from error
    if array.dtype.kind == "O" and array.ndim == 1 and any(map(_is_row, array)):
        if len({len(row) if _is_row(row) else -1 for row in array}) > 1:
            raise ValueError("labels are lists of different lengths; give every item one label")
        array = _same_shape(array)
    return array


def _same_shape(rows: np.ndarray) -> np.ndarray:
    try:
        return np.array([np.asarray(row).tolist() for row in rows])
    except ValueError as error:
        raise ValueError("labels are lists in lists of different lengths; give every item one label") from error


def _is_row(value: object) -> bool:
    return isinstance(value, list | tuple | np.ndarray)


def flat(values: np.ndarray, name: str) -> np.ndarray:
    """Labels (n,), one-hot rows as the place of their 1."""
    if values.ndim == 2 and values.shape[1] == 1:
        return flat(values[:, 0], name)
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
        return _filled([_text(value, name) for value in values.tolist()])
    return values


def _filled(values: list[Any]) -> np.ndarray:
    """A list as an array (n,) of objects, whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _text(value: Any, name: str) -> Any:
    """A label of an array of objects: bytes as text, numbers as they are, what is missing as None."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or (isinstance(value, float) and np.isnan(value)) or type(value).__name__ in MISSING:
        return None
    if isinstance(value, str | bool | int | float | np.generic):
        return value
    if type(value).__name__ == "Decimal":
        return float(value)
    raise ValueError(
        f"{name} holds {listed([value], 1)}, a {type(value).__name__} and no class; "
        "name the column of the classes, or say label=none"
    )


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


def _named(present: np.ndarray, name: str, rows: np.ndarray) -> tuple[tuple[str, ...], np.ndarray]:
    """The names of the classes in order, and the number of each label; `rows` says where they stand."""
    if present.dtype.kind == "f":
        present = present.astype(np.float64)
        broken = np.flatnonzero((present != np.floor(present)) | (np.abs(present) >= EXACT))
        if len(broken):
            why = "a fraction and no class" if np.abs(present[broken[0]]) < EXACT else "too large to tell classes apart"
            raise ValueError(
                f"{name} is {present[broken[0]]:g} in row {rows[broken[0]]}, {why}; "
                "name the column of the classes, or say label=none"
            )
        present = present.astype(np.int64)
    if present.dtype.kind in "iu":
        values, numbers = np.unique(present, return_inverse=True)
        return tuple(map(str, values.tolist())), numbers
    words = [_word(value) if not isinstance(value, str) else value for value in present.tolist()]
    place = {word: number for number, word in enumerate(sorted(set(words)))}
    return tuple(place), np.array([place[word] for word in words], dtype=np.int64)


def require_classes(
    c: int, n: int, name: str, remedy: str = "name the column of the classes, or say label=none"
) -> None:
    """Refuse labels that cannot be classes, as nearly every row has its own: c different ones in n rows."""
    if c > MOST_CLASSES or (c > MANY and n < LEAST_PER_CLASS * c):
        raise ValueError(
            f"{name} has {c:,} different values in {n:,} rows, which look like ids or measurements and no classes; "
            f"{remedy}"
        )


def _remarks(present: np.ndarray, numbers: np.ndarray, classes: tuple[str, ...], name: str) -> tuple[Finding, ...]:
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
        found.append(Finding(f"{name} is the same in every row ({listed(classes)})", "there is nothing to tell apart"))
    gaps = [one for one in classes if one.strip().lower() in GAPS]
    if gaps and len(sizes) > 1:
        found.append(Finding(f"{name} holds {listed(gaps, 3)}, which often means missing", "taken as a class"))
    return (*found, *_alike(classes, name))


def _alike(classes: tuple[str, ...], name: str) -> list[Finding]:
    """Classes whose names differ in nothing but case, spaces, or the way that letters are composed."""
    same: dict[str, list[str]] = {}
    for one in classes:
        same.setdefault(" ".join(unicodedata.normalize("NFKC", one).casefold().split()), []).append(one)
    twice = [one for group in same.values() if len(group) > 1 for one in group]
    if not twice:
        return []
    text = f"{name} holds classes that differ only in case or spaces ({listed(map(repr, twice), 4)})"
    return [Finding(text, "kept apart; write them alike if they are one class")]


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
