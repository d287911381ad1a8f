"""Distances in blocks: no n x n array for more than 20k rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

#: A block of distances holds at most this many float32 (256 MB).
BLOCK = 2**26
#: Up to this many rows, all pairwise distances are kept in memory.
DENSE_ROWS = 20_000


def blocks(n: int, width: int) -> Iterator[slice]:
    """Slices of n rows such that rows x width stays within one block."""
    step = max(1, BLOCK // max(1, width))
    for start in range(0, n, step):
        yield slice(start, min(n, start + step))


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances (m, n) between the rows of a (m, d) and b (n, d), never below 0.

    Centre the data first when its mean is far from 0: the error grows with the squared norm.
    """
    return expand_squares(a @ b.T, np.einsum("id,id->i", a, a), np.einsum("jd,jd->j", b, b))


def expand_squares(cross: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Turn inner products (m, n) into squared distances, in place, given the squared norms (m,) and (n,)."""
    cross *= -2
    cross += a[:, None]
    cross += b[None, :]
    return np.maximum(cross, 0, out=cross)


def kept_rows(rows: Callable[[slice], np.ndarray], n: int) -> Callable[[int | slice], np.ndarray]:
    """The rows of an n x n matrix as a function of a row (n,) or a slice of rows (m, n), given in float32.

    Up to `DENSE_ROWS` rows all are computed at once, in blocks; above, each is computed when asked for.

    Parameters
    ----------
    rows
        Gives the rows of a slice, (m, n), in float64.
    """
    if n > DENSE_ROWS:
        return lambda which: _one_or_many(rows, which).astype(np.float32)
    dense = np.empty((n, n), dtype=np.float32)
    for block in blocks(n, 2 * n):
        dense[block] = rows(block)
    return dense.__getitem__


def _one_or_many(rows: Callable[[slice], np.ndarray], which: int | slice) -> np.ndarray:
    return rows(which) if isinstance(which, slice) else rows(slice(which, which + 1))[0]


def distance_rows(x: np.ndarray) -> Callable[[int | slice], np.ndarray]:
    """A function that gives the distances from one row of x (n, d) to all of them (n,), or from a slice (m, n).

    They are computed in float64 and rounded to float32, with what rounding alone could explain set to 0: distances
    that are equal come out equal, so that ties go to the lower row on every machine.
    """
    x = np.asarray(x, dtype=np.float64)
    x = x - x.mean(axis=0) if len(x) else x
    norms = np.einsum("id,id->i", x, x)
    floor = 1e-13 * norms.max(initial=0)

    def rows(which: slice) -> np.ndarray:
        squares = expand_squares(x[which] @ x.T, norms[which], norms)
        squares[squares < floor] = 0
        return np.sqrt(squares, out=squares)

    return kept_rows(rows, len(x))


def row_means(rows: Callable[[slice], np.ndarray], n: int) -> np.ndarray:
    """The mean (n,) of every row of an n x n matrix, summed in float64."""
    means = np.empty(n)
    for block in blocks(n, 2 * n):
        means[block] = rows(block).mean(axis=1, dtype=np.float64)
    return means


def typical(distances: np.ndarray) -> float:
    """The median distance, as a scale to divide by: the mean if the median is 0, and 1 if all are."""
    for scale in (np.median(distances), np.mean(distances)) if distances.size else ():
        if scale > 0:
            return float(scale)
    return 1.0


def median_distance(x: np.ndarray) -> float:
    """The typical distance between two rows of x (n, d), over pairs among 2,000 rows spread evenly over the table."""
    from scipy.spatial.distance import pdist

    spread = np.linspace(0, len(x) - 1, min(len(x), 2000)).astype(np.int64)
    return typical(pdist(x[spread])) if len(x) > 1 else 1.0


def class_means(x: np.ndarray, labels: np.ndarray, c: int) -> np.ndarray:
    """The mean (c, d) of each class's rows, summed in float64; NaN for an empty class."""
    means = np.full((c, x.shape[1]), np.nan)
    for label in np.unique(labels):
        means[label] = x[labels == label].mean(axis=0, dtype=np.float64)
    return means


def snap(points: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The distinct rows (k,) of x (n, d) that free points (k, d) move to, least far in all."""
    from scipy.optimize import linear_sum_assignment

    cost = np.sqrt(squared_distances(points, x))
    return linear_sum_assignment(cost)[1].astype(np.int64)
