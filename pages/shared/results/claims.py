"""Does closer mean better? The scatter, rho within each size, and which distance predicts best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core import claim
from fdmat_core.types import Spec
from fdmat_core.view import claims, tables
from fdmat_core.view.theme import Look
from pages.shared import cached, session, widgets
from pages.shared.map import scene
from pages.shared.results import charts

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
    distances, accuracies = scene.measures(spec, "distance"), scene.measures(spec, "accuracy")
    if not distances or not accuracies:
        st.info("This needs a distance and an accuracy; a run with both can tell.", icon=":material/info:")
        return
    left, right = st.columns([6, 6], gap="large")
    with left:
        distance, accuracy = _choose(distances, accuracies)
    curve = cached.curve(spec)
    by_size = cached.correlation(curve, distance, accuracy)
    row = claims.nearest(by_size, session.ratio())
    with left:
        st.subheader(claims.verdict(row, charts.title(distance)), anchor=False)
        st.caption(WHY, help=HOW)
        _scatter(spec, claim.coresets(curve, distance, accuracy), distance, accuracy, row)
    with right:
        _sizes(by_size)
        _predictors(curve, tuple(distances), accuracy)


def _choose(distances: list[str], accuracies: list[str]) -> tuple[str, str]:
    facts = {"format_func": charts.title, "persist_state": "session", "bind": "query-params"}
    one, other = st.columns(2)
    return one.selectbox("Distance", distances, key="near", **facts), other.selectbox(
        "Accuracy", accuracies, key="good", **facts
    )


def _scatter(spec: Spec, found: pd.DataFrame, distance: str, accuracy: str, row: object | None) -> None:
    if found.empty:
        st.caption("No coreset has both measures yet.")
        return
    kept = row.kept if row else int(found["kept"].iloc[0])
    figure = claims.scatter(found, distance, accuracy, look=widgets.look(spec), kept=kept)
    alt = f"{charts.title(distance)} against {charts.title(accuracy)}"
    st.plotly_chart(figure, theme=None, config=charts.CONFIG, key="scatter", alt=alt)


def _sizes(by_size: pd.DataFrame) -> None:
    st.markdown("**Within each size** :small[:gray[rho and its interval; filled where it leaves out 0]]")
    figure = claims.correlations(by_size, look=Look(widgets.dark()), at=session.ratio())
    st.plotly_chart(figure, theme=None, config=charts.CONFIG, key="rhos", alt="Rank correlation by share kept")


def _predictors(curve: pd.DataFrame, distances: tuple[str, ...], accuracy: str) -> None:
    found = cached.predictors(curve, distances, accuracy)
    titles = {name: charts.title(name) for name in distances}
    st.markdown(f"**{claims.winner(found, titles)}**")
    if len(found):
        rhos = {name: _by_kept(cached.correlation(curve, name, accuracy)) for name in found["distance"]}
        st.html(tables.predictions(found, rhos, titles))


def _by_kept(table: pd.DataFrame) -> dict[int, float]:
    return dict(zip(table["kept"], table["rho"], strict=True))
