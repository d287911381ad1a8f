"""Clusters of the items, each inside one class, and which of them a coreset starves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fdmat_core.curves import space
from fdmat_core.types import FeatureTable

#: About how many clusters there are; every class has at least one, and a cluster about `LEAST` items or more.
MOST, LEAST = 40, 20


class Clusters(NamedTuple):
    """Which cluster each row belongs to, the largest cluster first, and the row that stands for each."""

    of: np.ndarray  # (n,) int64, positions in `medoids`
    medoids: np.ndarray  # (m,) int64 rows

    @property
    def sizes(self) -> np.ndarray:
        """How many items each cluster has (m,)."""
        return np.bincount(self.of, minlength=len(self.medoids))


class Starved(NamedTuple):
    """A cluster that holds less of the kept than of all."""

    medoid: int  # its row
    covered: float  # share of the kept that lies in it
    deserves: float  # share of all items that does


def clusters(table: FeatureTable) -> Clusters:
    """Divide every class by k-means on what the distances see, into as many clusters as its size deserves.

    The medoid is the row nearest to the middle of its cluster.
    """
    x = space(table).embedding
    found = [part for label in np.unique(table.labels) for part in _parts(x, np.flatnonzero(table.labels == label))]
    found.sort(key=lambda part: (-len(part[0]), part[1]))
    of = np.empty(table.n, dtype=np.int64)
    for number, (rows, _) in enumerate(found):
        of[rows] = number
    return Clusters(of, np.array([medoid for _, medoid in found], dtype=np.int64))


def _parts(x: np.ndarray, rows: np.ndarray) -> Iterator[tuple[np.ndarray, int]]:
    """The clusters of one class: their rows, and the medoid."""
    inside = np.asarray(x[rows], dtype=np.float64)
    labels = _kmeans(inside, round(min(MOST * len(rows) / len(x), len(rows) / LEAST)))
    for label in np.unique(labels):
        mine = labels == label
        away = np.linalg.norm(inside[mine] - inside[mine].mean(axis=0), axis=1)
        yield rows[mine], int(rows[mine][np.argmin(away)])


def _kmeans(x: np.ndarray, k: int) -> np.ndarray:
    """The cluster (n,) of each row of x (n, d), by k-means from one seed; fewer where rows are the same."""
    k = min(k, len(np.unique(x, axis=0))) if k > 1 else k
    if k < 2:
        return np.zeros(len(x), dtype=np.int64)
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(k, n_init="auto", random_state=0).fit_predict(x))


def starved(found: Clusters, rows: np.ndarray, bad: np.ndarray | None = None) -> list[Starved]:
    """The clusters that hold less of the kept rows (k,) than of all, those that lack the largest share first.

    Rows that are bad (n,) bool count neither way: a cluster of wrong labels deserves nothing.
    """
    good = np.ones(len(found.of), dtype=bool) if bad is None else ~bad
    covered, deserves = _shares(found, rows[good[rows]]), _shares(found, np.flatnonzero(good))
    order = np.argsort(covered - deserves, kind="stable")
    return [
        Starved(int(found.medoids[place]), float(covered[place]), float(deserves[place]))
        for place in order
        if covered[place] < deserves[place]
    ]


def _shares(found: Clusters, rows: np.ndarray) -> np.ndarray:
    """The share (m,) of some rows that lies in each cluster."""
    return np.bincount(found.of[rows], minlength=len(found.medoids)) / max(1, len(rows))
