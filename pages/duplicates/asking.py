"""What the Duplicates page asks: to look for copies at all, then what counts as one and which to keep."""

from __future__ import annotations

from typing import Any, NoReturn

import streamlit as st

from fdmat_core import errors
from fdmat_core.analysis.duplicates import FARTHEST, USUAL, By, Rule
from fdmat_core.runs import duplicates
from fdmat_core.runs.duplicates import Asked, Copies
from fdmat_core.runs.run import Run
from pages.shell import caches, frame

#: What tells copies; "exact" is none of the ways of near ones.
WAYS = {"pixels": "Pixels", "features": "Features", "exact": "Exact only"}
WHERE = {False: "Within training", True: "Training and test"}
RULES: dict[Rule, str] = {
    "rank": "Highest in FDMat's ranking",
    "prototype": "Nearest to the mean of its class",
    "id": "Lowest id",
}
#: What a distance means, by what it is of.
ABOUT: dict[By, str] = {
    "pixels": "0: every detail agrees, once both are aligned and made grey. Blur, crops of up to 8%, noise and "
    "compression are seen through; colours, mirrored and turned copies are not looked at.",
    "features": "0: the same features; 1: as far apart as neighbours usually are, here.",
}


def offer(run: Run) -> NoReturn:
    """Say what a search does, start it on a click, watch it, and end the page."""
    if changed := caches.changed(run):
        st.info(frame.plain(f"{errors.plain(ValueError(changed))}: copies are looked for in the data of a run alone."))
        st.stop()
    if duplicates.is_looking(run):
        st.fragment(_watch, run_every=1.0)(run)
        st.stop()
    if problem := duplicates.problem(run):
        st.error(frame.plain(f"The search ended without a result: {problem}"), icon=":material/error:")
    with st.container(key="offer"):
        st.markdown(
            "Copies waste budget, and copies between training and test make every accuracy look better. A search finds "
            "exact ones, and near ones by pixels and by features. It takes about a minute for 60,000 images, in a "
            "process of its own, and is stored."
        )
        if st.button("Look for copies", type="primary", icon=":material/search:"):
            duplicates.start(run)
            st.rerun()
    st.stop()


def _watch(run: Run) -> None:
    if not duplicates.is_looking(run):
        st.rerun()
    st.info("**Looking for copies** among the training and the test items.", icon=":material/progress_activity:")


def choose(run: Run, copies: Copies) -> Asked:
    """The controls: where, by what, how near, which of a group to keep."""
    ways = [*copies.ways, "exact"]
    rules = [rule for rule in RULES if rule != "rank" or run.evidence is not None]
    facts: dict[str, Any] = {"required": True, "persist_state": "session"}
    where: dict[str, Any] = {"format_func": WHERE.__getitem__, "key": "copies_where", "default": False}
    near: dict[str, Any] = {"format_func": WAYS.__getitem__, "key": "copies_by", "default": ways[0]}
    with st.container(key="asked", horizontal=True, vertical_alignment="bottom", gap="medium"):
        leaks = st.segmented_control("Copies", list(WHERE), **where, **facts)
        by = _way(st.segmented_control("Near by", ways, **near, **facts), copies)
        threshold = 0.0
        if by:
            wide: dict[str, Any] = {"width": 260, "key": f"copies_{by}", "persist_state": "session", "help": ABOUT[by]}
            threshold = st.slider("Distance up to", 0.0, FARTHEST[by], USUAL[by], 0.01, **wide)
        rule: Rule = "id"
        if not leaks:
            menu: dict[str, Any] = {"format_func": RULES.__getitem__, "key": "copies_rule", "width": 270}
            rule = st.selectbox("Keep of each", rules, persist_state="session", **menu)
    return Asked(by, threshold, bool(leaks), rule, st.session_state.setdefault(by_hand(run), {}))


def _way(chosen: str | None, copies: Copies) -> By | None:
    return next((by for by in copies.ways if by == chosen), None)


def by_hand(run: Run) -> str:
    """Where the session keeps what somebody keeps by hand."""
    return f"copies_kept.{run.key}"
