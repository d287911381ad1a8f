"""Worst class: the test accuracy of the linear probe in the class where it is lowest."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.measures import Measure
from fdmat_core.measures.linear_probe import linear_probe
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable


@measure(
    "worst_class_accuracy",
    title="Linear probe, worst class",
    unit="share of the test items of one class",
    better="higher",
    source="the worst group accuracy of Sagawa, Koh, Hashimoto, Liang, ICLR 2020, with classes as groups",
    kind="accuracy",
    needs=("embedding", "labels"),
)
def worst_class_accuracy(
    table: FeatureTable,
    *,
    test: FeatureTable | None = None,
    seed: int = 0,
    steps: Annotated[int, Range(1, 100_000)] = 500,
) -> Measure:
    """Train the linear probe on the kept items, and take the test accuracy of the class where it is lowest.

    The probe is that of the linear probe accuracy, with the same seed and steps. Which class is worst may differ from
    one coreset to the next. The lowest of several noisy shares lies below the true one: compare it with all data and
    with random, not with the mean accuracy. Classes without a test item do not count.

    Parameters
    ----------
    steps
        Gradient steps of every fit.
    """
    probe = linear_probe(table, test=test, seed=seed, steps=steps)

    def measure(rows: np.ndarray, weights: np.ndarray | None = None) -> float:
        return float(np.nanmin(probe(rows, weights).per_class))

    return measure
