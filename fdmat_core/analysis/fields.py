"""What stands for an item that has no picture: its text, else its first fields, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fdmat_core.types import Dataset

#: The field that is shown before all others, without its name.
TEXT = "text"
#: How many other fields stand on a card, and how many letters in short and in full.
FIRST, SHORT, FULL = 4, 120, 2000


def short(items: Dataset, row: int, letters: int = SHORT) -> str:
    """What stands on the card of a row: the beginning of its text, else its first fields; "" if it has none."""
    if TEXT in items.fields:
        return _cut(_said(items.fields[TEXT][row]), letters)
    return _cut("\n".join(f"{name}: {value}" for name, value in list(pairs(items, row))[:FIRST]), letters)


def values(items: Dataset, row: int, letters: int = SHORT) -> str:
    """What stands where there is little room: as `short`, but fields without their names."""
    if TEXT in items.fields:
        return short(items, row, letters)
    return _cut("\n".join(value for _, value in list(pairs(items, row))[:FIRST] if value), letters)


def full(items: Dataset, row: int) -> str:
    """All that is shown of a row under the pointer: its text, then its other fields, a line each."""
    text = [_said(items.fields[TEXT][row])] if TEXT in items.fields else []
    others = [f"{name}: {value}" for name, value in pairs(items, row) if name != TEXT]
    return _cut("\n".join([*text, *others]), FULL)


def pairs(items: Dataset, row: int) -> list[tuple[str, str]]:
    """The fields of a row by name, in their order."""
    return [(name, _said(column[row])) for name, column in items.fields.items()]


def searchable(items: Dataset) -> dict[str, list[str]]:
    """What every field says of every row, by the name of the field, as `matching` looks into it: without capitals."""
    return {name: [said.casefold() for said in _all(column)] for name, column in items.fields.items()}


def matching(said: Mapping[str, list[str]], text: str) -> np.ndarray:
    """The rows, ascending, of which some field holds a text, upper or lower case; `year:1999` looks into one field.

    Parameters
    ----------
    said
        What `searchable` says of the items.
    """
    name, _, rest = (part.strip().casefold() for part in text.partition(":"))
    one = [column for field, column in said.items() if rest and field.casefold() == name]
    wanted = rest if one else text.casefold()
    rows = {row for column in one or said.values() for row in _holding(column, wanted)}
    return np.array(sorted(rows), dtype=np.int64)


def _holding(column: list[str], wanted: str) -> list[int]:
    return [row for row, said in enumerate(column) if wanted in said]


def _all(column: np.ndarray) -> Iterator[str]:
    return map(_said, column)


def _said(value: Any) -> str:
    """A value of a field as people write it; nothing for what is not there."""
    if value is None or value != value:  # noqa: PLR0124  only NaN differs from itself
        return ""
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"
