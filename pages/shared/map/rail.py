"""What stands around the map: the method switch, three numbers, two charts with a line, and the gallery."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from fdmat_core import registry
from fdmat_core.audit import Tally
from fdmat_core.readings import Reading
from fdmat_core.types import Choice
from fdmat_core.view import tables
from fdmat_core.view.panels import percent
from pages.shared import places, session, thumbs, widgets
from pages.shared.thumbs import Card

if TYPE_CHECKING:
    import plotly.graph_objects as go

TABS = ("About to leave", "Just left", "Lasso")
#: Cards of the gallery; half of them are hidden on a low screen.
CARDS = 12
#: Methods stand side by side as long as they fit into this many letters; more become a menu.
LETTERS = 120
#: Letters that would fit into the margins of a button.
MARGIN = 4


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


def measured(name: str, reading: Reading | None, *, share: bool) -> Number:
    """A measure at the nearest measured ratio, with its spread and what random gets there."""
    if reading is None:
        return Number(name, "–", "not measured yet")
    show = partial(tables.number, unit="share" if share else "")
    spread = f" ± {show(reading.spread)}" if reading.spread is not None else ""
    random = f"random {show(reading.random)}" if reading.random is not None else "1 method"
    seeds = "" if reading.seeds > 1 or not share else ", 1 seed"
    return Number(name + seeds, show(reading.value) + spread, f"{random} · at {percent(reading.fraction)} kept")


def cleared(tally: Tally, *, word: str) -> Number:
    """The share of noisy items that is gone, what random would remove, and the price in clean ones."""
    name = "FDMat's suspects removed" if word == "suspected" else f"{word.capitalize()} noise removed"
    noisy, removed = tally.bad_removed + tally.bad_kept, tally.bad_removed + tally.clean_removed
    if not noisy:
        return Number(name, "none", f"no item is {word}")
    chance = removed / (removed + tally.bad_kept + tally.clean_kept)
    beside = f"{tally.bad_removed:,} of {noisy:,} · random {percent(round(chance, 3))}"
    told = f"with {100 * tally.price:.1f}% of the other items"
    return Number(name, f"{100 * tally.recall:.3g}%", beside, told)


def choose(methods: Sequence[Choice], chosen: Choice, on_choice: Callable[[str], None]) -> Choice:
    """The method switch; `chosen` is set from outside, by the link or by a number key."""
    by_name = {str(choice): choice for choice in methods}
    names = list(by_name)
    menu = not _side_by_side(methods)
    st.session_state["method"] = str(chosen) if str(chosen) in by_name else names[0]
    facts = {
        "format_func": lambda name: _title(by_name[name], family=menu),
        "key": "method",
        "on_change": lambda: on_choice(st.session_state["method"]),
        "label_visibility": "collapsed",
    }
    if menu:
        return by_name[st.selectbox("Method", names, width=420, **facts)]
    return by_name[st.segmented_control("Method", names, required=True, **facts)]


def _side_by_side(methods: Iterable[Choice]) -> bool:
    return sum(len(_title(choice, family=False)) + MARGIN for choice in methods) <= LETTERS


def _title(choice: Choice, *, family: bool) -> str:
    name = widgets.title(registry.methods, choice)
    group = registry.methods.get(choice.name).family
    return f"{widgets.FAMILIES.get(group, group)} · {name}" if family else name


def curves(figure: go.Figure, least: float) -> None:
    """The small charts, with a line that follows the slider without being sent."""
    figure.update_xaxes(automargin=False).update_yaxes(automargin=False)
    st.html(f"<style>{line(figure, least)}</style>")
    figure.update_layout(height=None)
    config = {"displayModeBar": False}
    st.plotly_chart(figure, height="stretch", theme=None, config=config, alt="Distance and accuracy by share kept")


def gallery(brink: tuple[list[Card], list[Card]], caught: tuple[list[Card], int], source: str) -> None:
    """The items on either side of the cut, or in the lasso."""
    with st.container(horizontal=True, vertical_alignment="center"):
        hidden = {"required": True, "label_visibility": "collapsed"}
        tab = st.segmented_control("Gallery", TABS, key="tab", default=TABS[0], **hidden)
        if tab == TABS[2] and caught[1]:
            _inspect(caught[1])
    empty = "Draw a lasso on the map: press L or hold shift." if tab == TABS[2] else "Nothing on this side of the cut."
    cards = dict(zip(TABS, (*brink, caught[0]), strict=True))[tab]
    st.html(thumbs.gallery(cards, source, empty=empty))


def _inspect(count: int) -> None:
    """Offer to look into what the lasso holds."""
    label, icon = f"Inspect {count:,}", ":material/content_cut:"
    if st.button(label, icon=icon, type="tertiary", help="See on the Removed page what of the lasso leaves, and why"):
        session.pick("only", st.session_state["lasso"])
        session.filter_by({})
        st.switch_page(places.REMOVED)


def ringed(count: int) -> None:
    """Say how many items of another page are ringed, and offer to take the rings off."""
    if count:
        facts = {"icon": ":material/close:", "type": "tertiary", "help": "Take the rings off"}
        st.button(f"{count:,} ringed", key="unring", on_click=session.pick, args=("ringed", ""), **facts)


def waiting() -> None:
    """The layout of the page before there is a map, and the end of the page."""
    with st.container(key="waiting"):
        left, right = st.columns([7, 5], gap="medium")
        left.skeleton(height=520)
        for height in (76, 340, 150):
            right.skeleton(height=height)
    st.stop()


def line(figure: go.Figure, least: float, *, key: str = "curves", place: str = "var(--fdmat-place, 0)") -> str:
    """The style of a line over a chart that moves without the chart being sent.

    Parameters
    ----------
    least
        The share kept where the place is 1; it is 0 where all is kept.
    key
        Of the container that holds nothing but the chart.
    place
        Where the line is: a number, or the variable that the slider of the map sets.
    """
    margin, (start, end) = figure.layout.margin, figure.layout.xaxis.range
    first, slope = start / (start - end), -math.log10(least) / (start - end)
    inside = f"(100% - {margin.l + margin.r}px)"
    ink = ", ".join(
        f"transparent 0 {100 * (1 - top):.2f}%, currentColor 0 {100 * (1 - low):.2f}%"
        for low, top in sorted((axis.domain or (0, 1) for axis in figure.select_yaxes()), reverse=True)
    )
    return (
        f".st-key-{key}::after{{"
        f"left:calc({margin.l}px + ({first:.5f} + {slope:.5f} * {place}) * {inside});"
        f"top:{margin.t}px;bottom:{margin.b}px;background:linear-gradient({ink})}}"
    )
