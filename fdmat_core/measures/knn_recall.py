"""Neighbour recall: the share of all items of whose nearest neighbours one was kept."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.measures import Measure
from fdmat_core.numerics.neighbours import nearest_rows
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable


@measure(
    "knn_recall",
    title="Neighbour recall",
    unit="share of all items",
    better="higher",
    source="the coverage of Naeem, Oh, Uh, Choi, Yoo, ICML 2020, with the coreset in place of generated items",
    kind="coverage",
)
def knn_recall(table: FeatureTable, *, neighbours: Annotated[int, Range(1, 100)] = 5) -> Measure:
    """Count the share of all items that were kept or have a kept item among their nearest other items.

    Where `coverage` has one radius for the table, here every item has its own, so that sparse regions count as much
    as dense ones.

    Parameters
    ----------
    neighbours
        How many nearest other items are looked at.
    """
    nearest = nearest_rows(device.put(table.embedding), neighbours).rows  # (n, k)

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        kept = np.zeros(table.n, dtype=bool)
        kept[rows if weights is None else np.asarray(rows)[np.asarray(weights) > 0]] = True
        return float(np.mean(kept | kept[nearest].any(axis=1)))

    return measure
