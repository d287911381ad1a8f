"""k-medoids: every row has a pick nearby, on average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import matching
from fdmat_core.numerics.arrays import to_numpy
from fdmat_core.numerics.distances import blocks, distance_rows, squared_distances
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


def cluster_sizes(table: FeatureTable, rows: np.ndarray) -> np.ndarray:
    """For each pick (k,), how many rows of its class have it as their nearest pick."""
    sizes = np.zeros(len(rows))
    for label in np.unique(table.labels[rows]):
        mine = np.flatnonzero(table.labels[rows] == label)
        z = table.embedding[table.labels == label].astype(np.float64)
        medoids = table.embedding[rows[mine]].astype(np.float64)
        for block in blocks(len(z), 2 * len(mine)):
            nearest = squared_distances(z[block], medoids).argmin(axis=1)
            sizes[mine] += np.bincount(nearest, minlength=len(mine))
    return sizes


@method(
    "k_medoids",
    title="k-medoids",
    family="distribution",
    needs=("embedding",),
    keeps="the middles of k clusters, weighted by their sizes",
    paper="PAM: Kaufman & Rousseeuw 1987; eager swaps: Schubert & Rousseeuw 2021; W1 view: Claici et al. 2018",
    colour="#8C6BB1",
    nested=False,
    weigh=cluster_sizes,
    keeps_flips=0.328,
)
def k_medoids(table: FeatureTable, *, budget: int, rounds: Annotated[int, Range(0, 100)] = 5) -> Ranking:
    """Choose the k rows with the least mean distance from any row to the nearest of them, by swapping.

    Starts from the picks of `energy_greedy`. Every row in turn is offered in exchange for the pick that it would
    replace best, and the exchange is made when the total distance `sum_i min_{s picked} |z_i - z_s|` falls, until a
    whole round makes none.

    With every pick weighted by the number of rows nearest to it, the mean distance *is* the Wasserstein-1 distance
    between coreset and data, and no other weights give a smaller one: this is the weighted coreset closest to its class
    in W1. Greedy k-medoids without swaps is `facility_location`.

    **Limits.** Every budget is solved anew, so smaller coresets are not prefixes. A round costs n rows of distances,
    so a class of more than 20,000 rows, whose distances do not stay in memory, takes many minutes. A local optimum:
    single exchanges no longer help. Small clusters of outliers get a pick of their own, with a small weight; use the
    weights.

    Parameters
    ----------
    rounds
        Most rounds of offers to make.
    """
    z = device.put(table.embedding)
    picks, distances = matching.energy(z, budget), distance_rows(z)
    if budget:
        picks = swap(lambda row: to_numpy(distances(row)), picks, table.n, rounds)
    return Ranking.by_picks(picks, table.n)


def swap(distances: Callable[[int], np.ndarray], picks: np.ndarray, n: int, rounds: int) -> np.ndarray:
    """Exchange picks (k,) for other rows, of n, while the total distance from any row to the nearest pick falls."""
    state = _Assignment(distances, picks)
    for _ in range(rounds):
        before = state.picks.copy()
        for row in np.setdiff1d(np.arange(n), before):
            state.offer(int(row))
        if np.array_equal(before, state.picks):
            break
    return state.picks


class _Assignment:
    """Which pick is nearest to every row, and how far the nearest and the second nearest are."""

    def __init__(self, distances: Callable[[int], np.ndarray], picks: np.ndarray) -> None:
        self.distances, self.picks = distances, np.array(picks)
        self.to = np.stack([distances(int(row)) for row in picks])  # (k, n)
        n = self.to.shape[1]
        self.near, self.first, self.second = np.empty(n, dtype=np.int64), np.empty(n), np.empty(n)
        self._settle(np.arange(n))

    def offer(self, row: int) -> None:
        """Exchange one pick for this row if that brings the total distance down."""
        apart = self.distances(row)
        loss = np.bincount(self.near, np.clip(apart, self.first, self.second) - self.first, len(self.picks))
        out = int(loss.argmin())
        change = loss[out] + np.minimum(apart - self.first, 0).sum()
        if change < -1e-6 * max(self.first.sum(), 1e-12):
            self._replace(out, row, apart)

    def _replace(self, out: int, row: int, apart: np.ndarray) -> None:
        touched = (self.to[out] <= self.second) | (apart < self.second)
        self.picks[out], self.to[out] = row, apart
        self._settle(np.flatnonzero(touched))

    def _settle(self, rows: np.ndarray) -> None:
        to = self.to[:, rows]
        self.near[rows] = to.argmin(axis=0)
        two = np.partition(to, 1, axis=0)[:2] if len(to) > 1 else np.concatenate([to, np.full_like(to, np.inf)])
        self.first[rows], self.second[rows] = two
