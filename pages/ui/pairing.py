"""The way from a page that shows one method to the page that shows two."""

from __future__ import annotations

import streamlit as st

from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import places, state


def offer(run: Run, method: Choice) -> None:
    """Offer to see a method of a run beside another one, if it has another."""
    if len(run.spec.methods) < 2:
        return
    hint = "See this method and another on two maps under one slider"
    if st.button("Compare", icon=":material/compare:", type="tertiary", help=hint, key="compare_with"):
        other = state.chosen("b")
        state.choose(a=method, b=None if other == str(method) else other)
        st.switch_page(places.COMPARE)
