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

#: So many numbers (1 GB) are put in order once; of more, each tile whenever it is looked at.
KEPT = 2**28
#: A tile has at most this many rows.
TILE = 768
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
        self.x, self.order, self.k = x, order, k
        self.middle = x.mean(axis=0, dtype=np.float64)
        self.kept = np.empty(x.shape, dtype=np.float32) if x.size <= KEPT else None
        self.squares = np.empty(len(x), dtype=np.float32)
        for tile in cut(np.array([len(x)])):
            rows = self._centred(tile)
            self.squares[tile] = np.einsum("id,id->i", rows, rows)
            if self.kept is not None:
                self.kept[tile] = rows
        self.apart = np.full((len(x), k), FAR, dtype=np.float32)  # squared, ascending
        self.who = np.zeros((len(x), k), dtype=np.int32)  # places in the order

    def _rows(self, places: slice) -> np.ndarray:
        """Some rows (m, d) in order, less the mean: products lose less near 0."""
        return self.kept[places] if self.kept is not None else self._centred(places)

    def _centred(self, places: slice) -> np.ndarray:
        return (self.x[self.order[places]] - self.middle).astype(np.float32)

    def compare(self, pairs: Iterator[tuple[slice, slice]]) -> None:
        """Look at all rows of pairs of slices, each pair of slices given once.

        Every core takes pairs; what is found does not depend on who comes first.
        """
        from fdmat_core.numerics.compiled import take

        locks, cores = dict[int, Lock](), os.cpu_count() or 1

        def look(pair: tuple[slice, slice]) -> None:
            one, other = pair
            products = self._rows(one) @ self._rows(other).T
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
