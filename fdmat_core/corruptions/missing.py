"""Values missing at random from features."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.corruptions import Rate, Seed, draws, exchanged, lowest, train_rows
from fdmat_core.registry import Range, corruption
from fdmat_core.types import Dataset


@corruption(
    "missing",
    title="Values missing at random",
    called="{rate} of rows without some of their values",
)
def missing(
    dataset: Dataset, *, rate: Rate = 0.2, columns: Annotated[float, Range(0.01, 1)] = 0.3, seed: Seed = 0
) -> Dataset:
    """Take values away from a share of the rows of a table, and fill in what is usual in their column; labels stay.

    What is filled in is the column's mean over the train items, as `missing=mean` does where values are missing in a
    file. Every row loses values of its own, at least one.

    Parameters
    ----------
    rate
        Share of train items that lose values.
    columns
        Share of its values that such an item loses.
    seed
        Which items, and which values.
    """
    if dataset.features is None or dataset.images is not None:
        raise ValueError(
            f"corruption 'missing' takes values out of tables, and dataset {dataset.name!r} holds {dataset.holds}; "
            "use 'exposure' for images, 'symmetric' for anything with labels"
        )
    rows, features = train_rows(dataset), dataset.features
    usual = features[rows].mean(axis=0, dtype=np.float64)
    lost = max(1, round(columns * len(usual)))

    def make(items: np.ndarray, ids: np.ndarray) -> np.ndarray:
        for row, item in zip(items, ids, strict=True):
            gone = np.random.default_rng([seed, 6, int(item)]).permutation(len(usual))[:lost]
            row[gone] = usual[gone]
        return items

    return exchanged(dataset, rows[lowest(draws(rows, seed), rate)], make)
