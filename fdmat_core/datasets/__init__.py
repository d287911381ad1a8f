"""Datasets: one file and one decorated function each, returning a Dataset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np

from fdmat_core import registry
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset

#: Which draw, as people set it.
Seed = Annotated[int, registry.Range(0, 2**31 - 1)]


def load(choice: str | Choice) -> Dataset:
    """Load a dataset by name: `load("digits")`, `load(Choice.of("mixture", n=300))`."""
    choice = Choice.named(choice)
    return registry.datasets.get(choice.name)(params=dict(choice.params))


def getter(ids: np.ndarray, images: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """A function that gives the images (m, h, w, channels) of some ids, from all ids (n,) and images in that order."""
    order = np.argsort(ids, kind="stable")
    ascending = ids[order]

    def get(wanted: np.ndarray) -> np.ndarray:
        place = np.searchsorted(ascending, wanted).clip(max=len(ids) - 1)
        unknown = np.asarray(wanted)[ascending[place] != wanted]
        if len(unknown):
            raise ValueError(f"there is no image with id {unknown[0]}; ids run from {ascending[0]} to {ascending[-1]}")
        return images[order[place]]

    return get


def hold_out(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Mark the test items (n,) of a seeded split that takes the same share of every class, at least one stays in."""
    rng = np.random.default_rng(seed)
    test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        test[rows[: min(round(share * len(rows)), len(rows) - 1)]] = True
    return test


def splits(ids: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """The two splits of a dataset as ids, from a mark (n,) on the test items."""
    return {"train": ids[~test], "test": ids[test]}
