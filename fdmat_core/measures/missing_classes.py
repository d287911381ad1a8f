"""Missing classes: how many a coreset forgets."""

from __future__ import annotations

import numpy as np

from fdmat_core.measures import Measure
from fdmat_core.registry import measure
from fdmat_core.types import FeatureTable


@measure(
    "missing_classes",
    title="Classes without an item",
    unit="classes",
    better="lower",
    source="a count",
    kind="balance",
    needs=("labels",),
)
def missing_classes(table: FeatureTable) -> Measure:
    """Count the classes of the table of which the coreset keeps nothing; an item of weight 0 is not kept."""
    present = np.bincount(table.labels, minlength=table.c) > 0

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        kept = np.bincount(table.labels[rows], weights, minlength=table.c)
        return float(np.sum(present & (kept <= 0)))

    return measure
