"""The runs that are stored: how each is doing, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from fdmat_core import registry
from fdmat_core.types import Spec
from fdmat_core.work import jobs, runs
from pages.shared import progress, session, widgets


def show() -> None:
    """Show every stored run, the newest first."""
    found = runs.listing()
    if not found:
        st.info("No run is stored yet. The form has good defaults: start it as it is.", icon=":material/inbox:")
        return
    for key in found:
        card(key)


def card(key: str) -> None:
    """One run: what it is about, how it is doing, and its buttons."""
    spec, status = runs.open(key), jobs.status(key)
    state = status.state if status else "stored"
    with st.container(border=True, key=f"card.{key}"):
        words, side = st.columns([5, 1.4], vertical_alignment="top")
        words.markdown(f"**{widgets.title(registry.datasets, spec.dataset)}**")
        words.caption(about(spec))
        with side:
            progress.badge(state)
        progress.strip(key)
        _buttons(key, spec, state)


def about(spec: Spec) -> str:
    """The settings of a run in one line."""
    parts = [widgets.title(registry.backbones, spec.backbone)]
    if spec.corruption.name != "none":
        parts.append(widgets.title(registry.corruptions, spec.corruption))
    methods = [widgets.title(registry.methods, choice) for choice in spec.methods]
    parts.append(", ".join(methods) if len(methods) <= 4 else f"{len(methods)} methods")
    parts.append(f"{len(spec.fractions)} sizes")
    parts.append(f"{spec.seeds} seed{'s' * (spec.seeds != 1)}")
    return " · ".join(parts)


def _buttons(key: str, spec: Spec, state: str) -> None:
    with st.container(horizontal=True, gap="small"):
        if st.button("Open", key=f"open.{key}", icon=":material/scatter_plot:", disabled=state == "stored"):
            session.choose(run=key, method=None)
            st.switch_page("pages/explore/map.py")
        st.button("Use its settings", key=f"clone.{key}", on_click=session.start_from, args=(spec,), type="tertiary")
        if st.button("Delete", key=f"delete.{key}", type="tertiary"):
            confirm(key)


@st.dialog("Delete this run?")
def confirm(key: str) -> None:
    """Ask before a run goes."""
    st.write("Its rankings and curves go; features that other runs share stay. This cannot be undone.")
    with st.container(horizontal=True):
        if st.button("Delete it", type="primary", icon=":material/delete:"):
            jobs.delete(key)
            if session.run() == key:
                session.choose(run=None, method=None)
            st.rerun()
        if st.button("Keep it"):
            st.rerun()
