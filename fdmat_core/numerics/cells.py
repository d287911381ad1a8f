"""Nearest rows among those of one cell: what is near lies in the same cell nearly always; not all pairs are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from fdmat_core.numerics import distances

#: About how many rows a cell has, and at most how many cells there are.
ROWS, MOST = 600, 4096
#: The centres are found on at least so many rows, and on so many for each cell.
SAMPLE, SAMPLE_EACH = 6_000, 40


class Cells(NamedTuple):
    """Unit rows divided by the centre that is nearest to them."""

    x: np.ndarray  # (n, d) float32, the rows sorted by their cell
    rows: np.ndarray  # (n,) which row that was
    place: np.ndarray  # (n,) where each row lies in `x`
    starts: np.ndarray  # (c + 1,) where each cell begins in `x`
    centres: np.ndarray  # (c, d)


def divide(x: np.ndarray) -> Cells:
    """Divide unit rows (n, d) into cells of about `ROWS` rows, by k-means on a sample, from one seed."""
    from sklearn.cluster import KMeans

    count = int(np.clip(len(x) // ROWS, 1, MOST))
    step = max(1, len(x) // max(SAMPLE, SAMPLE_EACH * count))
    sample = np.unique(x[::step], axis=0)
    centres = KMeans(min(count, len(sample)), n_init="auto", max_iter=5, random_state=0).fit(sample).cluster_centers_
    cell = nearest_centre(x, centres)
    rows = np.argsort(cell, kind="stable")
    place = np.empty(len(x), dtype=np.int64)
    place[rows] = np.arange(len(x))
    return Cells(x[rows], rows, place, np.searchsorted(cell[rows], np.arange(len(centres) + 1)), centres)


def nearest(cells: Cells, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each unit row of x (n, d) the nearest in its cell but the row of its own number: distance (n,), row (n,).

    Where a cell holds nothing else the distance is infinite and the row its own.
    """
    similar, found = np.full(len(x), -np.inf, dtype=np.float32), np.arange(len(x))
    for rows, start, inner in _products(cells, x):
        best = inner.argmax(axis=1)
        similar[rows] = inner[np.arange(len(rows)), best]
        found[rows] = cells.rows[start + best]
    return _distance(similar), np.where(np.isfinite(similar), found, np.arange(len(x)))


def usual(cells: Cells, k: int) -> np.ndarray:
    """The distance (n,) from each row to the k-th nearest in its cell; to the farthest where there are fewer."""
    x = cells.x[cells.place]
    similar = np.full(len(x), -np.inf, dtype=np.float32)
    for rows, _, inner in _products(cells, x):
        others = inner.shape[1] - 1
        if others > 0:
            at = inner.shape[1] - min(k, others)
            similar[rows] = np.partition(inner, at, axis=1)[:, at]
    return _distance(similar)


def _products(cells: Cells, x: np.ndarray) -> Iterator[tuple[np.ndarray, int, np.ndarray]]:
    """Rows of x, where their cell begins, and their inner products with it; -inf with the row of their own number."""
    cell = nearest_centre(x, cells.centres)
    order = np.argsort(cell, kind="stable")
    begins = np.searchsorted(cell[order], np.arange(len(cells.centres) + 1))
    for c in range(len(cells.centres)):
        start, end = cells.starts[c], cells.starts[c + 1]
        mine = order[begins[c] : begins[c + 1]]
        if start == end:
            continue
        for block in distances.blocks(len(mine), int(end - start)):
            rows = mine[block]
            inner = x[rows] @ cells.x[start:end].T
            own = cells.place[rows] - start
            inside = np.flatnonzero((own >= 0) & (own < end - start))
            inner[inside, own[inside]] = -np.inf
            yield rows, int(start), inner


def nearest_centre(x: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Which of the centres (c, d) is nearest to each row (n,) of x (n, d); ties go to the lower."""
    half = np.einsum("cd,cd->c", centres, centres) / 2
    cell = np.empty(len(x), dtype=np.int64)
    for block in distances.blocks(len(x), len(centres)):
        cell[block] = (np.asarray(x[block], dtype=centres.dtype) @ centres.T - half).argmax(axis=1)
    return cell


def _distance(similar: np.ndarray) -> np.ndarray:
    return np.sqrt(np.maximum(2 - 2 * similar, 0))
