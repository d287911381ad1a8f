"""Images of another exposure and contrast."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.corruptions import Rate, Seed, draws, exchanged, lowest, require_images, train_rows
from fdmat_core.registry import Range, corruption
from fdmat_core.types import Dataset


@corruption("exposure", title="Images of another exposure", called="{rate} of images of another exposure")
def exposure(
    dataset: Dataset,
    *,
    rate: Rate = 0.1,
    lighter: Annotated[float, Range(-1, 1)] = 0.3,
    contrast: Annotated[float, Range(0, 10)] = 0.5,
    seed: Seed = 0,
) -> Dataset:
    """Make a share of the images lighter or darker, and stronger or flatter; labels stay, and are right.

    Parameters
    ----------
    rate
        Share of train items that are changed.
    lighter
        By how much, as a share of the way from black to white; below 0 darker.
    contrast
        How many times farther every pixel lies from the mean of its image; 1 leaves it, 0 makes the image grey.
    seed
        Which items.
    """
    require_images(dataset, "exposure")
    rows = train_rows(dataset)

    def make(images: np.ndarray, _: np.ndarray) -> np.ndarray:
        middle = images.mean(axis=(1, 2, 3), keepdims=True)
        return ((images - middle) * contrast + middle + 255 * lighter).clip(0, 255).round().astype(np.uint8)

    return exchanged(dataset, rows[lowest(draws(rows, seed), rate)], make)
