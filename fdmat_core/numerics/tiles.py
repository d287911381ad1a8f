"""The nearest rows of all rows, from products of tiles that fit the processor's cache: each pair is looked at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import cache
from itertools import islice, pairwise
from threading import Lock

import numpy as np

#: A tile has at most this many rows.
TILE = 1024
#: Farther than any row.
FAR = np.float32(1e37)
#: Products are skipped by as many at a time if none of them is near enough.
RUN = 32
#: More than a product can be off by rounding, as a share of the squared lengths: what is that near is looked at.
SLACK = np.float32(1e-6)
#: So many pairs of tiles for each core are handed out at a time.
AHEAD = 64


def cut(sizes: np.ndarray) -> list[slice]:
    """Slices of at most `TILE` rows, none across the border between two of the lists (l,) that lie in a row."""
    borders = pairwise([0, *np.cumsum(sizes).tolist()])
    return [slice(at, min(at + TILE, end)) for start, end in borders for at in range(start, end, TILE)]


def owners(sizes: np.ndarray) -> np.ndarray:
    """The list that each slice of `cut` lies in."""
    return np.repeat(np.arange(len(sizes)), -(-np.asarray(sizes) // TILE))


class Search:
    """The nearest rows found so far.

    Parameters
    ----------
    x
        (n, d) rows.
    order
        (n,) in which the rows lie, so that a tile holds rows that belong together.
    k
        How many are wanted of each.
    """

    def __init__(self, x: np.ndarray, order: np.ndarray, k: int) -> None:
        self.order, self.k = order, k
        self.x = (x[order] - x.mean(axis=0, dtype=np.float64)).astype(np.float32)  # products lose less near 0
        self.squares = np.einsum("id,id->i", self.x, self.x)
        self.apart = np.full((len(x), k), FAR, dtype=np.float32)  # squared, ascending
        self.who = np.zeros((len(x), k), dtype=np.int32)  # places in the order

    def compare(self, pairs: Iterator[tuple[slice, slice]]) -> None:
        """Look at all rows of pairs of slices, each pair of slices given once.

        Every core takes pairs; what is found does not depend on who comes first.
        """
        from threadpoolctl import threadpool_limits

        take, locks, cores = _compiled(), dict[int, Lock](), os.cpu_count() or 1

        def look(pair: tuple[slice, slice]) -> None:
            one, other = pair
            products = self.x[one] @ self.x[other].T
            with ExitStack() as held:  # in this order, so that no two wait for each other
                for start in sorted({one.start, other.start}):
                    held.enter_context(locks.setdefault(start, Lock()))
                take(products, self.squares, one.start, other.start, self.apart, self.who)

        with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores) as threads:
            while some := list(islice(pairs, AHEAD * cores)):
                list(threads.map(look, some))

    def found(self) -> np.ndarray:
        """The rows (n, k) found for each row of x, the nearest first."""
        rows = np.empty(self.who.shape, dtype=np.int64)
        rows[self.order] = self.order[self.who]
        return rows


@cache
def _compiled() -> Callable[..., None]:
    """The loop over the products of two tiles, compiled when first used."""
    from numba import njit

    @njit(nogil=True, fastmath={"nnan", "nsz", "reassoc", "contract"})
    def put(apart: np.ndarray, who: np.ndarray, row: int, new: float, name: int) -> None:
        at = apart.shape[1] - 1
        while at > 0 and (new < apart[row, at - 1] or (new == apart[row, at - 1] and name < who[row, at - 1])):
            apart[row, at], who[row, at] = apart[row, at - 1], who[row, at - 1]
            at -= 1
        apart[row, at], who[row, at] = new, name

    @njit(nogil=True, fastmath={"nnan", "nsz", "reassoc", "contract"})
    def near(products: np.ndarray, theirs: np.ndarray, limits: np.ndarray, limit: float, own: float) -> np.bool_:
        hits = np.float32(0)
        for j in range(len(products)):  # of slices, so that it is known to lie inside: else it takes ten times as long
            bar = min(limit + theirs[j], limits[j] + own) - SLACK * (own + theirs[j])
            hits += np.float32(products[j] + products[j] >= bar)
        return hits > 0

    @njit(nogil=True, fastmath={"nnan", "nsz", "reassoc", "contract"})
    def take(
        products: np.ndarray, squares: np.ndarray, first: int, second: int, apart: np.ndarray, who: np.ndarray
    ) -> None:
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
                if not near(products[i, start:stop], theirs[start:stop], limits[start:stop], limit, own):
                    continue
                for j in range(max(start, begin), stop):
                    new = max(own + theirs[j] - (products[i, j] + products[i, j]), np.float32(0.0))
                    name = second + j
                    if new < apart[row, last] or (new == apart[row, last] and name < who[row, last]):
                        put(apart, who, row, new, name)
                    if new < apart[name, last] or (new == apart[name, last] and row < who[name, last]):
                        put(apart, who, name, new, row)
                        limits[j] = theirs[j] - apart[name, last]

    return take
