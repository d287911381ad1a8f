"""ELFS: difficulty without labels, from training on clusters, and both ends of it left out."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.learning import head
from fdmat_core.numerics import cells, greedy
from fdmat_core.numerics.arrays import evenly
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

#: How many clusters data without labels are divided into, unless told.
WITHOUT_LABELS = 10
#: Clusters are found on at most so many rows, the best of so many attempts.
SAMPLE, ATTEMPTS = 50_000, 5


@method(
    "elfs",
    title="ELFS",
    family="dynamics",
    needs=("embedding",),
    keeps="rows between clusters, without the hardest; labels are not read",
    paper="Zheng et al., ELFS: Label-free coreset selection with proxy training dynamics, ICLR 2025, arXiv 2406.04273",
    colour="#5C6F2B",
    runs="table",
    stands_for="with k-means clusters in place of deep clustering",
)
def elfs(
    table: FeatureTable,
    *,
    clusters: Annotated[int, Range(0, 10_000)] = 0,
    beta: Annotated[float, Range(0, 0.9), "hardest left out"] = 0.4,
) -> Ranking:
    """Train a classifier on clusters in place of labels, and keep its hardest rows but for the very hardest.

    1. k-means on rows of length 1 gives every row a pseudo-label.
    2. A linear head learns these labels; the score of a row is the mean margin of its pseudo-label's probability over
       all epochs (`aum_prob`).
    3. The share `beta` of lowest margins is left out, as their pseudo-labels are likely wrong; of the others those of
       lowest margin are kept. So both ends are pruned: the hardest, and the easiest as far as the budget asks.

    **When to use it.** Before anything is labelled: what is kept is what should be labelled.

    **What differs.** The paper clusters by training fifty heads on neighbours in the embedding of a large network
    (TEMI), then trains a whole network on the pseudo-labels, and finds `beta` by training coresets on pseudo-labels:
    0.4 on CIFAR-10 and 0.3 on ImageNet at 10% kept. Here clusters are those of k-means, the network is a linear head on
    the features, which settles soon, and `beta` is what you set.

    **Limits.** As good as the clusters: where these are not the classes, rows between clusters are not hard. Nothing
    spreads the picks. It trains a head each time, tens of seconds for 60,000 rows. The order is over all classes
    together, and class shares are applied to it afterwards.

    **The public code differs.** It cuts off the easiest by a count from the end, and keeps nothing at all where that
    count is 0.

    Parameters
    ----------
    clusters
        How many; 0 is as many as there are classes, or 10 where there are no labels.
    beta
        Share of the rows of lowest margin that is left out.
    """
    count = clusters or (table.c if table.labelled else WITHOUT_LABELS)
    pseudo = pseudo_labels(np.asarray(greedy.unit_rows(np.asarray(table.embedding))), count)
    found = int(pseudo.max(initial=0)) + 1
    if found < 2:
        return Ranking(np.arange(table.n), score=np.zeros(table.n))
    _, dynamics = head.linear_head(table.embedding, pseudo, found, tell=lambda done: None)
    return Ranking.by_score(dynamics["aum_prob"], keep="lowest").reject_first(beta)


def pseudo_labels(unit: np.ndarray, count: int) -> np.ndarray:
    """The cluster (n,) of each row of length 1 (n, d), numbered without gaps; fewer than asked if rows are alike."""
    from sklearn.cluster import KMeans

    if len(unit) == 0:
        return np.zeros(0, dtype=np.int64)
    sample = unit[evenly(len(unit), SAMPLE)]
    distinct = len(np.unique(np.round(sample, 9), axis=0))
    means = KMeans(min(count, distinct), n_init=ATTEMPTS, random_state=0)  # pyright: ignore[reportArgumentType]
    nearest = cells.nearest_centre(unit, np.asarray(means.fit(sample).cluster_centers_))
    return np.unique(nearest, return_inverse=True)[1].astype(np.int64)
