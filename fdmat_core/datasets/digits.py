"""Handwritten digits, 8 x 8 pixels: 1,797 images that come with scikit-learn."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.datasets import Seed, divided, getter
from fdmat_core.reading.splits import hold_out
from fdmat_core.registry import Range, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset


@dataset(
    "digits",
    title="Handwritten digits (8 x 8)",
    licence="CC BY 4.0 (UCI), distributed with scikit-learn",
    source="Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, 1998",
)
def digits(*, test_share: Annotated[float, Range(0.05, 0.5)] = 0.2, seed: Seed = 0) -> Dataset:
    """Load 1,797 grey images of handwritten digits; small enough to try anything in a second.

    Parameters
    ----------
    test_share
        Share of every class that is held out for testing.
    seed
        Which items are held out.
    """
    from sklearn.datasets import load_digits

    pixels, digits = map(np.asarray, load_digits(return_X_y=True))
    images = np.round(pixels.reshape(-1, 8, 8, 1) * (255 / 16)).astype(np.uint8)
    labels = digits.astype(np.int64)
    ids = np.arange(len(labels))
    return Dataset(
        name="digits",
        ids=ids,
        labels=labels,
        classes=tuple("0123456789"),
        splits=divided(ids, hold_out(labels, test_share, seed)),
        key=provenance.data("digits", 1, test_share=test_share, seed=seed),
        images=getter(ids, images),
    )
