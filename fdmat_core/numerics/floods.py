"""Floods of near copies: rows of a class that lie far closer to each other than its other rows do."""

from __future__ import annotations

from typing import Any

import numpy as np

from fdmat_core.numerics import quotas
from fdmat_core.numerics.neighbours import Neighbours

#: A flood has more copies of one row than this: the distance to so many neighbours tells copies from close pairs.
FEW = 5
#: Copies and other rows are of two kinds if the logs of these distances lie so many deviations apart, and the distances
#: themselves so many times.
APART, CLOSER = 4.0, 4.0


def first_copies(found: Neighbours, labels: np.ndarray) -> np.ndarray:
    """The first row (n,) of the near copies that each row is one of: itself where it stands alone.

    In every class two normal laws are fitted to the logs of how far the fifth neighbour is. Where they lie apart, rows
    that hang together by distances that the lower one explains are copies of each other. If fewer rows stand alone than
    there are groups, or than the largest has, the class has few values rather than a flood, and no copies.

    Parameters
    ----------
    found
        The k nearest rows of each row.
    labels
        (n,) only rows of one label are copies of each other.
    """
    first = np.arange(len(labels))
    if found.rows.shape[1] < FEW:
        return first
    for rows in quotas.rows_by_class(labels, int(labels.max(initial=-1)) + 1):
        limit = _limit(found.distances[rows, FEW - 1])
        if limit is not None:
            joined = _joined(rows, found.rows[rows], found.distances[rows] <= limit)
            first[rows] = joined if _is_flood(joined) else rows
    return first


def _limit(values: np.ndarray) -> float | None:
    """The largest of the distances (m,) that are those of copies; None where all are of one kind."""
    from sklearn.mixture import GaussianMixture

    if len(values) <= 2 * FEW or not values.any():
        return None
    logs = np.log(np.maximum(values, 1e-6 * np.median(values[values > 0])))[:, None]
    if np.ptp(logs) <= np.log(CLOSER):
        return None
    model: Any = GaussianMixture(
        2,
        weights_init=[0.5, 0.5],
        means_init=np.quantile(logs, [0.25, 0.75])[:, None],
        precisions_init=np.full((2, 1, 1), 1 / logs.var()),
        tol=1e-4,
        max_iter=1000,
    ).fit(logs)
    low, high = np.sort(model.means_.ravel())
    gap = high - low
    if gap <= np.log(CLOSER) or gap <= APART * np.sqrt(model.covariances_.mean()):
        return None
    lower = (model.predict(logs) == model.means_.argmin()) & (logs.ravel() < high)
    return float(values[lower].max()) if lower.any() else None


def _joined(rows: np.ndarray, nearest: np.ndarray, near: np.ndarray) -> np.ndarray:
    """The first row of the group of each of some rows (m,), ascending, by which of their neighbours (m, k) are near."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    place = np.minimum(np.searchsorted(rows, nearest), len(rows) - 1)
    here, number = np.nonzero(near & (rows[place] == nearest))
    graph = csr_matrix((np.ones(len(here)), (here, place[here, number])), shape=(len(rows), len(rows)))
    group = connected_components(graph, directed=False)[1]
    lowest = np.unique(group, return_index=True)[1]
    return rows[lowest[group]]


def _is_flood(first: np.ndarray) -> bool:
    """Whether more rows stand alone than there are groups, and than the largest group has."""
    sizes = np.unique(first, return_counts=True)[1]
    groups = sizes[sizes > 1]
    return bool(len(groups)) and np.count_nonzero(sizes == 1) >= max(groups.max(), len(groups))
