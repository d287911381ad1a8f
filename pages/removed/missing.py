"""What the Removed page shows while there is nothing to inspect: the layout that waits, or which setting is missing."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from fdmat_core.spec import Choice, Spec
from pages.shell import caches, places, state


def waiting() -> None:
    """The layout of the page before there are rankings, and the end of the page."""
    with st.container(key="waiting"):
        facets, wall, card = st.columns([2, 6, 4], gap="medium")
        for column in (facets, wall, card):
            column.skeleton(height=520)
    st.stop()


def witness(spec: Spec, *, live: bool) -> None:
    """Wait for FDMat, or say that the run does not ask it and offer the settings that do; the end of the page."""
    if caches.fdmat(spec) is not None and live:
        waiting()
    if caches.fdmat(spec) is None:
        text = "What is the matter with an item is FDMat's word, and this run does not rank by FDMat."
        settings = replace(spec, methods=(Choice("fdmat"), *spec.methods))
        label = "Prepare this run with FDMat added"
    else:
        text = "FDMat has not ranked in this run yet, or could not; the Runs page says why."
        settings, label = spec, "Go to the runs"
    with st.container(horizontal_alignment="center", gap="small"):
        st.space("large")
        st.header("No witness was asked.", anchor=False, text_alignment="center")
        st.markdown(f":gray[{text}]", text_alignment="center", width=560)
        if st.button(label, type="primary", icon=":material/arrow_forward:"):
            state.start_from(settings)
            st.switch_page(places.RUNS)
    st.stop()
