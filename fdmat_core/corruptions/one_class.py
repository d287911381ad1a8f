"""One class polluted by items of the others."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.corruptions import Rate, Seed, draws, relabelled, require_classes, train_rows
from fdmat_core.registry import Range, corruption
from fdmat_core.types import Dataset


@corruption(
    "one_class",
    title="One class polluted by the others",
    called="{rate} of class number {number} are items of others",
)
def one_class(
    dataset: Dataset,
    *,
    rate: Rate = 0.3,
    number: Annotated[int, Range(0, 100_000), "number of the class"] = 0,
    seed: Seed = 0,
) -> Dataset:
    """Give items of all other classes the label of one class; every other label stays right.

    Parameters
    ----------
    rate
        Share of the class, as it is then, that belongs elsewhere.
    number
        Which class, counted from 0 in the order of the classes.
    seed
        Which items.
    """
    c = require_classes(dataset)
    if number >= c:
        raise ValueError(f"number is {number}, but dataset {dataset.name!r} has {c} classes; give 0 to {c - 1}")
    rows = train_rows(dataset)
    others = rows[dataset.labels[rows] != number]
    count = int(np.floor((len(rows) - len(others)) * rate / (1 - rate) + 0.5))
    if count > len(others):
        most = np.floor(100 * len(others) / len(rows)) / 100
        raise ValueError(f"rate is {rate}, but there are only {len(others)} items of others; give at most {most:.2g}")
    labels = dataset.labels.copy()
    labels[others[np.argsort(draws(others, seed), kind="stable")[:count]]] = number
    return relabelled(dataset, labels)
