"""What the Removed page shows while there is nothing to inspect: the layout that waits, or which setting is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

import streamlit as st

from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import places, state


def waiting() -> NoReturn:
    """The layout of the page before there are rankings, and the end of the page."""
    with st.container(key="waiting"):
        facets, items, card = st.columns([2, 6, 4], gap="medium")
        for column in (facets, items, card):
            column.skeleton(height=520)
    st.stop()


def evidence(run: Run, *, live: bool) -> NoReturn:
    """Wait for FDMat, or say that the run lacks it and offer the settings that have it; the end of the page."""
    if run.evidence_method is not None and live:
        waiting()
    if run.evidence_method is None:
        text = "Issues come from FDMat's evidence, and this run does not rank by FDMat."
        spec = replace(run.spec, methods=(Choice("fdmat"), *run.spec.methods))
        label = "Prepare this run with FDMat added"
    else:
        text = "FDMat has not ranked in this run yet, or could not; the Runs page says why."
        spec, label = run.spec, "Go to the runs"
    with st.container(horizontal_alignment="center", gap="small"):
        st.space("large")
        st.header("There is no evidence yet.", anchor=False, text_alignment="center")
        st.markdown(f":gray[{text}]", text_alignment="center", width=560)
        if st.button(label, type="primary", icon=":material/arrow_forward:"):
            state.start_from(spec)
            st.switch_page(places.RUNS)
    st.stop()
