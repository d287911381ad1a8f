"""What the pages of results begin with: the method in focus, and the share kept."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from fdmat_core.types import Choice, Spec
from fdmat_core.view.panels import percent
from pages.shared import session
from pages.shared.map import rail, scene


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
        width=360,
    )


def _move() -> None:
    session.choose(ratio=1 - st.session_state["kept"])
