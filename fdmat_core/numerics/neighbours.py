"""Nearest neighbours of all rows, and the graph that they make."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fdmat_core.numerics import tiles
from fdmat_core.numerics.arrays import evenly, like, namespace, to_numpy, wide
from fdmat_core.numerics.cells import nearest_centre
from fdmat_core.numerics.distances import CACHED, blocks, by_blocks, cores, dots, mean, on_device, squared_distances

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from fdmat_core.numerics.arrays import Array

#: Up to this many rows scikit-learn's search is as fast.
SMALL_ROWS = 20_000
#: Up to this many rows every pair of rows is looked at.
EXACT_ROWS = 2**16
#: Above, at least this share of the neighbours found for a sample of so many rows must be true ones.
RECALL, CHECKED = 0.95, 500
#: A neighbour is a true one if it is at most this share farther away than the k-th.
SLACK = 0.01
#: About this many rows are in one list.
LIST = 512
#: On an accelerator distances are looked at in runs of so many, as the choice of the smallest is what takes long.
RUN = 32
#: With how many of the nearest lists a list is compared before the recall is looked at.
REACH = 8


class Neighbours(NamedTuple):
    """The nearest rows of every row, nearest first, itself left out by its number."""

    distances: np.ndarray  # (n, k) float64
    rows: np.ndarray  # (n, k) int64
    recall: float = 1.0  # the share that are true neighbours, by a sample unless every pair was looked at


class Found(NamedTuple):
    """Which rows are nearest, before their distances are read."""

    rows: np.ndarray  # (n, k) of whole numbers
    recall: float = 1.0


#: Gives what a search of rows (n, d) for k neighbours finds, which it is free to have kept from before.
Keeper = Callable[["Array", int, Callable[[], Found]], Found]
_KEEPER: ContextVar[Keeper | None] = ContextVar("keeper", default=None)


@contextmanager
def kept_by(keeper: Keeper) -> Generator[None]:
    """Let searches of more than `SMALL_ROWS` rows inside go through a keeper, so that none need be made twice."""
    token = _KEEPER.set(keeper)
    try:
        yield
    finally:
        _KEEPER.reset(token)


def nearest_rows(x: Array, k: int) -> Neighbours:
    """The k nearest rows, by Euclidean distance, of each row of x (n, d); n - 1 if there are fewer.

    Up to `EXACT_ROWS` rows, and on an accelerator, every pair is looked at. Above, k-means puts the rows into lists,
    and every list is compared with those nearest to it, with twice as many again until the recall is `RECALL`. Lists
    are seeded and threads change nothing, so that the same input gives the same neighbours.
    """
    k = min(k, len(x) - 1)
    if k < 1:
        return Neighbours(np.zeros((len(x), 0)), np.zeros((len(x), 0), dtype=np.int64))
    if isinstance(x, np.ndarray) and len(x) <= SMALL_ROWS:
        from sklearn.neighbors import NearestNeighbors

        return Neighbours(*NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x).kneighbors())
    keeper = _KEEPER.get() if len(x) > SMALL_ROWS else None
    found = keeper(x, k, lambda: _search(x, k)) if keeper else _search(x, k)
    return _read(found.rows.astype(np.int64), x)._replace(recall=found.recall)


def _search(x: Array, k: int) -> Found:
    if not isinstance(x, np.ndarray):
        return Found(_by_products(x, k))
    if len(x) > EXACT_ROWS:
        return _by_lists(x, k)
    search = tiles.Search(x, np.arange(len(x)), k)
    search.compare(_all_pairs(tiles.cut(np.array([len(x)]))))
    return Found(search.found())


def _all_pairs(cuts: list[slice]) -> Iterator[tuple[slice, slice]]:
    for number, one in enumerate(cuts):
        for other in cuts[number:]:
            yield one, other


def _by_lists(x: np.ndarray, k: int) -> Found:
    lists, centres = _lists(x)
    order = np.argsort(lists, kind="stable")
    sizes = np.bincount(lists, minlength=len(centres))
    cuts, owners = tiles.cut(sizes), tiles.owners(sizes)
    near = np.argsort(squared_distances(centres, centres)[np.ix_(owners, owners)], axis=1, kind="stable")
    checked = np.linspace(0, len(x) - 1, CHECKED).astype(np.int64)  # places in the order
    limits = _limits(x, order[checked], k)
    search, looked, reach, recall = tiles.Search(x, order, k), 0, REACH, 0.0
    while recall < RECALL and looked < len(cuts):
        search.compare(_new_pairs(cuts, near, looked, reach))
        recall = float(np.mean(search.apart[checked] <= limits[:, None]))
        looked, reach = reach, 2 * reach
    return Found(search.found(), recall)


def _lists(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The list (n,) that each row of x (n, d) is in, and the middle (l, d) of each list, by seeded k-means."""
    from sklearn.cluster import MiniBatchKMeans

    count = max(1, len(x) // LIST)
    sample = np.ascontiguousarray(x[evenly(len(x), 64 * count)], np.float32)
    means = MiniBatchKMeans(count, random_state=0, batch_size=8 * 1024, n_init="auto", max_iter=10, init_size=4 * count)
    means.fit(sample)
    centres = np.asarray(means.cluster_centers_, dtype=np.float32)
    return nearest_centre(x, centres), centres


def _new_pairs(cuts: list[slice], near: np.ndarray, looked: int, reach: int) -> Iterator[tuple[slice, slice]]:
    """Pairs of lists of which one is among the `reach` nearest of the other, but for those already looked at."""
    place = np.empty_like(near)  # place[a, b]: how many lists are nearer to a than b is
    np.put_along_axis(place, near, np.arange(len(near))[None], axis=1)
    rank = np.minimum(place, place.T)
    for one in range(len(cuts)):
        for other in near[one]:
            if other >= one and looked <= rank[one, other] < reach:
                yield cuts[one], cuts[other]


def _limits(x: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """The squared distance (m,) up to which a row counts as a neighbour of rows (m,) of x (n, d)."""
    middle = x.mean(axis=0, dtype=np.float64)
    mine, best = x[rows] - middle, np.full((len(rows), k + 1), np.inf)  # a row is the nearest to itself
    for block in blocks(len(x), 16 * len(rows)):
        apart = np.concatenate([best, squared_distances(mine, x[block] - middle)], axis=1)
        best = np.partition(apart, k, axis=1)[:, : k + 1]
    return best.max(axis=1) * (1 + SLACK) ** 2


def _by_products(x: Array, k: int) -> np.ndarray:
    """The nearest rows (n, k) of tensors x (n, d), from the products of all rows with all."""
    import torch

    centred = (x - mean(x)).to(torch.float32)
    squares, found = dots(centred, centred), np.empty((len(x), k), dtype=np.int64)

    def fill(block: slice) -> None:
        apart = torch.addmm(squares, centred[block], centred.T, alpha=-2)  # but for the square of the row
        rows = torch.arange(block.start, block.stop, device=x.device)
        apart[rows - block.start, rows] = np.inf
        found[block] = to_numpy(_smallest(apart, k))

    by_blocks(fill, len(x), on_device(len(x)))
    return found


def _smallest(values: Any, k: int) -> Any:
    """Where the k smallest of each row of values (m, n) are, a tensor: in the k runs whose smallest are smallest."""
    import torch

    m, n = values.shape
    if n <= RUN * k:
        return values.topk(k, largest=False).indices
    runs = torch.nn.functional.pad(values, (0, -n % RUN), value=np.inf).reshape(m, -1, RUN)
    best = runs.amin(dim=2).topk(k, largest=False).indices  # (m, k)
    inside = runs.gather(1, best[:, :, None].expand(-1, -1, RUN)).reshape(m, -1)
    places = inside.topk(k, largest=False).indices
    return best.gather(1, places // RUN) * RUN + places % RUN


def _read(found: np.ndarray, x: Array) -> Neighbours:
    """The rows found (n, k) by their distances in float64, so that copies are at 0; ties go to the lower row."""
    apart, measure = np.empty(found.shape), _measure
    if isinstance(x, np.ndarray) and x.dtype != np.float16:  # which numba cannot add
        from fdmat_core.numerics.compiled import measure

    def fill(rows: slice) -> None:
        measure(x, found, rows.start, rows.stop, apart)
        sort = np.lexsort((found[rows], apart[rows]), axis=1)
        found[rows] = np.take_along_axis(found[rows], sort, axis=1)
        apart[rows] = np.take_along_axis(apart[rows], sort, axis=1)

    by_blocks(fill, len(x), CACHED * found.shape[1] * x.shape[1], cores=cores(x))
    return Neighbours(apart, found)


def _measure(x: Array, rows: np.ndarray, first: int, last: int, apart: np.ndarray) -> None:
    """Fill in the distances (n, k) of rows from the first to before the last to their neighbours (n, k)."""
    xp, block = namespace(x), slice(first, last)
    gaps = xp.astype(x[block, :], wide(x))[:, None, :] - x[like(x, rows[block]), :]
    apart[block] = to_numpy(xp.sqrt(xp.sum(gaps * gaps, axis=2)))


def symmetric_graph(nearest: np.ndarray, weights: np.ndarray) -> csr_matrix:
    """The neighbour graph (n, n), sparse, in which two rows are joined if either is a neighbour of the other.

    Parameters
    ----------
    nearest
        (n, k) the neighbours of each row.
    weights
        (n, k) the weight of each edge, none below 0; where two disagree the larger counts.
    """
    from scipy.sparse import csr_matrix

    n, k = nearest.shape
    graph = csr_matrix((weights.ravel(), nearest.ravel(), np.arange(n + 1) * k), shape=(n, n))
    return graph.maximum(graph.T).tocsr()


def with_itself(found: Neighbours) -> Neighbours:
    """The neighbours (n, k + 1) with each row before its own, at distance 0, as libraries count it among them."""
    own = np.arange(len(found.rows))[:, None]
    return found._replace(
        distances=np.hstack([np.zeros(own.shape), found.distances]), rows=np.hstack([own, found.rows])
    )


def distance_graph(found: Neighbours) -> csr_matrix:
    """The distances (n, n), sparse, of each row to itself, 0, and to its neighbours: as scikit-learn takes a graph."""
    from scipy.sparse import csr_matrix

    all_of = with_itself(found)
    n, k = all_of.rows.shape
    return csr_matrix((all_of.distances.ravel(), all_of.rows.ravel(), np.arange(n + 1) * k), shape=(n, n))
