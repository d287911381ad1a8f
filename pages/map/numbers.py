"""The numbers beside the map."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

import streamlit as st

from fdmat_core import formats
from fdmat_core.analysis.issues import Tally
from fdmat_core.analysis.summary import Reading
from fdmat_core.formats import counted, percent, portion

#: What stands beside the suspects of the very method that suspects them, in short and at length.
OWN = "by its rule"
WHY_OWN = "FDMat removes what it suspects before all else, so this is its rule and no result"


class Number(NamedTuple):
    """One of the numbers: what it is, its value, and what to compare it with."""

    name: str
    value: str
    beside: str
    help: str = ""


def numbers(shown: Iterable[Number]) -> None:
    """Draw the numbers side by side."""
    cells = "".join(
        f"<div{_tip(one.help)}><i>{html.escape(one.name)}</i>"
        f"<b>{html.escape(one.value)}</b><i>{html.escape(one.beside)}</i></div>"
        for one in shown
    )
    st.html(f'<div class="numbers">{cells}</div>')


def _tip(text: str) -> str:
    return f' title="{html.escape(text, quote=True)}"' if text else ""


def exact(name: str, value: float, k: int, random: float | None) -> Number:
    """A distance of just the items that are kept, and that of one random draw of as many."""
    beside = "of this 1 item" if k == 1 else f"of these {k:,} items"
    help = f"Of just the {counted(k, 'item that is', 'items that are')} kept now"
    if random is not None:
        beside, help = f"one random draw {formats.number(random, '')}", f"{help}; the random draw is of as many"
    return Number(name, formats.number(value, ""), beside, help)


def between(name: str, readings: Sequence[Reading]) -> Number:
    """An accuracy at the measured sizes on either side: none is known between them."""
    if len(readings) < 2:
        return measured(name, readings[0] if readings else None, share=True)
    low, high = readings
    seeds = "" if low.seeds > 1 else ", 1 seed"
    ends = [formats.number(one.value, "share") for one in readings]
    value = ends[0] if ends[0] == ends[1] else f"{ends[0].rstrip('%')} – {ends[1]}"
    told = f"measured at {percent(round(low.kept, 6))}, {percent(round(high.kept, 6))}"
    return Number(name + seeds, value, told, "At the measured sizes on either side; nothing is known between them")


def measured(name: str, reading: Reading | None, *, share: bool) -> Number:
    """A measure at the nearest measured size, with its spread and what random gets there."""
    if reading is None:
        return Number(name, "–", "not measured yet")
    show = partial(formats.number, unit="share" if share else "")
    spread = "" if reading.spread is None or show(reading.spread) == show(0) else f" ± {show(reading.spread)}"
    random = f"random {show(reading.random)}" if reading.random is not None else "1 method"
    seeds = "" if reading.seeds > 1 or not share else ", 1 seed"
    return Number(name + seeds, show(reading.value) + spread, f"{random} · at {percent(round(reading.kept, 6))} kept")


def removed(tally: Tally, *, word: str, own: bool) -> Number:
    """The share of noisy items that is removed, what random would remove, and what goes of the clean ones.

    Parameters
    ----------
    own
        Whether the method is the one that suspects: then it is no result that its suspects are removed.
    """
    name = "FDMat's suspects removed" if word == "suspected" else f"{word.capitalize()} noise removed"
    noisy, count = tally.bad_removed + tally.bad_kept, tally.bad_removed + tally.clean_removed
    if not noisy:
        return Number(name, "none", f"no item is {word}")
    chance = count / (count + tally.bad_kept + tally.clean_kept)
    by_rule = own and word == "suspected"
    beside = f"{tally.bad_removed:,} of {noisy:,} · " + f"{OWN}, " * by_rule + f"random {portion(chance)}"
    others = f"with {portion(tally.false_removal)} of the other items" + f"; {WHY_OWN}" * by_rule
    return Number(name, portion(tally.recall), beside, others)
