"""Class balance: whether every class kept its share."""

from __future__ import annotations

import numpy as np

from fdmat_core.measures import Measure
from fdmat_core.registry import measure
from fdmat_core.types import FeatureTable


@measure(
    "class_balance",
    title="Class imbalance",
    unit="share of the coreset in the wrong class",
    better="lower",
    source="total variation distance",
    kind="balance",
    needs=("labels",),
)
def class_balance(table: FeatureTable) -> Measure:
    """Compare the class shares of the coreset with those of the table by their total variation.

    `sum_c |k_c / k - n_c / n| / 2`: the share of the coreset that would have to change class; 0 is proportional. With
    weights, `k_c / k` is the share of the weight. An empty coreset counts 1.
    """
    shares = np.bincount(table.labels, minlength=table.c) / table.n

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        kept = np.bincount(table.labels[rows], weights, minlength=table.c)
        return float(np.abs(kept / kept.sum() - shares).sum() / 2) if kept.sum() > 0 else 1.0

    return measure
