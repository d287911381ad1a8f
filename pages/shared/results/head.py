"""What the pages of results begin with: the method in focus, and the share kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core.types import Choice, Spec
from fdmat_core.view.panels import percent
from pages.shared import session
from pages.shared.map import rail, scene

if TYPE_CHECKING:
    import plotly.graph_objects as go

CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]]}


def strip(spec: Spec, methods: Mapping[Choice, scene.Rankings]) -> Choice:
    """The method switch, the share kept, and what the run is of; returns the method in focus."""
    with st.container(key="strip", horizontal=True, vertical_alignment="center", gap="medium"):
        method = rail.choose(list(methods), session.method(spec), lambda name: session.choose(method=name))
        _kept(spec)
        st.caption(scene.title(spec), width="content")
    return method


def _kept(spec: Spec) -> None:
    """A slider over the sizes that were measured, and where another page has left the ratio."""
    now = round(max(1 - session.ratio(), min(spec.fractions)), 6)
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
    session.choose(ratio=1 - st.session_state["kept"])


def lined(figure: go.Figure, key: str, alt: str) -> None:
    """Show a chart over the share kept, with a line at the session's ratio; the chart itself does not depend on it."""
    edge = 10 ** (figure.layout.xaxis.range[1] + 0.03)
    share = max(1 - session.ratio(), edge)
    with st.container(key=f"lined-{key}"):
        st.plotly_chart(figure, theme=None, config=CONFIG, key=f"chart-{key}", alt=alt)
    st.html(f"<style>{rail.line(figure, share, key=f'lined-{key}', place='1')}</style>")
