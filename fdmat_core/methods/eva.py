"""EVA: rows whose error varies within a window early in training and within one later."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "eva",
    title="EVA",
    family="dynamics",
    needs=("dynamics.eva_early", "dynamics.eva_late"),
    keeps="rows whose error varies most, early and late in training",
    paper="Hong, Zhang, Zhang, Zhou, Evolution-aware variance (EVA) coreset selection, ACM MM 2024, arXiv 2406.05677",
    colour="#A0457E",
    runs="table",
)
def eva(table: FeatureTable, *, early: Annotated[float, Range(0, 1), "weight of early epochs"] = 0.5) -> Ranking:
    """Keep the rows whose error norm varies most within two windows of epochs, one early and one later.

    The error norm at an epoch is `|p_i - e_{y_i}|_2`, that of `el2n`. Its variance within the first window and within
    the second are each divided by their sum over all rows, and added with weights `early` and `1 - early`: what a
    network wavers about while it learns coarse features, and while it learns fine ones. The highest are kept.

    The first window begins with the training and the second in its middle; each is a sixth of all epochs, from 2 to 10:
    with 200 epochs those of the paper's code, 1 to 10 and 101 to 110. Fewer than four epochs have no score.

    **When to use it.** The paper is about medical images, which differ much within classes and little between them.

    **Limits.** A row that is learned at once, or never, has no variance: easy rows and most wrong labels are both left
    out. A linear head on frozen features settles soon, so that its later window says little. Nothing looks at the
    features, so rows may be copies. The paper ranks all classes together (balance "none").

    **The public code differs.** A score is made when an epoch after the second window is seen: if the training ends
    with that window, all scores are 0. The paper tries several windows for every data set.

    Parameters
    ----------
    early
        How much the first window counts; the second counts the rest.
    """
    first, second = (shares(table.dynamics[name].astype(np.float64)) for name in ("eva_early", "eva_late"))
    return Ranking.by_score(early * first + (1 - early) * second, keep="highest")


def shares(values: np.ndarray) -> np.ndarray:
    """Values (n,), none below 0, divided by their sum; all 0 if they are."""
    total = values.sum()
    return values / total if total > 0 else values
