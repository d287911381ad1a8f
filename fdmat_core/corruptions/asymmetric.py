"""Labels flipped to the next class."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.corruptions import Seed, draws, lowest, relabelled, require_classes, train_rows
from fdmat_core.registry import Range, corruption
from fdmat_core.types import Dataset


@corruption("asymmetric", title="Labels flipped to the next class", called="{rate} of labels flipped to the next class")
def asymmetric(dataset: Dataset, *, rate: Annotated[float, Range(0, 0.49)] = 0.2, seed: Seed = 0) -> Dataset:
    """Give a share of every class the label of the class after it, the last class that of the first.

    Parameters
    ----------
    rate
        Share of each class; from a half on nobody could tell which label is the right one.
    seed
        Which items.
    """
    c = require_classes(dataset)
    rows = train_rows(dataset)
    first, labels = draws(rows, seed), dataset.labels.copy()
    for label in range(c):
        mine = rows[dataset.labels[rows] == label]
        flipped = lowest(first[dataset.labels[rows] == label], rate)
        labels[mine[flipped]] = (label + 1) % c
    return relabelled(dataset, labels)
