"""A synthetic mixture of Gaussians: features without images, for tests and first steps."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.datasets import Seed, divided
from fdmat_core.reading.splits import hold_out
from fdmat_core.registry import Range, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset


@dataset(
    "mixture",
    title="Synthetic mixture",
    licence="none: generated",
    source="one Gaussian per class, negative values cut to 0",
    images=False,
)
def mixture(
    *,
    n: Annotated[int, Range(10, 2_000_000)] = 1500,
    classes: Annotated[int, Range(1, 1000)] = 5,
    d: Annotated[int, Range(1, 4096)] = 16,
    spread: Annotated[float, Range(0.01, 100)] = 1.0,
    seed: Seed = 0,
) -> Dataset:
    """Draw features around one centre per class; classes are equally large and a fifth of each is for testing.

    Parameters
    ----------
    n
        Items in all, train and test together.
    classes
        How many classes.
    d
        Width of the features.
    spread
        Standard deviation around a centre; centres lie in a cube of side 4.
    seed
        Which draw.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % classes)
    centres = 4 * rng.random((classes, d))
    features = np.maximum(0, centres[labels] + spread * rng.standard_normal((n, d))).astype(np.float32)
    ids = np.arange(n)
    return Dataset(
        name="mixture",
        ids=ids,
        labels=labels,
        classes=tuple(f"class {label}" for label in range(classes)),
        splits=divided(ids, hold_out(labels, 0.2, seed)),
        key=provenance.data("mixture", 1, n=n, classes=classes, d=d, spread=spread, seed=seed),
        features=features,
    )
