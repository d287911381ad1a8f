"""Half of the classes rare."""

from __future__ import annotations

import numpy as np

from fdmat_core.corruptions import Factor, Seed, thinned
from fdmat_core.registry import corruption
from fdmat_core.types import Dataset


@corruption("step", title="Half of the classes rare", called="half of the classes {factor} times rarer")
def step(dataset: Dataset, *, factor: Factor = 10.0, seed: Seed = 0) -> Dataset:
    """Keep the first half of the classes whole and few items of the others, at least one of each.

    Parameters
    ----------
    factor
        How many times smaller the rare classes are.
    seed
        Which items stay.
    """
    c = len(dataset.classes)
    rare = np.arange(c) >= (c + 1) // 2
    return thinned(dataset, np.where(rare, 1 / factor, 1.0), seed)
