"""How far two selections agree: items that both keep, items that only one keeps, and how alike all pairs are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core import sizes
from fdmat_core.rankings import Coreset, Ranking, Rankings
from fdmat_core.sizes import share

if TYPE_CHECKING:
    import pandas

#: Shares kept at which a curve of agreement is read between all and the least.
STEPS = 48
#: Standard deviations on either side of the mean that hold 95% of a normal distribution.
WIDE = 1.96


class Overlap(NamedTuple):
    """Two coresets of the same items, by count."""

    both: int
    only_a: int
    only_b: int

    @property
    def jaccard(self) -> float:
        """The items that both keep among those that either keeps; 1 if neither keeps any."""
        either = self.both + self.only_a + self.only_b
        return self.both / either if either else 1.0


class Chance(NamedTuple):
    """The Jaccard of two subsets drawn at random, of the same two sizes: expected, and where 95% of draws lie."""

    expected: float
    low: float
    high: float


def common(ids_a: np.ndarray, ids_b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows (m,) of the items that both have, in the order of the first, in either of two sets of ids."""
    _, a, b = np.intersect1d(ids_a, ids_b, assume_unique=True, return_indices=True)
    order = np.argsort(a)
    return a[order], b[order]


def among(rankings: Rankings, rows: np.ndarray) -> Rankings:
    """The rankings of some rows (m,) alone: they keep their order, and row `rows[i]` becomes row i.

    An order that was made for one size stands for the size that its coreset has among these rows.
    """
    n = len(rankings.ids)
    if np.array_equal(rows, np.arange(n)):
        return rankings
    place = np.full(n, -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    orders: dict[int, Ranking] = {}
    for k, ranking in rankings.orders.items():
        moved = place[ranking.order]
        count = len(rows) if ranking.nested else int((moved[:k] >= 0).sum())
        score = None if ranking.score is None else ranking.score[rows]
        orders[count] = Ranking(moved[moved >= 0], score=score, nested=ranking.nested)
    return Rankings(rankings.ids[rows], {k: ranking for k, ranking in orders.items() if k})


def overlap(a: Coreset, b: Coreset) -> Overlap:
    """What two coresets of the same items share."""
    both = int((a.mask & b.mask).sum())
    return Overlap(both, a.k - both, b.k - both)


def only(a: Coreset, b: Coreset) -> np.ndarray:
    """The rows that the first keeps and the second does not, best first."""
    return a.rows[~b.mask[a.rows]]


def chance(n: int, a: int, b: int) -> Chance:
    """What two random subsets of n items agree by, one of a items and one of b: drawn apart, each without repetition.

    They share a * b / n items on average. The 95% are those of the normal distribution with the spread of that count.
    """
    shared = share(a * b, n)
    spread = math.sqrt(shared * (1 - a / n) * (1 - b / n) * n / (n - 1)) if n > 1 else 0.0
    ends = (shared, shared - WIDE * spread, shared + WIDE * spread)
    counts = [min(max(one, 0, a + b - n), a, b) for one in ends]
    return Chance(*(count / (a + b - count) if a + b else 1.0 for count in counts))


def stops(a: Rankings, b: Rankings, measured: Sequence[float]) -> list[float]:
    """The shares kept, ascending, at which two methods can be compared without looking at a size twice.

    Where an order was made for each size, at those sizes; else evenly on the log scale and at those measured.
    """
    fixed = sorted({*a.sizes, *b.sizes})
    if fixed:
        return fixed
    known, least = {*a.stops(measured)}, a.least(measured)
    return sorted(known | {sizes.kept_at(step / STEPS, least) for step in range(STEPS + 1)})


def curve(a: Rankings, b: Rankings, shares: Sequence[float]) -> pandas.DataFrame:
    """Agreement by share kept: columns `kept, k_a, k_b, both, only_a, only_b, jaccard, expected, low, high`."""
    import pandas

    rows: list[dict[str, float]] = []
    for kept in shares:
        one, other = a.cut(kept), b.cut(kept)
        found, drawn = overlap(one, other), chance(one.n, one.k, other.k)
        facts = {"kept": kept, "k_a": one.k, "k_b": other.k, **found._asdict(), "jaccard": found.jaccard}
        rows.append({**facts, **drawn._asdict()})
    return pandas.DataFrame(rows, columns=["kept", "k_a", "k_b", *Overlap._fields, "jaccard", *Chance._fields])


def matrix(rows: Mapping[str, Rankings], columns: Mapping[str, Rankings], kept: float) -> np.ndarray:
    """The Jaccard (r, c) of every ranking by row with every one by column at a share kept.

    All are of the same n items. One product of the masks: 42 methods of 60,000 items take a few milliseconds.
    """
    a, b = _masks(rows, kept), _masks(columns, kept)
    both = a @ b.T
    either = a.sum(axis=1)[:, None] + b.sum(axis=1)[None, :] - both
    return np.divide(both, either, out=np.ones_like(both), where=either > 0).astype(float)


def without_self(alike: np.ndarray) -> np.ndarray:
    """A matrix (m, m) of agreement with NaN where a method meets itself, which says nothing."""
    return np.where(np.eye(len(alike), dtype=bool), np.nan, alike)


def chain(alike: np.ndarray) -> np.ndarray:
    """An order (m,) in which neighbours are alike: the first, then always the one that is most like the last.

    Parameters
    ----------
    alike
        (m, m), symmetric.
    """
    left = list(range(len(alike)))
    order = left[:1]
    left = left[1:]
    while left:
        nearest = max(left, key=lambda one: (alike[order[-1], one], -one))
        left.remove(nearest)
        order.append(nearest)
    return np.array(order, dtype=np.int64)


def _masks(rankings: Mapping[str, Rankings], kept: float) -> np.ndarray:
    """Who keeps whom (m, n), as numbers: counts up to 16 million are exact."""
    return np.stack([one.cut(kept).mask for one in rankings.values()]).astype(np.float32)
