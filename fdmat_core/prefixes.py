"""Two distances at any count of an order, in an instant: what the slider asks for between the measured sizes.

The energy distance of all prefixes of an order is a running sum, made once for each ranking. The sliced Wasserstein
distance of any rows is read off the projections of each class, sorted once for all rankings. Both are the values of the
measures of these names.
"""

from __future__ import annotations

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fdmat_core import registry
from fdmat_core.curves import space
from fdmat_core.numerics import distances, transport
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable

#: Projections are kept for at most this many items: they take 6 bytes for each item and direction.
MOST_SORTED = 100_000
#: A block of projections holds about this many numbers, so that it stays near the processor.
BLOCK = 2**17


def known(largest: int, n: int, measure: Choice) -> bool:
    """Whether a measure can be had at any count of n items, of which the largest class has so many."""
    params = registry.measures.get(measure.name).read(dict(measure.params))
    if measure.name == "energy":
        return largest <= params["sample"]
    return measure.name == "sliced_wasserstein" and n <= MOST_SORTED


def energy(table: FeatureTable, order: np.ndarray) -> np.ndarray:
    """The energy distance (n,) of every prefix of an order of the rows (n,), the shortest first."""
    x, labels = space(table).embedding, table.labels[order]
    costs = np.zeros(table.n)  # how much each row changes the sum over classes as it comes
    before = 0.0
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        values = _energy_of_class(np.asarray(x[order[places]], dtype=np.float64))
        costs[places] = np.diff(values) * len(places)
        before += values[0] * len(places)
    return np.maximum(before + np.cumsum(costs), 0) / table.n


def _energy_of_class(x: np.ndarray) -> np.ndarray:
    """The cost (m + 1,) of the first 0, 1, ... rows of x (m, d) for the whole of it."""
    m, x = len(x), x - x.mean(axis=0)
    near, pairs = np.empty(m), np.empty(m)
    for rows in distances.blocks(m, 4 * m):
        block = np.sqrt(distances.squared_distances(x[rows], x))
        near[rows] = block.mean(axis=1)
        pairs[rows] = np.tril(block, rows.start - 1).sum(axis=1)
    counts, whole = np.arange(1, m + 1), near.mean()
    costs = 2 * np.cumsum(near) / counts - 2 * np.cumsum(pairs) / counts**2 - whole
    return np.concatenate([[2 * near.max() - whole], costs])


@dataclass(frozen=True)
class SortedClasses:
    """The projections of each class along l directions, sorted: class after class, in blocks of the columns."""

    rows: np.ndarray  # (n,) the rows of class after class
    starts: np.ndarray  # (c + 1,) where the classes begin and end
    order: np.ndarray  # (l, n) uint16 or uint32, places in the class
    value: np.ndarray  # (l, n) float32, ascending in each class
    farthest: np.ndarray  # (c,) the cost of a class without a pick

    def distance(self, rows: np.ndarray) -> float:
        """The sliced Wasserstein distance of some rows (k,) to all."""
        kept = np.zeros(len(self.rows), dtype=bool)
        kept[rows] = True
        kept = kept[self.rows]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            costs = pool.map(lambda c: self._cost(c, kept), range(len(self.farthest)))
            total = sum(size * cost for size, cost in zip(np.diff(self.starts), costs, strict=True))
        return float(max(total / len(self.rows), 0) ** 0.5)

    def _cost(self, c: int, kept: np.ndarray) -> float:
        """The mean over directions of the squared distance of the kept (n,) of one class to all of it."""
        columns = slice(self.starts[c], self.starts[c + 1])
        kept = kept[columns]
        m, k = len(kept), int(kept.sum())
        if k == 0:
            return float(self.farthest[c])
        if k == m:
            return 0.0
        ends, step = np.arange(k + 1) * (m / k), max(1, BLOCK // m)
        blocks = [slice(start, start + step) for start in range(0, len(self.value), step)]
        sums = (_squared(self.value[lines, columns], self.order[lines, columns], kept, ends) for lines in blocks)
        return sum(sums) / len(self.value)


def _squared(value: np.ndarray, order: np.ndarray, kept: np.ndarray, ends: np.ndarray) -> float:
    """The sum over some directions of the squared distances of the kept (m,) to all of a class.

    Parameters
    ----------
    value, order
        (l, m) the projections, ascending, and whose they are.
    ends
        (k + 1,) where the mass of each kept item begins and ends among the m.
    """
    whole, m, k = value.astype(np.float64), value.shape[1], len(ends) - 1
    picked = whole[kept[order]].reshape(len(whole), k)
    integral = np.zeros((len(whole), m + 1))
    np.cumsum(whole, axis=1, out=integral[:, 1:])
    below = np.minimum(ends.astype(np.int64), m - 1)
    low, share = np.take(integral, below, axis=1), ends - below
    low += share * (np.take(integral, below + 1, axis=1) - low)
    moved = np.einsum("lk,lk->", picked, np.diff(low, axis=1))
    return float(np.einsum("lm,lm->", whole, whole) / m - 2 * moved / m + np.einsum("lk,lk->", picked, picked) / k)


def sorted_classes(table: FeatureTable, measure: Choice) -> SortedClasses:
    """Sort the projections of a table's classes along the directions of a sliced Wasserstein measure."""
    params = registry.measures.get(measure.name).read(dict(measure.params))
    x = space(table).embedding
    directions = transport.directions(x.shape[1], params["projections"], 0)
    rows = np.argsort(table.labels, kind="stable")
    sizes = np.bincount(table.labels)
    starts = np.concatenate([[0], np.cumsum(sizes[sizes > 0])])
    order = np.empty((directions.shape[1], table.n), dtype=np.min_scalar_type(int(sizes.max(initial=1)) - 1))
    value, farthest = np.empty(order.shape, dtype=np.float32), np.empty(len(starts) - 1)
    for c, (start, stop) in enumerate(itertools.pairwise(starts)):
        inside = np.asarray(x[rows[start:stop]], dtype=np.float64)
        projected = ((inside - inside.mean(axis=0)) @ directions).T  # (l, m)
        places = np.argsort(projected, axis=1, kind="stable")
        order[:, start:stop], value[:, start:stop] = places, np.take_along_axis(projected, places, axis=1)
        spread, middle = np.mean(projected**2, axis=1, keepdims=True), np.mean(projected, axis=1, keepdims=True)
        farthest[c] = np.mean(spread + projected * (projected - 2 * middle), axis=0).max()
    return SortedClasses(rows, starts, order, value, farthest)
