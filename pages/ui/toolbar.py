"""The method switch, and the line that a slider moves over a chart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core import registry
from fdmat_core.spec import Choice
from pages.ui import forms

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Methods stand side by side as long as they fit into this many letters; more become a menu.
LETTERS = 120
#: Letters that would fit into the margins of a button.
MARGIN = 4


def choose(methods: Sequence[Choice], chosen: Choice, on_choice: Callable[[str], None]) -> Choice:
    """The method switch; `chosen` is set from outside, by the link or by a number key."""
    by_name = {str(choice): choice for choice in methods}
    names = list(by_name)
    menu = not _side_by_side(methods)
    st.session_state["method"] = str(chosen) if str(chosen) in by_name else names[0]
    facts: dict[str, Any] = {
        "format_func": lambda name: called(by_name[name], family=menu),
        "key": "method",
        "on_change": lambda: on_choice(st.session_state["method"]),
        "label_visibility": "collapsed",
    }
    if menu:
        return by_name[st.selectbox("Method", names, width=420, **facts)]
    return by_name[st.segmented_control("Method", names, required=True, **facts)]


def _side_by_side(methods: Iterable[Choice]) -> bool:
    return sum(len(called(choice, family=False)) + MARGIN for choice in methods) <= LETTERS


def called(choice: Choice, *, family: bool) -> str:
    """What a switch calls a method, in a menu after its family."""
    name = registry.methods.title(choice)
    group = registry.methods.get(choice.name).facts.family
    return f"{forms.FAMILIES[group]} · {name}" if family else name


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
    layout: Any = figure.layout
    margin, (start, end) = layout.margin, layout.xaxis.range
    first, slope = start / (start - end), -math.log10(least) / (start - end)
    axes: Any = figure.select_yaxes()
    inside = f"(100% - {margin.l + margin.r}px)"
    ink = ", ".join(
        f"transparent 0 {100 * (1 - top):.2f}%, currentColor 0 {100 * (1 - low):.2f}%"
        for low, top in sorted((axis.domain or (0, 1) for axis in axes), reverse=True)
    )
    return (
        f".st-key-{key}::after{{"
        f"left:calc({margin.l}px + ({first:.5f} + {slope:.5f} * {place}) * {inside});"
        f"top:{margin.t}px;bottom:{margin.b}px;background:linear-gradient({ink})}}"
    )
