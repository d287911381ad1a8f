"""Loops over distances, compiled by numba once and then read from its cache.

Imported where they are called, as numba takes a quarter of a second to load.
"""

from __future__ import annotations

from math import sqrt

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


@njit(nogil=True, cache=True, fastmath=LOOSE)
def measure(x: np.ndarray, rows: np.ndarray, first: int, last: int, apart: np.ndarray) -> None:
    """Fill in the distances of rows to their neighbours, summed in float64: 0 for copies.

    Parameters
    ----------
    x
        (n, d) all rows.
    rows
        (n, k) the neighbours of each row.
    first, last
        The rows from one to before the other are asked for.
    apart
        (n, k) float64 distances; changed in place.
    """
    for i in range(first, last):
        mine = x[i]
        for place in range(rows.shape[1]):
            theirs, total = x[rows[i, place]], 0.0
            for j in range(x.shape[1]):
                gap = np.float64(mine[j]) - np.float64(theirs[j])
                total += gap * gap
            apart[i, place] = sqrt(total)


@njit(nogil=True, cache=True)
def roots(cross: np.ndarray, a: np.ndarray, b: np.ndarray, floor: float) -> np.ndarray:
    """Turn inner products (m, n) into distances, in place, given the squared norms (m,) and (n,).

    Squares below the floor are 0. The sums are taken in the order of `distances.expand_squares`.
    """
    for i in range(len(cross)):
        row, own = cross[i], a[i]
        for j in range(len(row)):
            square = (row[j] * -2 + own) + b[j]
            row[j] = sqrt(square if square >= floor else 0.0)
    return cross


@njit(nogil=True, cache=True)
def smallest(values: np.ndarray, k: int) -> np.ndarray:
    """The k-th smallest value (m, 1) of each row of values (m, n), none of them NaN; k is at most n."""
    found, best = np.empty((len(values), 1), values.dtype), np.empty(k, values.dtype)
    for i in range(len(values)):
        row, best[:] = values[i], np.inf
        for j in range(len(row)):
            if row[j] < best[k - 1]:
                at = k - 1
                while at > 0 and row[j] < best[at - 1]:
                    best[at] = best[at - 1]
                    at -= 1
                best[at] = row[j]
        found[i] = best[k - 1]
    return found
