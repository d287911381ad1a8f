"""The loop over the products of two tiles, compiled by numba once and then read from its cache.

Imported where it is called, as numba takes a quarter of a second to load.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: Products are skipped by as many at a time if none of them is near enough.
RUN = 32
#: More than a product can be off by rounding, as a share of the squared lengths: what is that near is looked at.
SLACK = np.float32(1e-6)
#: What the compiler may assume: no NaN and no sign of zero matter, and sums may be taken in any order.
LOOSE = {"nnan", "nsz", "reassoc", "contract"}


@njit(nogil=True, cache=True, fastmath=LOOSE)
def _put(apart: np.ndarray, who: np.ndarray, row: int, new: float, name: int) -> None:
    """Put a row into the list of the nearest of another, ascending; ties go to the lower."""
    at = apart.shape[1] - 1
    while at > 0 and (new < apart[row, at - 1] or (new == apart[row, at - 1] and name < who[row, at - 1])):
        apart[row, at], who[row, at] = apart[row, at - 1], who[row, at - 1]
        at -= 1
    apart[row, at], who[row, at] = new, name


@njit(nogil=True, cache=True, fastmath=LOOSE)
def _near(products: np.ndarray, theirs: np.ndarray, limits: np.ndarray, limit: float, own: float) -> np.bool_:
    """Whether any of some products may be of rows near enough for either list."""
    hits = np.float32(0)
    for j in range(len(products)):  # of slices, so that it is known to lie inside: else it takes ten times as long
        bar = min(limit + theirs[j], limits[j] + own) - SLACK * (own + theirs[j])
        hits += np.float32(products[j] + products[j] >= bar)
    return hits > 0


@njit(nogil=True, cache=True, fastmath=LOOSE)
def take(
    products: np.ndarray, squares: np.ndarray, first: int, second: int, apart: np.ndarray, who: np.ndarray
) -> None:
    """Put what is near into the lists of the rows of two tiles.

    Parameters
    ----------
    products
        (h, w) inner products of the rows of one tile with those of the other; both may be the same.
    squares
        (n,) squared lengths of all rows.
    first, second
        Where the tiles begin.
    apart, who
        (n, k) the squared distances of the nearest found so far, ascending, and their numbers; changed in place.
    """
    height, width = products.shape
    last = apart.shape[1] - 1
    theirs = squares[second : second + width].copy()
    limits = np.empty(width, dtype=np.float32)  # what a product must exceed, beside the square of the row
    for j in range(width):
        limits[j] = theirs[j] - apart[second + j, last]
    for i in range(height):
        row, own = first + i, squares[first + i]
        begin = i + 1 if first == second else 0
        for start in range(begin - begin % RUN, width, RUN):
            stop = min(width, start + RUN)
            limit = own - apart[row, last]
            if not _near(products[i, start:stop], theirs[start:stop], limits[start:stop], limit, own):
                continue
            for j in range(max(start, begin), stop):
                new = max(own + theirs[j] - (products[i, j] + products[i, j]), np.float32(0.0))
                name = second + j
                if new < apart[row, last] or (new == apart[row, last] and name < who[row, last]):
                    _put(apart, who, row, new, name)
                if new < apart[name, last] or (new == apart[name, last] and row < who[name, last]):
                    _put(apart, who, name, new, row)
                    limits[j] = theirs[j] - apart[name, last]
