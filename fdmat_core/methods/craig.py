"""CRAIG: facility location on gradients, with weights."""

from __future__ import annotations

import numpy as np

from fdmat_core.learning import head
from fdmat_core.numerics import greedy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


def nearest_counts(table: FeatureTable, rows: np.ndarray) -> np.ndarray:
    """The CRAIG weights (k,) of rows (k,): how many rows of the class have this pick as their nearest by gradient.

    The weights of a class sum to the class's size; a row's own class alone counts, and ties go to the earlier pick.
    """
    gradients, rows = head.head_gradients(table), np.asarray(rows)
    counts = np.zeros(len(rows), dtype=np.int64)
    for label in np.unique(table.labels[rows]):
        picks = np.flatnonzero(table.labels[rows] == label)
        members = gradients.take(np.flatnonzero(table.labels == label))
        nearest = members.nearest(gradients.take(rows[picks]))
        counts[picks] = np.bincount(nearest, minlength=len(picks))
    return counts


@method(
    "craig",
    title="CRAIG",
    family="gradients",
    needs=("embedding", "labels", "logits"),
    keeps="rows whose gradients stand for all others",
    paper="Mirzasoleiman, Bilmes, Leskovec, Coresets for Data-efficient Training, ICML 2020",
    colour="#2A9D8F",
    weigh=nearest_counts,
    keeps_flips=0.618,
)
def craig(table: FeatureTable, *, budget: int, chosen: greedy.Chosen = ()) -> Ranking:
    """Pick rows such that every row of the class has a pick with nearly the same gradient.

    Greedy maximisation of `F(S) = sum_i max_{j in S} (D_max - |g_i - g_j|)`, from 0 for the empty set, with g the
    gradient of the loss in the head's weights and D_max the largest distance. The first pick is the medoid. Each pick
    **weighs** as many rows as have it for their nearest pick in their class, so weights sum to the size of the class.

    Gradients are never written out: `g_i . g_j = (r_i . r_j)(z_i . z_j + 1)` with `r = p - e_y`. The order is nested;
    the weights are counted anew for every size of coreset.

    **Limits.** Time and memory grow with the square of the largest class. Above 16,384 rows at once only as many rows
    as fit 1 GB, evenly spread over the classes, are represented; every row may still be picked. Outlying gradients,
    such as those of wrong labels, are far from everything and get picked early.

    **Public code differs.** In DeepCore every weight starts at 1 and one is added per row, so the weights sum to n + k;
    and without class balance its batched gains skip nearly all rows after the first batch.
    """
    gradients = head.head_gradients(table)
    distances = gradients.distances(gradients.take(greedy.represented(table.labels)))
    picks, _ = greedy.maximise(greedy.FacilityLocation.of_distances(distances), table.n, budget, chosen=chosen)
    return Ranking.by_picks(picks, table.n)
