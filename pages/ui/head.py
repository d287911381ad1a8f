"""What the pages of results begin with: the method in focus, and the share kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core.formats import percent
from fdmat_core.spec import Choice, Spec
from pages.shell import state
from pages.ui import rankings, toolbar

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]]}


def strip(spec: Spec, methods: Mapping[Choice, rankings.Rankings]) -> Choice:
    """The method switch, the share kept, and what the run is of; returns the method in focus."""
    with st.container(key="strip", horizontal=True, vertical_alignment="center", gap="medium"):
        method = toolbar.choose(list(methods), state.method(spec), lambda name: state.choose(method=name))
        _kept(spec)
        st.caption(rankings.title(spec), width="content")
    return method


def _kept(spec: Spec) -> None:
    """A slider over the sizes that were measured, and where another page has left the ratio."""
    now = round(max(1 - state.ratio(), min(spec.fractions)), 6)
    st.session_state["kept"] = now
    st.select_slider(
        "Kept",
        sorted({*spec.fractions, now}, reverse=True),
        format_func=lambda share: f"{percent(share)} kept",
        key="kept",
        on_change=_move,
        label_visibility="collapsed",
        width=300,
    )


def _move() -> None:
    state.choose(ratio=1 - st.session_state["kept"])


def lined(figure: go.Figure, key: str, alt: str) -> None:
    """Show a chart over the share kept, with a line at the session's ratio; the chart itself does not depend on it."""
    edge = 10 ** (figure.layout.xaxis.range[1] + 0.03)
    share = max(1 - state.ratio(), edge)
    with st.container(key=f"lined-{key}"):
        st.plotly_chart(figure, theme=None, config=CONFIG, key=f"chart-{key}", alt=alt)
    st.html(f"<style>{toolbar.line(figure, share, key=f'lined-{key}', place='1')}</style>")
