"""Greedy matching: rows whose mean, or whose distribution, follows that of all rows; of many rows in pools."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core.numerics.arrays import like, namespace, wide
from fdmat_core.numerics.distances import distance_rows, mean, mean_kernel, root, row_means, squares
from fdmat_core.numerics.greedy import Chosen, highest

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: At most this many rows compete for a place.
POOL = 20_000
#: Rows beyond the places of the first pool are matched in parts of at most so many.
PART = 2000
#: Picks so many places (int) of some rows (m,), in order, to go with rows picked before, of which only one of so many
#: parts (int) counts.
Pick = Callable[[np.ndarray, int, np.ndarray, int], np.ndarray]


def herd(
    rows: Callable[[int], Array],
    mean: Array,
    budget: int,
    *,
    near: Array | None = None,
    made: float = 0,
    chosen: Chosen = (),
) -> np.ndarray:
    """Rows picked by kernel herding without replacement: (budget,) in the order of choice.

    With t picks made, the next is `argmax_i mean_i - (1 / (t + 1)) sum_{s picked} k(i, s)`; ties go to the lower row.
    Costs one row of the kernel and one pass over n numbers per pick.

    Parameters
    ----------
    rows
        Gives the kernel (n,) between one row and all.
    mean
        (n,) mean kernel between each row and all.
    near, made
        Of picks made before among other rows: their kernel with each row (n,), summed, and their number, or a share
        of both.
    """
    xp = namespace(mean)
    left = xp.astype(mean, wide(mean), copy=True)
    summed: Array = xp.zeros_like(left) if near is None else xp.astype(near, left.dtype, copy=True)
    picks = np.empty(min(budget, len(left)), dtype=np.int64)
    for t in range(len(picks)):
        picks[t] = pick = highest(left - summed / (made + t + 1), chosen if t < len(chosen) else None)
        left[pick] = -np.inf
        summed += rows(pick)
    return picks


def energy(x: Array, budget: int, chosen: Chosen = ()) -> np.ndarray:
    """Rows of x (n, d) whose energy distance to all rows is brought down greedily: (budget,) in the order of choice.

    With t picks made, the next is `argmin_i mean_j |x_i - x_j| - (1 / (t + 1)) sum_{s picked} |x_i - x_s|`: kernel
    herding with the kernel `-|x - y|`. The first pick is the medoid. Above `POOL` rows see `in_pools`.
    """
    return kernel(x, lambda distances: -distances, budget, chosen)


def kernel(x: Array, of: Callable[[Array], Array], budget: int, chosen: Chosen = ()) -> np.ndarray:
    """Rows of x (n, d) picked by kernel herding: (budget,) in the order of choice. Above `POOL` rows see `in_pools`.

    Parameters
    ----------
    of
        Gives the kernel of rows from their distances, of any shape.
    """
    if len(x) > POOL:
        return in_pools(partial(_by_kernel, x, of), len(x), budget, chosen)
    distances = distance_rows(x)

    def rows(which: int | slice) -> Array:
        return of(distances(which))

    return herd(rows, row_means(rows, len(x)), budget, chosen=chosen)


def _by_kernel(
    x: Array, of: Callable[[Array], Array], rows: np.ndarray, places: int, before: np.ndarray, parts: int
) -> np.ndarray:
    mine, picked = (x[like(x, some), :] for some in (rows, before))
    distances = distance_rows(mine)

    def kernels(which: int | slice) -> Array:
        return of(distances(which))

    def of_squares(squares: Array) -> Array:
        return of(root(squares))

    near = mean_kernel(mine, picked, of_squares) if len(before) else None
    if parts == 1 or near is None:
        whole = mean_kernel(mine, x, of_squares)
    else:  # a part is a sample of what is not picked
        share = len(before) / len(x)
        whole = share * near + (1 - share) * row_means(kernels, len(rows))
    made = len(before) / parts
    summed = None if near is None else made * near
    return rows[herd(kernels, whole, places, near=summed, made=made)]


def means(x: Array, budget: int, chosen: Chosen = ()) -> np.ndarray:
    """Rows of x (n, d) whose mean follows that of all: (budget,) in the order of choice.

    With t picks made that sum up to S, the next is `argmin_i |(t + 1) mu - S - x_i|^2`. Above `POOL` rows see
    `in_pools`.
    """
    middle = mean(x)
    if len(x) > POOL:
        return in_pools(partial(_by_mean, x, middle), len(x), budget, chosen)
    return _follow(x, middle, budget, chosen=chosen)


def _by_mean(x: Array, middle: Array, rows: np.ndarray, places: int, before: np.ndarray, parts: int) -> np.ndarray:
    made = len(before) / parts
    summed = made * mean(x[like(x, before), :]) if len(before) else None
    return rows[_follow(x[like(x, rows), :], middle, places, summed=summed, made=made)]


def _follow(
    x: Array, middle: Array, budget: int, *, chosen: Chosen = (), summed: Array | None = None, made: float = 0
) -> np.ndarray:
    """Rows of x (m, d) whose mean, with that of picks made before, follows the middle (d,)."""
    x = namespace(x).astype(x, wide(x))
    total, lengths = namespace(x).zeros_like(x[0, :]) if summed is None else summed, squares(x)
    picks = np.empty(min(budget, len(x)), dtype=np.int64)
    for t in range(len(picks)):
        gap = 2 * (x @ ((made + t + 1) * middle - total)) - lengths  # (m,) larger is closer
        pick = highest(gap, chosen if t < len(chosen) else None)
        lengths[pick] = np.inf  # picked once
        picks[t], total = pick, total + x[pick, :]
    return picks


def in_pools(pick: Pick, n: int, budget: int, chosen: Chosen) -> np.ndarray:
    """Rows (budget,) of n, in the order of choice, where not all can compete for every place: that would cost n^2.

    `POOL` rows, drawn at random, compete for the first places, half of their number. What is left is drawn into parts
    of `PART` rows that take turns. Each goes on from its share of the picks before.
    """
    picks = np.empty(0, dtype=np.int64)
    for pool in _drawn(np.asarray(chosen, dtype=np.int64), POOL):
        picks = np.concatenate([picks, pick(pool, min(budget - len(picks), len(pool)), picks, 1)])
    for pool in _drawn(np.setdiff1d(np.arange(n), picks), POOL)[:1]:
        picks = np.concatenate([picks, pick(pool, min(budget - len(picks), POOL // 2), picks, 1)])
    if len(picks) < budget:
        parts = _drawn(np.setdiff1d(np.arange(n), picks), PART)
        places = -(-(budget - len(picks)) // len(parts))
        turns = [pick(part, min(places, len(part)), picks, len(parts)) for part in parts]
        picks = np.concatenate([picks, _by_turns(turns)])
    return picks[:budget]


def _drawn(rows: np.ndarray, size: int) -> list[np.ndarray]:
    """Rows, drawn into groups of no more than a size, in ascending order in each."""
    drawn = np.random.default_rng(0).permutation(rows)
    return [np.sort(group) for group in np.array_split(drawn, -(-len(rows) // size))] if len(rows) else []


def _by_turns(parts: list[np.ndarray]) -> np.ndarray:
    """All rows of some parts: the first of each, then the second of each, to the last."""
    turn = np.concatenate([np.arange(len(part)) for part in parts])
    return np.concatenate(parts)[np.argsort(turn, kind="stable")]
