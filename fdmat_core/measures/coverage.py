"""Coverage: the share of all items with a kept item close by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import numpy as np

from fdmat_core.measures import BLOCK, Measure
from fdmat_core.numerics import distances
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable

#: Rows that the radius is taken from, and rows of bits that are joined at a time.
RADIUS_ROWS, STEP = 2000, 8192


@measure(
    "coverage",
    title="Coverage",
    unit="share of all items",
    better="higher",
    source="Zheng, Liu, Lai, Prakash (coverage-centric selection), ICLR 2023, with one radius for the table",
    kind="coverage",
)
def coverage(
    table: FeatureTable,
    *,
    neighbour: Annotated[int, Range(1, 1_000)] = 10,
    sample: Annotated[int, Range(10, 50_000)] = 10_000,
    seed: int = 0,
) -> Measure:
    """Count the share of all items that lie within a fixed radius of a kept item, of whatever class.

    The radius is the median distance of an item to its nearest other item of a given number, so that a handful of
    neighbours can stand for each other. A kept item covers itself.

    Parameters
    ----------
    neighbour
        The number of the neighbour that sets the radius.
    sample
        Above this many items, the share is taken over that many drawn ones; every kept item still counts.
    """
    asked = _drawn(table, sample, seed)  # (m,) rows
    x = table.embedding - table.embedding.mean(axis=0, dtype=np.float64)  # (n, d)
    bits = _within(x, x[asked], _radius(x, asked[:RADIUS_ROWS], neighbour))

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        kept = np.asarray(rows) if weights is None else np.asarray(rows)[np.asarray(weights) > 0]
        covered = np.zeros(bits.shape[1], dtype=np.uint8)
        for start in range(0, len(kept), STEP):
            covered |= np.bitwise_or.reduce(bits[kept[start : start + STEP]], axis=0)
        return float(np.bitwise_count(covered).sum() / len(asked))

    return measure


def _drawn(table: FeatureTable, sample: int, seed: int) -> np.ndarray:
    """The rows (m,) that are asked whether they are covered, drawn by id."""
    by_id = np.argsort(table.ids, kind="stable")
    return by_id[np.random.default_rng(seed).permutation(table.n)[:sample]]


def _radius(x: np.ndarray, asked: np.ndarray, neighbour: int) -> float:
    """The median squared distance from the rows asked to their nearest other row of that number, just above it."""
    number = min(neighbour, len(x) - 1)
    radii = [np.partition(block, number, axis=1)[:, number] for block in _distances(x[asked], x)]
    rounding = 1e-12 * np.einsum("id,id->i", x, x).max()
    return float(np.median(np.concatenate(radii))) * (1 + 1e-9) + rounding


def _within(x: np.ndarray, asked: np.ndarray, radius: float) -> np.ndarray:
    """Which of the points asked (m, d) each row of x (n, d) covers, eight to a byte: (n, m / 8)."""
    return np.concatenate([np.packbits(block <= radius, axis=1) for block in _distances(x, asked)])


def _distances(x: np.ndarray, y: np.ndarray) -> Iterator[np.ndarray]:
    step = max(1, BLOCK // len(y))
    for start in range(0, len(x), step):
        yield distances.squared_distances(x[start : start + step], y)
