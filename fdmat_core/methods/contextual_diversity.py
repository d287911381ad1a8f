"""Contextual diversity: cover the ways in which the classifier is confused."""

from __future__ import annotations

import numpy as np

from fdmat_core.numerics import greedy, probabilities
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "contextual_diversity",
    title="Contextual diversity",
    family="uncertainty",
    needs=("logits",),
    keeps="rows that the classifier confuses in different ways",
    paper="Agarwal, Arora, Anand, Arora, Contextual diversity for active learning, ECCV 2020",
    colour="#7542E3",
    keeps_flips=0.75,
)
def contextual_diversity(table: FeatureTable, *, budget: int, chosen: greedy.Chosen = ()) -> Ranking:
    """Pick, one by one, the row whose class probabilities differ most from those of the rows picked before it.

    This is k-center on probabilities with the symmetric divergence `J(p, q) = 1/2 sum_c (p_c - q_c) log(p_c / q_c)`.
    The first pick is the row with the least J to the mean probabilities. Probabilities below 1e-8 count as 1e-8.

    **Limits.** Like k-center it seeks extremes: rows that are confidently given to one class are the farthest apart, so
    it keeps confident rows and confident errors next to confused ones. The embedding plays no part.

    **The public code differs.** DeepCore takes logarithms of probabilities that are exactly 0, and the divergence of
    such rows is then not a number.
    """
    p = probabilities.clipped(probabilities.softmax(table.column("logits")))
    log_p = np.log(p)
    first = greedy.highest(-divergences(p, log_p, p.mean(axis=0)), chosen if len(chosen) else None)
    picks = greedy.farthest_first(lambda row: divergences(p, log_p, p[row]), table.n, budget, first, chosen)
    return Ranking.by_picks(picks, table.n)


def divergences(p: np.ndarray, log_p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The symmetric divergence J (n,) between each row of p (n, c) and q (c,), with no array of n x c made."""
    log_q = np.log(q)
    own = np.einsum("ic,ic->i", p, log_p) + q @ log_q
    return np.maximum(0.5 * (own - p @ log_q - log_p @ q), 0)
