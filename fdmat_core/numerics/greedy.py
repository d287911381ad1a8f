"""Greedy selection: of sets that represent the rest, of points far apart.

Each begins, if some rows are `chosen` already, with those, in the order in which it would pick them if there were no
others; then it goes on among all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from fdmat_core.numerics.arrays import at_least, like, namespace, to_numpy, wide
from fdmat_core.numerics.distances import TENSORS, by_blocks, squares

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: A similarity matrix holds at most this many float32 (1 GB).
SIMILARITIES = 2**28
#: Gains are summed over this many similarities at a time, few enough to stay in the processor's cache.
CHUNK = 2**19
#: Rows that are chosen before any is picked.
Chosen = np.ndarray | Sequence[int]


def highest(values: Array, rows: Chosen | None = None) -> int:
    """The row of the highest of the values (n,), or of those of some rows; ties go to the first."""
    argmax = namespace(values).argmax
    return int(argmax(values)) if rows is None else int(rows[int(argmax(values[like(values, np.asarray(rows))]))])


def farthest_first(rows: Callable[[int], Array], n: int, budget: int, first: int, chosen: Chosen = ()) -> np.ndarray:
    """Rows picked so that each is the farthest from those before it: (budget,) in the order of choice.

    When only copies of picked rows are left they follow in row order.

    Parameters
    ----------
    rows
        Gives the distances (n,) from one row to all.
    first
        The row to start from, one of the chosen if there are any.
    """
    picks, gap = np.full(min(budget, n), first, dtype=np.int64), None
    for t in range(1, len(picks)):
        apart = rows(int(picks[t - 1]))
        gap = namespace(apart).astype(apart, wide(apart)) if gap is None else namespace(gap).minimum(gap, apart)
        gap[int(picks[t - 1])] = -np.inf
        picks[t] = highest(gap, chosen if t < len(chosen) else None)
    return picks


class Objective(Protocol):
    """A function of a growing set of rows, known by what each row would add to it."""

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """What each of these rows would add now."""
        ...

    def take(self, row: int) -> None:
        """Put a row into the set."""
        ...


def maximise(  # noqa: PLR0913
    objective: Objective,
    n: int,
    budget: int,
    *,
    batch: int = 64,
    sample: int | None = None,
    rng: np.random.Generator | None = None,
    chosen: Chosen = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Pick rows one by one, each time the one that adds most: the picks (budget,) and what each added (budget,).

    The gain of a row when last looked at bounds its gain now, because gains of a submodular objective only fall. So
    only the rows with the highest bounds are looked at anew, until the best of all is known (lazy greedy, Minoux
    1978). The picks are those of looking at every row every time; ties go to the lower row.

    Parameters
    ----------
    batch
        How many rows to look at anew at a time. With n every row is looked at for every pick, which is right also for
        objectives whose gains can rise, and cheap for those whose gains are at hand.
    sample
        Let only this many rows, drawn by `rng`, compete for each place (stochastic greedy, Mirzasoleiman et al. 2015).
    """
    bounds = np.full(n, np.inf)
    seen = np.full(n, -1)  # the step at which each row was last looked at
    picks, added = np.empty(budget, dtype=np.int64), np.empty(budget)
    everyone = np.arange(n)
    for step in range(budget):
        if step < len(chosen):
            rows = np.asarray(chosen)
        else:
            rows = everyone if sample is None else _draw(np.flatnonzero(seen < budget), sample, rng)
        row = _best(objective, bounds, seen, step, rows, batch)
        picks[step], added[step] = row, bounds[row]
        objective.take(row)
        bounds[row], seen[row] = -np.inf, budget
    return picks, added


def _best(objective: Objective, bounds: np.ndarray, seen: np.ndarray, step: int, rows: np.ndarray, batch: int) -> int:
    """The row of highest gain among `rows`, looking at as few as needed."""
    while seen[row := rows[bounds[rows].argmax()]] < step:
        stale = rows[seen[rows] < step]
        if batch < len(stale):
            stale = stale[np.argpartition(-bounds[stale], batch)[:batch]]
        bounds[stale] = objective.gains(stale)
        seen[stale] = step
        batch *= 2
    return int(row)


def _draw(rows: np.ndarray, sample: int, rng: np.random.Generator | None) -> np.ndarray:
    if rng is None:
        raise ValueError(f"sample is {sample}, but rng is missing; give the generator that draws the rows")
    return np.sort(rng.choice(rows, min(sample, len(rows)), replace=False))


def represented(labels: np.ndarray) -> np.ndarray:
    """The rows that similarities are computed to: all, or as many as memory allows, evenly spread over the classes."""
    n = len(labels)
    if n * n <= SIMILARITIES:
        return np.arange(n)
    places = np.linspace(0, n - 1, max(1, SIMILARITIES // n)).round().astype(np.int64)
    return np.sort(np.argsort(labels, kind="stable")[places])


def unit_rows(x: Array) -> Array:
    """Rows of x (n, d) scaled to length 1 in float64; an all-zero row stays, so that its cosine with any row is 0."""
    xp = namespace(x)
    x = xp.astype(x, wide(x))
    length = xp.sqrt(squares(x))[:, None]
    return x / xp.where(length > 0, length, xp.ones_like(length))


def cosine_similarity(x: Array, rows: np.ndarray) -> Array:
    """`(1 + cos) / 2` of each row of x (n, d) with some of its rows (m,): (n, m) float32, from 0 to 1."""
    xp, unit = namespace(x), unit_rows(x)
    some = unit[like(x, rows), :]
    similarity = xp.empty((len(x), len(rows)), dtype=xp.float32, device=x.device)

    def fill(block: slice) -> None:
        similarity[block, :] = xp.astype((1 + unit[block, :] @ some.T) / 2, xp.float32)

    by_blocks(fill, len(x), 4 * len(rows))
    return xp.clip(similarity, 0, 1)


class FacilityLocation:
    """`F(S) = sum_i max_{j in S} s_ji`: every represented row i counts by the pick most similar to it.

    Parameters
    ----------
    similarity
        (n, m) of each row with each represented row, none below 0.
    """

    def __init__(self, similarity: Array) -> None:
        xp = namespace(similarity)
        self.similarity = similarity
        self.best = xp.zeros(similarity.shape[1], dtype=similarity.dtype, device=similarity.device)  # (m,)

    @staticmethod
    def of_distances(distances: Array) -> FacilityLocation:
        """The objective whose similarity is the largest distance less the distance (n, m), which is overwritten."""
        farthest = namespace(distances).max(distances) if distances.shape[0] and distances.shape[1] else 0
        distances *= -1
        distances += farthest
        return FacilityLocation(distances)

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """How much closer, summed over the represented rows, the set comes to them with each of these rows."""
        step = max(1, (CHUNK if isinstance(self.best, np.ndarray) else TENSORS) // len(self.best))
        chunks = (self._gains(rows[start : start + step]) for start in range(0, len(rows), step))
        return np.concatenate([to_numpy(gains) for gains in chunks])

    def _gains(self, rows: np.ndarray) -> Array:
        xp = namespace(self.similarity)
        chunk = self.similarity[like(self.similarity, rows), :]  # a copy
        chunk -= self.best
        return xp.sum(at_least(chunk, 0), axis=1)

    def take(self, row: int) -> None:
        """Let the represented rows that are closer to this row than to any other pick turn to it."""
        self.best = namespace(self.best).maximum(self.best, self.similarity[row, :])


class GraphCut:
    """`F(S) = lam sum_{i in V, j in S} s_ij - sum_{i in S, j in S} s_ij`: like everything, unlike each other.

    Parameters
    ----------
    similar
        Gives the similarities (n,) of all rows with one row.
    total
        (n,) the similarities of each row with all rows, summed.
    own
        (n,) the similarity of each row with itself.
    """

    def __init__(self, similar: Callable[[int], Array], total: Array, own: Array, *, lam: float) -> None:
        self.similar, self.alone = similar, to_numpy(lam * total - own)
        self.near = namespace(own).zeros_like(own)  # (n,) summed similarity with the picks

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """What each of these rows adds: its similarity with everything, less twice that with the picks."""
        return self.alone[rows] - 2 * to_numpy(self.near)[rows]

    def take(self, row: int) -> None:
        """Count the similarities with one more pick."""
        self.near += self.similar(row)
