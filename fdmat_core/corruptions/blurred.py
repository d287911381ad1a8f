"""Blurred images."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.corruptions import Rate, Seed, replaced, require_images
from fdmat_core.registry import Range, corruption
from fdmat_core.types import Dataset


@corruption("blurred", title="Blurred images", called="{rate} of images blurred")
def blurred(
    dataset: Dataset, *, rate: Rate = 0.05, radius: Annotated[float, Range(0.1, 50)] = 2.0, seed: Seed = 0
) -> Dataset:
    """Blur a share of the images by a Gaussian; labels stay.

    Parameters
    ----------
    rate
        Share of train items that are blurred.
    radius
        Standard deviation of the blur in pixels.
    seed
        Which items.
    """
    from scipy.ndimage import gaussian_filter

    require_images(dataset, "blurred")
    return replaced(dataset, rate, seed, lambda image, rng: gaussian_filter(image, (radius, radius, 0)))
