"""Labels flipped to any other class."""

from __future__ import annotations

import numpy as np

from fdmat_core.corruptions import Rate, Seed, draws, lowest, relabelled, require_classes, train_rows
from fdmat_core.registry import corruption
from fdmat_core.types import Dataset


@corruption("symmetric", title="Labels flipped to any other class", called="{rate} of labels flipped")
def symmetric(dataset: Dataset, *, rate: Rate = 0.2, seed: Seed = 0) -> Dataset:
    """Give a share of all items the label of another class, every other class being equally likely.

    Parameters
    ----------
    rate
        Share of train items with a wrong label; none of them keeps its own.
    seed
        Which items, and which labels.
    """
    c = require_classes(dataset)
    rows = train_rows(dataset)
    first, step = draws(rows, seed), np.random.default_rng([seed, 1]).integers(1, c, len(rows))
    flipped = lowest(first, rate)
    labels = dataset.labels.copy()
    labels[rows[flipped]] = (labels[rows[flipped]] + step[flipped]) % c
    return relabelled(dataset, labels)
