"""Does closer mean better? The scatter, rho within each size, and which distance predicts best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core import sizes
from fdmat_core.analysis import predictiveness
from fdmat_core.figures import correlation, tables
from fdmat_core.figures.theme import Look
from fdmat_core.formats import percent
from fdmat_core.runs.run import Run
from fdmat_core.spec import Spec
from pages.curves import charts, parts
from pages.shell import caches, frame, state
from pages.ui import head, pictures, titles

if TYPE_CHECKING:
    import pandas as pd

WHY = "Sizes are never mixed: a larger coreset is closer and trains better whatever the method."
HOW = (
    "Rank correlation (Spearman) over the coresets of one size; a method that draws counts once per draw. "
    "The interval holds 95% of 1,000 resamples of the coresets. Over all sizes: the mean of rho within each; "
    "a coreset is drawn with all its sizes."
)


def show(run: Run) -> None:
    """Whether a distance predicts accuracy, by the points of a run so far."""
    spec = run.spec
    parts.header(parts.CLOSER)
    if run.tables is not None and not run.tables[0].labelled:
        text = "This needs labels, which these data have not: without an accuracy there is nothing to predict."
        st.info(text, icon=":material/label_off:")
        return
    distances, accuracies = charts.of_kind(spec, "distance"), charts.of_kind(spec, "accuracy")
    if not distances or not accuracies:
        st.info("This needs a distance and an accuracy; start a run that measures both.", icon=":material/info:")
        return
    kept, called = state.kept(), charts.measure_titles(spec)
    answer = st.container()
    left, right = st.columns([6, 6], gap="large")
    with left:
        distance, accuracy = _choose(distances, accuracies, called)
    curve = caches.curve(run)
    by_size = _correlation(curve, distance, accuracy)
    row = predictiveness.nearest(by_size, kept, run.planned.values())
    answer.subheader(predictiveness.verdict(row, called[distance]), anchor=False)
    with left:
        _scatter(spec, curve, distance, accuracy, row.kept if row else kept)
    with right:
        _sizes(by_size, spec, called[distance])
    _predictors(curve, tuple(distances), accuracy, called)


def _correlation(curve: pd.DataFrame, distance: str, accuracy: str) -> pd.DataFrame:
    both = curve[curve["measure"].isin([distance, accuracy])]
    key = ("correlation", distance, accuracy)
    return caches.once(both, *key, make=lambda points: predictiveness.correlation(points, distance, accuracy))


def _choose(distances: list[str], accuracies: list[str], called: Mapping[str, str]) -> tuple[str, str]:
    facts: dict[str, Any] = {"format_func": called.__getitem__, "persist_state": "session", "bind": "query-params"}
    one, other = st.columns(2)
    return one.selectbox("Distance", distances, key="near", **facts), other.selectbox(
        "Accuracy", accuracies, key="good", **facts
    )


def _scatter(spec: Spec, curve: pd.DataFrame, distance: str, accuracy: str, kept: float) -> None:
    """Every coreset as a point; those of the size nearest to a share kept stand out."""
    both = curve[curve["measure"].isin([distance, accuracy])]
    found = caches.once(
        both, "coresets", distance, accuracy, make=lambda it: predictiveness.coresets(it, distance, accuracy)
    )
    if found.empty:
        st.caption("No coreset has both measures yet.")
        return
    near, look = found[found["kept"] == sizes.nearest(found["kept"], kept)], titles.look(spec)
    k, drawn = int(near["k"].iloc[0]), int((near["method"] == "random").sum())
    st.caption(f"{WHY} {drawn} of the coresets at {percent(near['kept'].iloc[0])} kept are random draws.", help=HOW)
    key = (spec.key, "scatter", distance, accuracy, k, look.dark)
    figure = caches.once(found, *key, make=lambda it: correlation.scatter(it, distance, accuracy, look=look, k=k))
    called = charts.measure_titles(spec)
    alt = f"{called[distance]} against {called[accuracy]}"
    title = f"{called[accuracy]} against {called[distance]}"
    caption = pictures.of_run(title, f"a dot is a coreset, large at {k:,} kept", spec, distance, "predicts", f"{k}")
    pictures.chart(figure, "scatter", alt, caption)


def _sizes(by_size: pd.DataFrame, spec: Spec, distance: str) -> None:
    st.markdown("**Within each size** :small[:gray[rho and its interval; filled where it leaves out 0]]")
    look = Look(frame.dark())
    figure = caches.once(by_size, "rhos", look.dark, make=lambda table: correlation.correlations(table, look=look))
    caption = pictures.of_run(f"Does closer in {distance} train better?", "rank correlation", spec, distance, "rho")
    head.lined(figure, "rhos", "Rank correlation by share kept", caption)


def _predictors(curve: pd.DataFrame, distances: tuple[str, ...], accuracy: str, called: dict[str, str]) -> None:
    """Which distance predicts best, over all sizes and at each."""
    both = curve[curve["measure"].isin([*distances, accuracy])]
    key = ("ranking", distances, accuracy)
    found = caches.once(both, *key, make=lambda points: predictiveness.ranking(points, distances, accuracy))
    st.subheader(predictiveness.winner(found, called), anchor=False)
    if len(found):
        rhos = {name: _by_count(_correlation(curve, name, accuracy)) for name in found["distance"]}
        st.html(tables.predictions(found, rhos, called))


def _by_count(table: pd.DataFrame) -> dict[int, float]:
    return dict(zip(table["k"], table["rho"], strict=True))
