"""Greedy selection: of sets that represent the rest, of distributions that match, of points far apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from fdmat_core.numerics.distances import blocks, distance_rows, row_means

#: A similarity matrix holds at most this many float32 (1 GB).
SIMILARITIES = 2**28
#: Gains are summed over this many similarities at a time, few enough to stay in the processor's cache.
CHUNK = 2**19


def herd(rows: Callable[[int], np.ndarray], mean: np.ndarray, budget: int) -> np.ndarray:
    """Rows picked by kernel herding without replacement: (budget,) in the order of choice.

    With t picks made, the next is `argmax_i mean_i - (1 / (t + 1)) sum_{s picked} k(i, s)`; ties go to the lower row.
    Costs one row of the kernel and one pass over n numbers per pick.

    Parameters
    ----------
    rows
        Gives the kernel (n,) between one row and all.
    mean
        (n,) mean kernel between each row and all.
    """
    left, near = np.array(mean, dtype=np.float64), np.zeros(len(mean))
    picks = np.empty(min(budget, len(left)), dtype=np.int64)
    for t in range(len(picks)):
        picks[t] = pick = int(np.argmax(left - near / (t + 1)))
        left[pick] = -np.inf
        near += rows(pick)
    return picks


def energy(x: np.ndarray, budget: int) -> np.ndarray:
    """Rows of x (n, d) whose energy distance to all rows is brought down greedily: (budget,) in the order of choice.

    With t picks made, the next is `argmin_i mean_j |x_i - x_j| - (1 / (t + 1)) sum_{s picked} |x_i - x_s|`: kernel
    herding with the kernel `-|x - y|`. The first pick is the medoid.
    """
    distances = distance_rows(x)
    return herd(lambda row: -distances(row), -row_means(distances, len(x)), budget)


def farthest_first(rows: Callable[[int], np.ndarray], n: int, budget: int, first: int) -> np.ndarray:
    """Rows picked so that each is the farthest from those before it: (budget,) in the order of choice.

    When only copies of picked rows are left they follow in row order.

    Parameters
    ----------
    rows
        Gives the distances (n,) from one row to all.
    first
        The row to start from.
    """
    picks, gap = np.full(min(budget, n), first, dtype=np.int64), np.full(n, np.inf)
    for t in range(1, len(picks)):
        np.minimum(gap, rows(int(picks[t - 1])), out=gap)
        gap[picks[t - 1]] = -np.inf
        picks[t] = gap.argmax()
    return picks


class Objective(Protocol):
    """A function of a growing set of rows, known by what each row would add to it."""

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """What each of these rows would add now."""
        ...

    def take(self, row: int) -> None:
        """Put a row into the set."""
        ...


def maximise(
    objective: Objective,
    n: int,
    budget: int,
    *,
    batch: int = 64,
    sample: int | None = None,
    rng: np.random.Generator | None = None,
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


def unit_rows(x: np.ndarray) -> np.ndarray:
    """Rows of x (n, d) scaled to length 1 in float64; an all-zero row stays, so that its cosine with any row is 0."""
    x = np.asarray(x, dtype=np.float64)
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return x / np.where(length > 0, length, 1)


def cosine_similarity(x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """`(1 + cos) / 2` of each row of x (n, d) with some of its rows (m,): (n, m) float32, from 0 to 1."""
    unit = unit_rows(x)
    similarity = np.empty((len(x), len(rows)), dtype=np.float32)
    for block in blocks(len(x), 4 * len(rows)):
        similarity[block] = (1 + unit[block] @ unit[rows].T) / 2
    return np.clip(similarity, 0, 1, out=similarity)


class FacilityLocation:
    """`F(S) = sum_i max_{j in S} s_ji`: every represented row i counts by the pick most similar to it.

    Parameters
    ----------
    similarity
        (n, m) of each row with each represented row, none below 0.
    """

    def __init__(self, similarity: np.ndarray) -> None:
        self.similarity = similarity
        self.best = np.zeros(similarity.shape[1], dtype=similarity.dtype)  # (m,)

    @staticmethod
    def of_distances(distances: np.ndarray) -> FacilityLocation:
        """The objective whose similarity is the largest distance less the distance (n, m), which is overwritten."""
        np.subtract(distances.max(initial=0), distances, out=distances)
        return FacilityLocation(distances)

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """How much closer, summed over the represented rows, the set comes to them with each of these rows."""
        step = max(1, CHUNK // len(self.best))
        chunks = (self.similarity[rows[start : start + step]] for start in range(0, len(rows), step))
        return np.concatenate([self._gains(chunk) for chunk in chunks])

    def _gains(self, chunk: np.ndarray) -> np.ndarray:
        chunk -= self.best  # a copy, by fancy indexing
        return np.maximum(chunk, 0, out=chunk).sum(axis=1)

    def take(self, row: int) -> None:
        """Let the represented rows that are closer to this row than to any other pick turn to it."""
        np.maximum(self.best, self.similarity[row], out=self.best)


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

    def __init__(self, similar: Callable[[int], np.ndarray], total: np.ndarray, own: np.ndarray, *, lam: float) -> None:
        self.similar, self.alone = similar, lam * total - own
        self.near = np.zeros(len(own))  # (n,) summed similarity with the picks

    def gains(self, rows: np.ndarray) -> np.ndarray:
        """What each of these rows adds: its similarity with everything, less twice that with the picks."""
        return self.alone[rows] - 2 * self.near[rows]

    def take(self, row: int) -> None:
        """Count the similarities with one more pick."""
        self.near += self.similar(row)
