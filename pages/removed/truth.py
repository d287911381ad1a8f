"""What is removed, against injected noise where there is some, or against what is suspected and what people decided."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from fdmat_core.analysis import issues
from fdmat_core.analysis.issues import Bad
from fdmat_core.figures import detection
from fdmat_core.formats import portion
from fdmat_core.rankings import Rankings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.removed import people, tables
from pages.shell import caches, frame, state
from pages.ui import kept, pictures, titles

#: What is to be known about the detectors, with labels and without.
ABOUT = {
    True: "Self-confidence and margin are those of a logistic regression that never saw the item; "
    "AUM reads the training of the network.",
    False: "Detectors that read labels are left out, because these data have none.",
}
STYLE = Path(__file__).with_name("truth.css")


@st.fragment
def panel(run: Run, method: Choice) -> None:
    """Draw the tab: what is removed at a share kept, how every detector does, false alarms, what people decided."""
    st.html(STYLE)
    known, ranked = caches.bad(run), run.ranked
    if known is None or method not in ranked:
        st.info("Nothing is known or suspected about these items yet: FDMat has to rank first.", icon=":material/info:")
        return
    with st.container(key="truth"):
        kept.slider(run, key="truth_kept")
        _removed(run, method, known, ranked)
        if known.word == "injected":
            _detectors(run, known.rows)
        left, right = st.columns([5, 7], gap="large")
        with left:
            people.show(run, known)
        with right:
            _alarms(run, known)


def _removed(run: Run, method: Choice, known: Bad, ranked: Mapping[Choice, Rankings]) -> None:
    """The 2 x 2 table with its sentence, and how the methods do at every share."""
    coreset = ranked[method].cut(state.kept())
    tally = issues.tally(coreset, known.rows)
    left, right = st.columns([5, 7], gap="large")
    with left:
        noise = "Injected noise" if known.word == "injected" else "Suspected items"
        st.subheader(f"{noise} at {portion(1 - coreset.kept)} removed", anchor=False)
        st.markdown(sentence(tally, known.word))
        st.html(tables.two_by_two(tally, known.word))
    with right:
        st.subheader("Every method of this run, at every share", anchor=False)
        others = {str(one): rankings for one, rankings in ranked.items() if one.name != "random"}
        removed = caches.removals(f"{run.key} {run.features_key}", tuple(others), others, known.rows)
        figure = detection.removals(removed, look=titles.look(run.spec), kept=coreset.kept, focus=str(method))
        caption = pictures.of_method(f"{noise} removed", "share of them", run.spec, method, "noise-removed")
        pictures.chart(figure, "truth_removals", f"Share of {noise.lower()} removed by each method", caption)


def sentence(tally: issues.Tally, word: str) -> str:
    """What is removed, in words: the recall, the false removal, and what chance would do."""
    if not tally.bad_removed + tally.bad_kept:
        return f"No item is {word}."
    removed = tally.bad_removed + tally.clean_removed
    chance = removed / max(1, removed + tally.bad_kept + tally.clean_kept)
    recall, false_removal = portion(tally.recall), portion(tally.false_removal)
    if word == "injected":
        return (
            f"**{recall} of the injected noise is removed**, with {false_removal} of the clean data; "
            f"random would have removed {portion(chance)} of both."
        )
    return (
        f"**{recall} of the suspected items are removed**, with {false_removal} of the others; random would have "
        f"removed {portion(chance)} of both. Which are really bad is not known: *suspected* means by FDMat."
    )


def _detectors(run: Run, bad: Any) -> None:
    """Every detector against the truth, on the same features."""
    scores = run.detection
    if scores is None:
        st.caption("The detectors are compared at the end of a run; run it again if it is done.")
        return
    found = caches.comparison(f"{run.key} {run.features_key}", scores, bad)
    left, right = st.columns([5, 7], gap="large")
    with left:
        st.subheader("Noise found against false alarms", anchor=False)
        caption = pictures.of_run("Noise found against false alarms", "shares of items", run.spec, "detectors")
        figure = detection.roc(found.roc, look=titles.look(run.spec))
        pictures.chart(figure, "truth_roc", "ROC curves of all detectors", caption)
    with right:
        st.subheader("Detectors on the same features", anchor=False)
        st.html(tables.detectors(found.table))
        st.caption(f"{portion(float(bad.mean()))} of the items are noise. {ABOUT[caches.train(run).labelled]}")


def _alarms(run: Run, known: Bad) -> None:
    """Which share of every class is suspected though, as far as is known, nothing is the matter with it."""
    evidence, tables_ = run.evidence, run.tables
    if evidence is None or tables_ is None or not tables_[0].labelled:  # there are no classes to compare
        return
    table = tables_[0]
    clean = ~known.rows if known.word == "injected" else known.rows | True
    alarms = issues.false_alarms(evidence.evidence["issue"][clean], table.labels[clean], table.classes)
    whole = portion(alarms["suspected"].sum() / max(1, alarms["items"].sum()))
    worst = alarms.sort_values("share", ascending=False, kind="stable").iloc[0]
    st.subheader("False alarms by class" if known.word == "injected" else "Suspected by class", anchor=False)
    clean_items, all_items = "of the clean items", "of all items; on clean data each is a false alarm"
    whose = clean_items if known.word == "injected" else all_items
    st.caption(f"FDMat suspects {whole} {whose}. Most in {frame.plain(worst.label)}: {portion(worst.share)}.")
    alt = "Share of each class that is suspected"
    caption = pictures.of_run("Suspected by FDMat", f"share of the items of a class, {whose}", run.spec, "suspected")
    pictures.chart(detection.alarms(alarms, look=titles.look(run.spec)), "truth_alarms", alt, caption)
