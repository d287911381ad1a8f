"""What left, against the truth where noise was injected, or else against what is suspected and what people decided."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core.analysis import issues
from fdmat_core.figures import detection
from fdmat_core.formats import percent
from fdmat_core.spec import Choice, Spec
from pages.removed import people, tables
from pages.shell import caches, state
from pages.shell.caches import Bad
from pages.ui import titles
from pages.ui.rankings import Rankings, cut, ready

if TYPE_CHECKING:
    import plotly.graph_objects as go

STYLE = Path(__file__).with_name("truth.css")


@st.fragment
def panel(spec: Spec, method: Choice, ratio: float) -> None:
    """Draw the tab: what left at a ratio, how every detector does, false alarms, and what people decided."""
    st.html(STYLE)
    known, rankings = caches.bad(spec), ready(spec)
    if known is None or method not in rankings:
        st.info("Nothing is known or suspected about these items yet: FDMat has to rank first.", icon=":material/info:")
        return
    with st.container(key="truth"):
        _removed(spec, method, _slide(ratio), known, rankings)
        if known.word == "injected":
            _detectors(spec, known.rows)
        left, right = st.columns([5, 7], gap="large")
        with left:
            people.show(spec, known)
        with right:
            _alarms(spec, known)


def _slide(ratio: float) -> float:
    """A slider of the pruning ratio that travels; it follows the one of the other pages."""
    if st.session_state.get("truth_came_from") != ratio or "truth_ratio" not in st.session_state:
        st.session_state["truth_ratio"] = st.session_state["truth_came_from"] = ratio
    moved = st.slider("Share of all items removed", 0.0, 1.0, step=0.005, format="percent", key="truth_ratio")
    if abs(moved - ratio) > 1e-9:
        state.choose(ratio=moved)
    return moved


def _removed(spec: Spec, method: Choice, ratio: float, known: Bad, rankings: Mapping[Choice, Rankings]) -> None:
    """The 2 x 2 table with its sentence, and how the methods do at every ratio."""
    n = len(known.rows)
    ranking, k = cut(rankings[method], n, ratio)
    tally = issues.tally(ranking.order, k, known.rows)
    left, right = st.columns([5, 7], gap="large")
    with left:
        noise = "Injected noise" if known.word == "injected" else "Suspected items"
        st.subheader(f"{noise} at {percent(round(1 - k / n, 3))} removed", anchor=False)
        st.markdown(sentence(tally, known.word))
        st.html(tables.two_by_two(tally, known.word))
    with right:
        st.subheader("Every method of this run, at every ratio", anchor=False)
        others = {str(choice): found for choice, found in rankings.items() if choice.name != "random"}
        frame = caches.removals(spec.key, tuple(others), others, known.rows)
        figure = detection.removals(frame, look=titles.look(spec), at=1 - k / n, focus=str(method))
        _chart(figure, f"Share of {noise.lower()} removed by each method", "truth_removals")


def sentence(tally: issues.Tally, word: str) -> str:
    """What left, in words: the recall, the price, and what chance would do."""
    if not tally.bad_removed + tally.bad_kept:
        return f"No item is {word}."
    removed = tally.bad_removed + tally.clean_removed
    chance = removed / max(1, removed + tally.bad_kept + tally.clean_kept)
    if word == "injected":
        return (
            f"**{tally.recall:.0%} of the injected noise is gone**; {tally.price:.0%} of the clean data went with it; "
            f"random would have removed {chance:.0%} of both."
        )
    return (
        f"**{tally.recall:.0%} of the suspected items are gone**, with {tally.price:.0%} of the others; random would "
        f"have removed {chance:.0%} of both. Nobody told which labels are wrong: *suspected* is FDMat's word."
    )


def _detectors(spec: Spec, bad: Any) -> None:
    """Every detector against the truth, on the same features."""
    scores = caches.detection(spec)
    if scores is None:
        st.caption("The detectors are compared at the end of a run; run it again if it is done.")
        return
    found = caches.comparison(spec.key, scores, bad)
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.subheader("Noise found against false alarms", anchor=False)
        _chart(detection.roc(found.roc, look=titles.look(spec)), "ROC curves of all detectors", "truth_roc")
    with right:
        st.subheader("Detectors on the same features", anchor=False)
        st.html(tables.detectors(found.table))
        st.caption(
            f"{percent(round(float(bad.mean()), 3))} of the items are noise. Self-confidence and margin are those of a "
            "logistic regression that never saw the item; AUM reads the training of the network."
        )


def _alarms(spec: Spec, known: Bad) -> None:
    """Which share of every class is suspected though, as far as is known, nothing is the matter with it."""
    method, (table, _) = caches.fdmat(spec), caches.tables(spec)
    witness = caches.ranking(spec, method) if method else None
    if witness is None:
        return
    clean = ~known.rows if known.word == "injected" else known.rows | True
    frame = issues.false_alarms(witness.evidence["reason"][clean], table.labels[clean], table.classes)
    share = percent(round(frame["suspected"].sum() / max(1, frame["items"].sum()), 3))
    worst = frame.loc[frame["share"].idxmax()]
    st.subheader("False alarms by class" if known.word == "injected" else "Suspected by class", anchor=False)
    clean_items, all_items = "of the clean items", "of all items; on clean data each is a false alarm"
    whose = clean_items if known.word == "injected" else all_items
    st.caption(f"FDMat suspects {share} {whose}. Most in {worst.label}: {percent(round(worst.share, 3))}.")
    _chart(detection.alarms(frame, look=titles.look(spec)), "Share of each class that is suspected", "truth_alarms")


def _chart(figure: go.Figure, text: str, key: str) -> None:
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, alt=text, key=key)
