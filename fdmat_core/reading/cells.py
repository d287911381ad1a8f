"""Cells of words that are numbers after all: gaps spelled out, decimal commas, stray words, lists written as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fdmat_core.formats import counted
from fdmat_core.reading.places import EXAMPLES, listed, short
from fdmat_core.types import Finding

if TYPE_CHECKING:
    import pandas

#: What people write, in lower case, for "there is no number".
GAPS = frozenset(("", "na", "n/a", "#n/a", "<na>", "nan", "none", "null", "nil", "nat", "-", "--", "?", "."))
#: A column is of numbers if no larger share of its cells is something else, or a gap.
MOST_STRAY, MOST_GAPS = 0.1, 0.5
#: A column of words with at least this share of numbers is said to be none.
DOUBTFUL = 0.5
COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")
#: A number with a comma that may stand before a fraction or before the thousands.
UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
NUMBER = re.compile(r"[^\s,;\[\]()]+")


class Numbers(NamedTuple):
    """The numbers (n,) in a column of words, None if it has none; and what must be said about it."""

    values: np.ndarray | None
    findings: tuple[Finding, ...] = ()


def numbers(column: pandas.Series[Any], name: str, where: Callable[[int], str]) -> Numbers:
    """The numbers that a column of words holds, if nearly all its cells are numbers or gaps.

    Raises
    ------
    ValueError
        Its commas may be meant in two ways.
    """
    import pandas

    missing = column.isna().tolist()
    words = np.array(
        [None if no else _word(cell) for cell, no in zip(column.tolist(), missing, strict=True)], dtype=object
    )
    gap = np.array([word is None or word.lower() in GAPS for word in words], dtype=bool)
    found = np.full(len(words), np.nan)
    found[~gap] = pandas.to_numeric(pandas.Series(words[~gap], dtype=object), errors="coerce")
    stray = ~gap & np.isnan(found)
    present = int((~gap).sum())
    if not present or gap.mean() > MOST_GAPS:
        return Numbers(None)
    if stray.any() and all(COMMA.fullmatch(word) for word in words[stray]):
        return _with_commas(words, found, stray, name, where)
    places = tuple(f"{where(int(row))}: {short(str(words[row]), 20)!r}" for row in np.flatnonzero(stray)[:EXAMPLES])
    cells = counted(int(stray.sum()), "cell that is no number", "cells that are no numbers")
    text = f"column {short(name, 40)} has {cells}"
    if stray.sum() > MOST_STRAY * present:
        said = (Finding(text, "shown with the items, no feature", "", places),)
        return Numbers(None, said if stray.sum() <= (1 - DOUBTFUL) * present else ())
    if stray.any():
        return Numbers(found, (Finding(text, "taken as missing", "", places),))
    spelled = dict.fromkeys(words[gap & (words != None) & (words != "")])  # noqa: E711  an array of objects
    if spelled:
        text = f"column {short(name, 40)} writes {listed(spelled, 3)} in {counted(int(gap.sum()), 'cell', 'cells')}"
        return Numbers(found, (Finding(text, "taken as missing"),))
    return Numbers(found)


def _word(cell: object) -> str:
    """What stands in a cell; what is true or false is no number here."""
    return "true" if isinstance(cell, bool | np.bool_) else str(cell).strip()


def _with_commas(
    words: np.ndarray, found: np.ndarray, stray: np.ndarray, name: str, where: Callable[[int], str]
) -> Numbers:
    """Numbers that are written with a comma before the fraction."""
    first = int(np.flatnonzero(stray)[0])
    points = any("." in word for word in words[~stray] if word is not None and word != ".")
    if points or all(UNCLEAR.fullmatch(word) for word in words[stray]):
        raise ValueError(
            f"column {short(name, 40)} holds {short(words[first], 20)} in {where(first)}, whose comma may stand before "
            "a fraction or before thousands; write numbers with a point and without commas"
        )
    found[stray] = [float(word.replace(",", ".")) for word in words[stray]]
    return Numbers(found, (Finding(f"column {short(name, 40)} writes numbers like {words[first]}", "read as points"),))


def is_rows(column: pandas.Series[Any]) -> bool:
    """Whether the first cell of a column of words that is there is a list of numbers written as text: "[0.1, 2]"."""
    first = next((cell for cell in column.tolist() if isinstance(cell, str) and cell.strip()), "").strip()
    return (
        first.startswith(("[", "(")) and first.endswith(("]", ")")) and "..." not in first and _row(first) is not None
    )


def rows(column: pandas.Series[Any], name: str, where: Callable[[int], str]) -> list[list[float] | None]:
    """The lists of numbers in a column that writes them as text; None where there is nothing."""
    found: list[list[float] | None] = []
    for place, cell in enumerate(column.tolist()):
        missing = not isinstance(cell, str) or cell.strip().lower() in GAPS
        found.append(None if missing else _row(cell))
        if not missing and found[-1] is None:
            raise ValueError(
                f"{short(name, 40)} holds {short(cell, 40)!r} in {where(place)}, which is no list of numbers; "
                "write all numbers, like [0.1, 2]"
            )
    return found


def _row(text: str) -> list[float] | None:
    try:
        return [float(number) for number in NUMBER.findall(text)]
    except ValueError:
        return None
