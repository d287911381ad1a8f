"""Distances in blocks: no n x n array for more than 20k rows.

Functions take and give arrays of the Python array API standard, and compute where the array lies.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from fdmat_core.numerics import quotas
from fdmat_core.numerics.arrays import at_least, evenly, like, namespace, out_of_memory, to_numpy, wide

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: A block of distances holds at most this many float32 (256 MB).
BLOCK = 2**26
#: A block of tensors on an accelerator holds at most this many (4 GB).
TENSORS = 2**30
#: Up to this many rows, all pairwise distances are kept in memory.
DENSE_ROWS = 20_000
#: Blocks that are gone over several times are this much smaller, so that they stay in a processor's cache.
CACHED = 256
#: From this many rows on a compiled loop over their distances saves more than it takes to load.
LONG = 4000
#: Distances that are only summed are made for so many rows with so many at a time.
TALL, WIDE = 512, 2048


def blocks(n: int, width: int) -> Iterator[slice]:
    """Slices of n rows such that rows x width stays within one block."""
    step = max(1, BLOCK // max(1, width))
    for start in range(0, n, step):
        yield slice(start, min(n, start + step))


def by_blocks(work: Callable[[slice], None], n: int, width: int, *, cores: int = 1) -> None:
    """Call `work` on slices of n rows, as `blocks` gives them; on half as many at a time from where memory runs out.

    With several cores each takes slices of its own, so that `work` must write nothing that another slice does. Where
    every core has work already, one takes all.
    """
    if cores > 1 and not _SINGLE.inside and n > max(1, BLOCK // max(1, width)):
        with one_thread_each(), ThreadPoolExecutor(cores) as threads:
            list(threads.map(lambda rows: _halving(work, rows.start, rows.stop, width), blocks(n, width)))
    else:
        _halving(work, 0, n, width)


def _halving(work: Callable[[slice], None], start: int, n: int, width: int) -> None:
    step = max(1, BLOCK // max(1, width))
    while start < n:
        try:
            work(slice(start, min(n, start + step)))
        except Exception as error:
            if step == 1 or not out_of_memory(error):
                raise
            step //= 2
        else:
            start += step


def cores(x: Array) -> int:
    """How many blocks of x are worked on at a time: on the processor one a core; on an accelerator one."""
    return (os.cpu_count() or 1) if isinstance(x, np.ndarray) else 1


@contextmanager
def one_thread_each() -> Generator[None]:
    """Let products of matrices inside take one thread, as there are others at work.

    As long as anyone is inside: the last one out gives the threads back.
    """
    with _SINGLE.lock:
        _SINGLE.inside += 1
        if _SINGLE.inside == 1:
            _SINGLE.limit = _libraries().limit(limits=1, user_api="blas")
    try:
        yield
    finally:
        with _SINGLE.lock:
            _SINGLE.inside -= 1
            if not _SINGLE.inside:
                _SINGLE.limit.restore_original_limits()


class _Single:
    """Who is at work with one thread each: the limit is that of the process."""

    lock, inside, limit = Lock(), 0, cast("Any", None)


_SINGLE = _Single()


@cache
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def on_device(width: int) -> int:
    """The width to give to `by_blocks` for tensors, which want larger blocks than a processor's cache."""
    return max(1, width * BLOCK // TENSORS)


def squared_distances(a: Array, b: Array) -> Array:
    """Squared Euclidean distances (m, n) between the rows of a (m, d) and b (n, d), never below 0.

    Centre the data first when its mean is far from 0: the error grows with the squared norm.
    """
    return expand_squares(a @ b.T, squares(a), squares(b))


def squares(x: Array) -> Array:
    """The squared length (n,) of each row of x (n, d)."""
    return dots(x, x)


def dots(a: Array, b: Array) -> Array:
    """The inner product (n,) of each row of a (n, d) with the same row of b."""
    return np.einsum("id,id->i", a, b) if isinstance(a, np.ndarray) else namespace(a).vecdot(a, b)


def expand_squares(cross: Array, a: Array, b: Array) -> Array:
    """Turn inner products (m, n) into squared distances, in place, given the squared norms (m,) and (n,)."""
    cross *= -2
    cross += a[:, None]
    cross += b[None, :]
    return at_least(cross, 0)


def between(x: Array, rows: np.ndarray) -> Array:
    """The distances (n, m) in float32 of all rows of x (n, d) to some of them (m,)."""
    xp = namespace(x)
    centred = xp.astype(x - mean(x), wide(x))
    some, found = centred[like(x, rows), :], xp.empty((len(x), len(rows)), dtype=xp.float32, device=x.device)

    def fill(block: slice) -> None:
        found[block, :] = xp.astype(xp.sqrt(squared_distances(centred[block, :], some)), xp.float32)

    by_blocks(fill, len(x), 4 * len(rows))
    return found


def kept_rows(rows: Callable[[slice, slice], Array], n: int) -> Callable[[int | slice], Array]:
    """The rows of a symmetric n x n matrix as a function of a row (n,) or a slice of rows (m, n), given in float32.

    Up to `DENSE_ROWS` rows all are computed at once, in blocks and each pair of rows once; above, each row is computed
    when asked for.

    Parameters
    ----------
    rows
        Gives the values (m, k) of one slice of rows with another, in float64.
    """
    if n > DENSE_ROWS or n == 0:
        return lambda which: _one_or_many(lambda some: rows(some, slice(0, n)), which)
    first = rows(slice(0, 1), slice(0, 1))
    xp = namespace(first)
    dense = xp.empty((n, n), dtype=xp.float32, device=first.device)

    def fill(block: slice) -> None:
        rest = slice(block.start, n)
        dense[block, rest] = found = xp.astype(rows(block, rest), xp.float32)
        dense[rest, block] = found.T

    by_blocks(fill, n, CACHED * n, cores=cores(dense))
    return lambda which: dense[which, :]


def _one_or_many(rows: Callable[[slice], Array], which: int | slice) -> Array:
    found = rows(which if isinstance(which, slice) else slice(which, which + 1))
    found = namespace(found).astype(found, namespace(found).float32)
    return found if isinstance(which, slice) else found[0, :]


def distance_rows(x: Array) -> Callable[[int | slice], Array]:
    """A function that gives the distances from one row of x (n, d) to all of them (n,), or from a slice (m, n).

    They are computed in float64 and rounded to float32, with what rounding alone could explain set to 0: distances
    that are equal come out equal, so that ties go to the lower row on every machine.
    """
    xp = namespace(x)
    x = xp.astype(x, wide(x))
    x = x - xp.mean(x, axis=0) if len(x) else x
    norms = squares(x)
    floor = 1e-13 * float(xp.max(norms)) if len(x) else 0.0

    def rows(which: slice, others: slice) -> Array:
        return finish(x[which, :] @ x[others, :].T, norms[which], norms[others], floor)

    finish = _roots
    if isinstance(x, np.ndarray) and len(x) >= LONG:
        from fdmat_core.numerics.compiled import roots as finish
    return kept_rows(rows, len(x))


def _roots(cross: Array, a: Array, b: Array, floor: float) -> Array:
    """Turn inner products (m, n) into distances, in place, given the squared norms; squares below the floor are 0."""
    found = expand_squares(cross, a, b)
    found[found < floor] = 0
    return root(found)


def row_means(rows: Callable[[slice], Array], n: int) -> Array:
    """The mean (n,) of every row of an n x n matrix, summed in float64."""
    xp = namespace(first := rows(slice(0, 1)))
    means = xp.empty(n, dtype=wide(first), device=first.device)

    def fill(block: slice) -> None:
        means[block] = xp.sum(rows(block), axis=1, dtype=means.dtype) / n

    by_blocks(fill, n, CACHED * n, cores=cores(means))
    return means


def mean_distances(a: Array, x: Array) -> Array:
    """The mean distance (m,) between each row of a (m, d) and the rows of x (n, d): in float32, summed in float64."""
    return mean_kernel(a, x, root)


def root(squares: Array) -> Array:
    """The distances of which these are the squares, in their place."""
    squares **= 0.5
    return squares


def mean_kernel(a: Array, x: Array, of: Callable[[Array], Array], mass: np.ndarray | None = None) -> Array:
    """The mean kernel (m,) between each row of a (m, d) and the rows of x (n, d): in float32, summed in float64.

    Parameters
    ----------
    of
        Gives the kernel from squared distances of any shape, which it may overwrite.
    mass
        (n,) of sum 1 by which the rows of x count; all alike if it is not given.
    """
    xp = namespace(x)
    middle = mean(x)
    theirs = xp.astype(a - middle, xp.float32)
    lengths, total = squares(theirs), xp.zeros(len(a), dtype=wide(a), device=a.device)
    weights = None if mass is None else like(x, mass, xp.float32)

    def add(rows: slice) -> None:
        for block in blocks(len(x), BLOCK // WIDE):
            mine = xp.astype(x[block, :] - middle, xp.float32)
            found = of(expand_squares(theirs[rows, :] @ mine.T, lengths[rows], squares(mine)))
            summed = xp.sum(found, axis=1) / len(x) if weights is None else found @ weights[block]
            total[rows] = total[rows] + summed

    by_blocks(add, len(a), BLOCK // TALL if isinstance(x, np.ndarray) else on_device(WIDE), cores=cores(x))
    return total


def typical(distances: np.ndarray) -> float:
    """The median distance, as a scale to divide by: the mean if the median is 0, and 1 if all are."""
    for scale in (np.median(distances), np.mean(distances)) if distances.size else ():
        if scale > 0:
            return float(scale)
    return 1.0


def median_distance(x: np.ndarray) -> float:
    """The typical distance between two rows of x (n, d), over pairs among 2,000 rows spread evenly over the table."""
    from scipy.spatial.distance import pdist

    spread = evenly(len(x), 2000)
    return typical(pdist(x[spread])) if len(x) > 1 else 1.0


def mean(x: Array) -> Array:
    """The mean row (d,) of x (n, d), summed in float64."""
    xp = namespace(x)
    return xp.sum(x, axis=0, dtype=wide(x)) / len(x)


def class_means(x: Array, labels: np.ndarray, c: int) -> np.ndarray:
    """The mean (c, d) of each class's rows, summed in float64; NaN for an empty class."""
    means = np.full((c, x.shape[1]), np.nan)
    for label, rows in enumerate(quotas.rows_by_class(labels, c)):
        if len(rows):
            means[label] = to_numpy(mean(x[like(x, rows), :]))
    return means


def snap(points: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The distinct rows (k,) of x (n, d) that free points (k, d) move to, least far in all."""
    from scipy.optimize import linear_sum_assignment

    cost = np.sqrt(squared_distances(points, x))
    return linear_sum_assignment(cost)[1].astype(np.int64)
