"""Moderate: neither the typical nor the odd rows, but those in between."""

from __future__ import annotations

import numpy as np

from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "moderate",
    title="Moderate",
    family="geometry",
    needs=("embedding",),
    keeps="rows at a middling distance from their class's centre",
    paper="Xia, Liu, Yu, Shen, Han, Liu, Moderate coreset, ICLR 2023",
    colour="#009E73",
)
def moderate(table: FeatureTable) -> Ranking:
    """Rank rows by how close their distance to the class centre is to the median of all such distances.

    `d_i = |z_i - median of the class|`, the median taken coordinate by coordinate. Rows are sorted by d, and the score
    is how many places a row is from the middle of that order: the lowest is kept, the nearer one first when two are
    alike. This is the paper's central window in nested form.

    **Limits.** It avoids mislabelled rows and outliers without looking at labels, and the most typical rows too. The
    paper sorts all classes together, which can leave a compact class with nothing: `balance=none` does so, the other
    balances sort within each class.

    **Without labels** there is one centre, that of all rows, so that what is kept lies in a shell around it.

    **The public code differs.** It returns the rows to *drop*, and fails for a class of one row.
    """
    distance = np.empty(table.n)
    for label in np.unique(table.labels):
        rows = table.labels == label
        z = table.embedding[rows].astype(np.float64)
        distance[rows] = np.linalg.norm(z - np.median(z, axis=0), axis=1)
    place = np.empty(table.n)
    place[np.argsort(distance, kind="stable")] = np.arange(table.n)
    from_middle = np.abs(place - (table.n - 1) / 2 + 0.25)  # a quarter, so that the nearer of two comes first
    return Ranking.by_score(from_middle, keep="lowest", evidence={"centre_distance": distance})
