"""Blind review: while it is on, nothing on the page says what was injected."""

from __future__ import annotations

import streamlit as st

from fdmat_core.runs.run import Run
from pages.shell import caches


def blind() -> bool:
    """Whether this session reviews blind."""
    return bool(st.session_state.get("reviews_blind"))


def go_blind(on: bool) -> None:
    """Remember whether this session reviews blind."""
    st.session_state["reviews_blind"] = on


def hides(run: Run) -> bool:
    """Whether something is known about a run's items that a person does not want to see."""
    train = caches.train(run)
    return blind() and train.truth is not None and bool(train.truth.bad.any())


def hidden() -> None:
    """What stands where the truth would stand."""
    st.info(
        "**Blind review is on**, so this part, which says what was injected, is hidden. Switch *Blind* off on the "
        "Inspect tab to see it.",
        icon=":material/visibility_off:",
    )
