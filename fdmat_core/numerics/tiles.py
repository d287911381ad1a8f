"""The nearest rows of all rows, from products of tiles that fit the processor's cache: each pair is looked at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice, pairwise
from threading import Lock

import numpy as np

from fdmat_core.numerics.distances import one_thread_each

#: A tile has at most this many rows.
TILE = 1024
#: Farther than any row.
FAR = np.float32(1e37)
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
        from fdmat_core.numerics.compiled import take

        locks, cores = dict[int, Lock](), os.cpu_count() or 1

        def look(pair: tuple[slice, slice]) -> None:
            one, other = pair
            products = self.x[one] @ self.x[other].T
            with ExitStack() as held:  # in this order, so that no two wait for each other
                for start in sorted({one.start, other.start}):
                    held.enter_context(locks.setdefault(start, Lock()))
                take(products, self.squares, one.start, other.start, self.apart, self.who)

        with one_thread_each(), ThreadPoolExecutor(cores) as threads:
            while some := list(islice(pairs, AHEAD * cores)):
                list(threads.map(look, some))

    def found(self) -> np.ndarray:
        """The rows (n, k) found for each row of x, the nearest first."""
        rows = np.empty(self.who.shape, dtype=np.int64)
        rows[self.order] = self.order[self.who]
        return rows
