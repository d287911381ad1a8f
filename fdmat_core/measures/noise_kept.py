"""Noise kept: how much of a coreset was corrupted on purpose."""

from __future__ import annotations

import numpy as np

from fdmat_core.measures import Measure
from fdmat_core.registry import measure
from fdmat_core.types import Dataset, FeatureTable


@measure(
    "noise_kept",
    title="Injected noise kept",
    unit="share of the kept items",
    better="lower",
    source="a count",
    kind="balance",
    needs=(),
)
def noise_kept(table: FeatureTable, *, dataset: Dataset | None = None) -> Measure:
    """Count the kept items whose label was flipped or whose content was replaced, as a share of what is kept.

    Only where noise was injected is it known; other data have no such measure. A random coreset keeps the share of
    noise that the data have. An empty coreset keeps none.
    """
    if dataset is None or dataset.truth is None:
        raise ValueError("noise_kept needs noise of known truth; inject some with a corruption, such as 'symmetric'")
    truth = dataset.truth.take(dataset.rows_of(table.ids))
    bad = truth.mislabelled | truth.outlier  # (n,)

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        mass = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
        return float(bad[rows] @ mass / mass.sum()) if mass.sum() > 0 else 0.0

    return measure
