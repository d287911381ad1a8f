"""Does closer mean better? The scatter, rho within each size, and which distance predicts best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import predictiveness
from fdmat_core.figures import correlation, tables
from fdmat_core.figures.theme import Look
from fdmat_core.spec import Spec
from pages.curves import charts
from pages.shell import caches, frame, state
from pages.ui import head
from pages.ui import titles as widgets

if TYPE_CHECKING:
    import pandas as pd

WHY = "Sizes are never mixed: a larger coreset is closer and trains better whatever the method."
HOW = (
    "Rank correlation (Spearman) over the coresets of one size; a method that draws counts once per draw. "
    "The interval holds 95% of 1,000 resamples of the coresets. Over all sizes: the mean of rho within each; "
    "a coreset is drawn with all its sizes."
)


def show(spec: Spec) -> None:
    """The claim, as far as the points of a run can tell."""
    st.header("Does closer train better?", anchor=False)
    distances, accuracies = charts.of_kind(spec, "distance"), charts.of_kind(spec, "accuracy")
    if not distances or not accuracies:
        st.info("This needs a distance and an accuracy; a run with both can tell.", icon=":material/info:")
        return
    left, right = st.columns([6, 6], gap="large")
    with left:
        distance, accuracy = _choose(distances, accuracies)
    curve = caches.curve(spec)
    by_size = _correlation(curve, distance, accuracy)
    row = predictiveness.nearest(by_size, state.ratio())
    with left:
        st.subheader(predictiveness.verdict(row, registry.measures.title(distance)), anchor=False)
        _scatter(spec, curve, distance, accuracy, row)
    with right:
        _sizes(by_size)
    _predictors(curve, tuple(distances), accuracy)


def _correlation(curve: pd.DataFrame, distance: str, accuracy: str) -> pd.DataFrame:
    part = curve[curve["measure"].isin([distance, accuracy])]
    key = ("correlation", distance, accuracy)
    return caches.once(part, *key, make=lambda points: predictiveness.correlation(points, distance, accuracy))


def _choose(distances: list[str], accuracies: list[str]) -> tuple[str, str]:
    facts = {"format_func": registry.measures.title, "persist_state": "session", "bind": "query-params"}
    one, other = st.columns(2)
    return one.selectbox("Distance", distances, key="near", **facts), other.selectbox(
        "Accuracy", accuracies, key="good", **facts
    )


def _scatter(spec: Spec, curve: pd.DataFrame, distance: str, accuracy: str, row: Any | None) -> None:
    """Every coreset as a point; those of the size that the verdict is about stand out."""
    part = curve[curve["measure"].isin([distance, accuracy])]
    found = caches.once(
        part, "coresets", distance, accuracy, make=lambda it: predictiveness.coresets(it, distance, accuracy)
    )
    if found.empty:
        st.caption("No coreset has both measures yet.")
        return
    kept, look = row.kept if row else int(found["kept"].iloc[0]), widgets.look(spec)
    drawn = int(((found["kept"] == kept) & (found["method"] == "random")).sum())
    st.caption(f"{WHY} {drawn} of the coresets of this size are random draws.", help=HOW)
    key = (spec.key, "scatter", distance, accuracy, kept, look.dark)
    figure = caches.once(found, *key, make=lambda it: correlation.scatter(it, distance, accuracy, look=look, kept=kept))
    alt = f"{registry.measures.title(distance)} against {registry.measures.title(accuracy)}"
    st.plotly_chart(figure, theme=None, config=head.CONFIG, key="scatter", alt=alt)


def _sizes(by_size: pd.DataFrame) -> None:
    st.markdown("**Within each size** :small[:gray[rho and its interval; filled where it leaves out 0]]")
    look = Look(frame.dark())
    figure = caches.once(by_size, "rhos", look.dark, make=lambda table: correlation.correlations(table, look=look))
    head.lined(figure, "rhos", "Rank correlation by share kept")


def _predictors(curve: pd.DataFrame, distances: tuple[str, ...], accuracy: str) -> None:
    """Which distance tells most, over all sizes and at each."""
    part = curve[curve["measure"].isin([*distances, accuracy])]
    key = ("ranking", distances, accuracy)
    found = caches.once(part, *key, make=lambda points: predictiveness.ranking(points, distances, accuracy))
    titles = {name: registry.measures.title(name) for name in distances}
    st.subheader(predictiveness.winner(found, titles), anchor=False)
    if len(found):
        rhos = {name: _by_kept(_correlation(curve, name, accuracy)) for name in found["distance"]}
        st.html(tables.predictions(found, rhos, titles))


def _by_kept(table: pd.DataFrame) -> dict[int, float]:
    return dict(zip(table["kept"], table["rho"], strict=True))
