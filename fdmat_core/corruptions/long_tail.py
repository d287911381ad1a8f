"""A long tail of rare classes."""

from __future__ import annotations

import numpy as np

from fdmat_core.corruptions import Factor, Seed, thinned
from fdmat_core.registry import corruption
from fdmat_core.types import Dataset


@corruption("long_tail", title="Long tail", called="long tail, 1 to {factor}")
def long_tail(dataset: Dataset, *, factor: Factor = 100.0, seed: Seed = 0, shuffle: bool = False) -> Dataset:
    """Keep fewer and fewer items from class to class, as a power law: class sizes fall evenly on a log scale.

    Class j of c keeps `n_max factor^(-j / (c - 1))` items, and at least one.

    Parameters
    ----------
    factor
        How many times larger the first class is than the last.
    seed
        Which items stay, and the order of classes if shuffled.
    shuffle
        Draw which classes are large, instead of taking them in their order.
    """
    c = len(dataset.classes)
    place = np.random.default_rng([seed, 2]).permutation(c) if shuffle else np.arange(c)
    return thinned(dataset, factor ** (-place / max(1, c - 1)), seed)
