"""Measures: one file and one decorated function each, comparing a coreset with its table.

A registered function does the costly work on the full table once and returns a `Measure`, which takes the rows of a
coreset (k,), in any order, and its weights (k,) or None. Here is what the class by class distances share, and the form
of a value that is known class by class.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import distances
from fdmat_core.numerics.arrays import like, namespace, to_numpy
from fdmat_core.types import Dataset, FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: What a registered function returns: (rows (k,), weights (k,) or None) -> value.
Measure = Callable[[np.ndarray, np.ndarray | None], float]
#: (rows (k,), weights (k,) or None) -> labels of the test items (m,), by what was trained on a coreset, never empty.
Predict = Callable[[np.ndarray, np.ndarray | None], np.ndarray]
#: A kernel of squared distances (m, n), which it may overwrite.
Kernel = Callable[["Array"], "Array"]
#: Blocks of float64 distances hold at most this many (32 MB).
BLOCK = 2**22
#: Up to this many pairs are looked at in float64.
PAIRS = 2**26


class ByClass(float):
    """A share of the test items that is known class by class too: `per_class` (c,), NaN for a class without any."""

    per_class: np.ndarray

    @staticmethod
    def of(right: np.ndarray, labels: np.ndarray, c: int) -> ByClass:
        """The share of items that are right (m,), over all and over those of each label (m,)."""
        sizes = np.bincount(labels, minlength=c)
        hits = np.bincount(labels[right], minlength=c)
        share = ByClass(right.mean())
        share.per_class = np.divide(hits, sizes, out=np.full(c, np.nan), where=sizes > 0)
        return share


#: A measure that is known class by class.
Accuracy = Callable[[np.ndarray, np.ndarray | None], ByClass]


def accuracy(predict: Predict, labels: np.ndarray, c: int) -> Accuracy:
    """The share of test items, whose labels are (m,), that is predicted right, class by class; of no rows, none is."""

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> ByClass:
        right = predict(rows, weights) == labels if len(rows) else np.zeros(len(labels), dtype=bool)
        return ByClass.of(right, labels, c)

    return measure


class Gauge(NamedTuple):
    """How far picks are from their class."""

    cost: Callable[[np.ndarray, np.ndarray], float]  # (places (k,) in the class, their mass (k,), of sum 1) -> cost
    worst: float  # the largest cost that picks from this class can have


class Rows(NamedTuple):
    """The rows of one class in id order, less their mean: made when they are asked for, so that a gauge keeps none."""

    embedding: np.ndarray  # (n, d) of the table
    rows: np.ndarray  # (n_c,) of the class
    mean: np.ndarray  # (d,)

    @staticmethod
    def of(embedding: np.ndarray, rows: np.ndarray) -> Rows:
        """The rows (n_c,) of one class."""
        return Rows(embedding, rows, embedding[rows].mean(axis=0, dtype=np.float64))

    def at(self, places: np.ndarray) -> Array:
        """Those at places (k,) of the class: (k, d) in float64, where measures compute."""
        return device.put(self.embedding[self.rows[places]].astype(np.float64) - self.mean)

    def whole(self) -> Array:
        """All of them (n_c, d)."""
        return self.at(np.arange(len(self.rows)))


#: (rows of one class; places (m,) that stand for the class) -> its gauge, which is to keep no copy of all rows.
Prepare = Callable[[Rows, np.ndarray], Gauge]


class _Class(NamedTuple):
    rows: np.ndarray  # (n_c,) in id order
    draws: np.ndarray  # (n_c,) the number that each row drew
    gauge: Gauge


def by_class(
    table: FeatureTable, prepare: Prepare, *, power: float = 1, sample: int | None = None, seed: int = 0
) -> Measure:
    """Measure every class by itself: `(sum_c n_c / n cost_c) ^ (1 / power)`, with the class sizes of the table.

    A class without a pick is not averaged away: it counts as its worst single pick. All costs are convex in the
    picks' distribution, so this is the largest value that any picks from the class could give.

    Parameters
    ----------
    prepare
        Does the costly work on one class, and gives its gauge.
    power
        What the costs are a power of: 2 if they are squared distances and a distance is wanted.
    sample
        Above this many rows of a class, that many stand for it. Every row draws one number, and the lowest numbers
        stand for the class as well as for its picks, so that a whole class is still at distance 0 from itself.
    seed
        Of the numbers drawn.
    """
    classes = list(_classes(table, prepare, sample, seed))
    place = np.empty(table.n, dtype=np.int64)
    for one in classes:
        place[one.rows] = np.arange(len(one.rows))

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        picks = _picks(table, place, rows, weights)

        def cost(one: _Class) -> float:
            return len(one.rows) * _cost(one, picks, int(table.labels[one.rows[0]]), sample)

        if len(classes) == 1:
            total = cost(classes[0])
        else:  # solvers and numpy let other threads work meanwhile
            with distances.one_thread_each(), ThreadPoolExecutor(os.cpu_count()) as pool:
                total = sum(pool.map(cost, classes))
        return float(max(total / table.n, 0) ** (1 / power))

    return measure


def to_part(
    table: FeatureTable,
    part: np.ndarray,
    prepare: Prepare,
    *,
    power: float = 1,
    sample: int | None = None,
    seed: int = 0,
) -> Measure:
    """Measure every class by itself, as `by_class` does, but how far picks are from a part of the table.

    `(sum_c m_c / m cost_c) ^ (1 / power)` over the classes that have rows in the part, m_c each. Picks may be any rows.
    With all rows in the part it is the value of `by_class`, but for which rows a sample has.

    Parameters
    ----------
    part
        (n,) bool, at least one of them.
    prepare, power, sample, seed
        As of `by_class`; `prepare` must compare picks with the places that stand for the class, and no others.
    """
    by_id = np.argsort(table.ids, kind="stable")
    groups = [by_id[table.labels[by_id] == label] for label in np.unique(table.labels)]
    groups = [rows for rows in groups if part[rows].any()]
    gauges = [_to_part(table.take(rows), part[rows], prepare, sample, seed) for rows in groups]
    sizes = np.array([np.count_nonzero(part[rows]) for rows in groups])

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        mass = np.zeros(table.n)
        mass[rows] = 1 if weights is None else weights
        places = [np.flatnonzero(mass[group]) for group in groups]
        costs = [gauge(at, mass[group][at]) for gauge, group, at in zip(gauges, groups, places, strict=True)]
        return float(max(sizes @ costs / sizes.sum(), 0) ** (1 / power))

    return measure


def _to_part(one: FeatureTable, part: np.ndarray, prepare: Prepare, sample: int | None, seed: int) -> Measure:
    """The cost of picks from one class, whose rows are in id order, for the part (n_c,) bool of it."""
    inside, draws = np.flatnonzero(part), np.random.default_rng(seed).random(one.n)  # those that `by_class` draws
    stands = inside[_lowest(draws[inside], sample)]
    return by_class(one, lambda x, _: prepare(x, stands), sample=sample, seed=seed)


def clean_part(table: FeatureTable, dataset: Dataset | None, name: str) -> np.ndarray:
    """Which rows (n,) bool are not known to be damaged; a measure of this name is told so where nothing is known."""
    if dataset is None or dataset.truth is None:
        raise ValueError(f"{name} needs damage that is known; inject some with a corruption, such as 'symmetric'")
    clean = ~dataset.truth.take(dataset.rows_of(table.ids)).bad
    if not clean.any():
        raise ValueError(f"{name} needs an item that is not damaged; lower the rate of the corruption")
    return clean


def _classes(table: FeatureTable, prepare: Prepare, sample: int | None, seed: int) -> Iterator[_Class]:
    by_id = np.argsort(table.ids, kind="stable")
    draws = np.random.default_rng(seed).random(table.n)
    for label in np.unique(table.labels):
        inside = table.labels[by_id] == label
        rows, drawn = by_id[inside], draws[inside]
        yield _Class(rows, drawn, prepare(Rows.of(table.embedding, rows), _lowest(drawn, sample)))


def _lowest(draws: np.ndarray, sample: int | None) -> np.ndarray:
    """Where the `sample` lowest draws are (m,), in ascending order; everywhere if there are no more than that."""
    if sample is None or len(draws) <= sample:
        return np.arange(len(draws))
    return np.sort(np.argpartition(draws, sample - 1)[:sample])


class _Picks(NamedTuple):
    labels: np.ndarray  # (k,) ascending
    places: np.ndarray  # (k,) within the class, ascending
    mass: np.ndarray  # (k,) above 0


def _picks(table: FeatureTable, place: np.ndarray, rows: np.ndarray, weights: np.ndarray | None) -> _Picks:
    """The picks that have weight, class by class, so that their order does not matter."""
    mass = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
    rows, mass = rows[mass > 0], mass[mass > 0]
    order = np.lexsort((place[rows], table.labels[rows]))
    rows = rows[order]
    return _Picks(table.labels[rows], place[rows], mass[order])


def _cost(one: _Class, picks: _Picks, label: int, sample: int | None) -> float:
    start, stop = np.searchsorted(picks.labels, [label, label + 1])
    if start == stop:
        return one.gauge.worst
    places, mass = picks.places[start:stop], picks.mass[start:stop]
    chosen = _lowest(one.draws[places], sample)
    return one.gauge.cost(places[chosen], mass[chosen] / mass[chosen].sum())


def row_means(x: Array, y: Array, kernel: Kernel, mass: np.ndarray | None = None) -> np.ndarray:
    """The mean kernel (m,) between each row of x (m, d) and the rows of y (n, d), weighed by their mass (n,).

    In float64; of more than `PAIRS` pairs on the processor in float32, summed in float64.
    """
    if isinstance(x, np.ndarray) and len(x) * len(y) > PAIRS:
        return distances.mean_kernel(x, y, kernel, None if mass is None or np.ptp(mass) == 0 else mass)
    weights = like(y, np.full(len(y), 1 / len(y)) if mass is None else mass, y.dtype)
    means = np.empty(len(x))
    step = max(1, (BLOCK if isinstance(x, np.ndarray) else distances.TENSORS) // max(1, len(y)))
    for start in range(0, len(x), step):
        block = slice(start, start + step)
        means[block] = to_numpy(kernel(distances.squared_distances(x[block, :], y)) @ weights)
    return means


def kernel_discrepancy(kernel: Kernel) -> Prepare:
    """Prepare `K(S,S) - 2 K(S,Z) + K(Z,Z)` of picks S and a class Z, with K the mean kernel over all pairs (V form).

    What a row has to do with its class is computed once, so that a coreset costs only its own pairs: those of its
    picks, or those of the rows left out if they are fewer.
    """

    def prepare(x: Rows, standing: np.ndarray) -> Gauge:
        z, n = x.at(standing), len(x.rows)
        near = row_means(x.whole(), z, kernel)  # (n_c,)
        whole = float(near[standing].mean())
        itself = float(kernel(namespace(z).zeros((1, 1), dtype=z.dtype, device=z.device))[0, 0])

        def pairs(places: np.ndarray, mass: np.ndarray) -> float:
            picks = x.at(places)
            return float(mass @ row_means(picks, picks, kernel, mass))

        def own(places: np.ndarray, mass: np.ndarray) -> float:
            out = np.setdiff1d(standing, places)
            if len(standing) < n or len(out) > len(places) or np.ptp(mass) > 0:
                return pairs(places, mass)
            left = np.full(len(out), 1 / n)  # so that S = Z - out, with mass 1/n_c each
            inside = whole - 2 * left @ near[out] + (pairs(out, left) if len(out) else 0)
            return float(inside * (n / len(places)) ** 2)

        def cost(places: np.ndarray, mass: np.ndarray) -> float:
            return own(places, mass) - 2 * float(mass @ near[places]) + whole

        return Gauge(cost, float((itself - 2 * near + whole).max()))

    return prepare
