"""Outliers: images of another dataset."""

from __future__ import annotations

import numpy as np

from fdmat_core import registry
from fdmat_core.corruptions import Rate, Seed, replaced, require_images
from fdmat_core.registry import corruption
from fdmat_core.types import Dataset


@corruption("foreign", title="Outliers: images of another dataset", called="{rate} of images from {other}")
def foreign(dataset: Dataset, *, rate: Rate = 0.05, other: str = "digits", seed: Seed = 0) -> Dataset:
    """Replace a share of the images by train images of another dataset, of the same size; labels stay.

    Which items are replaced is drawn, so what they show has nothing to do with their label: an open set with random
    labels, as frequent as in the data.

    Parameters
    ----------
    rate
        Share of train items that are replaced.
    other
        Name of the dataset that the images come from.
    seed
        Which items, and by which images.
    """
    require_images(dataset, "foreign")
    strangers = registry.datasets.get(other)()
    require_images(strangers, "foreign")
    ids = np.sort(strangers.splits["train"])

    def change(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return _fitted(strangers.images(ids[[rng.integers(len(ids))]])[0], image.shape)

    return replaced(dataset, rate, seed, change)


def _fitted(image: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """An image (height, width, channels) resized to another, its channels averaged or repeated if they differ."""
    from PIL import Image

    grey = image.mean(axis=-1).round().astype(np.uint8) if image.shape[-1] != shape[-1] else image
    planes = grey[..., None] if grey.ndim == 2 else grey  # (h, w, 1 or channels)
    sized = [Image.fromarray(planes[..., k]).resize((shape[1], shape[0])) for k in range(planes.shape[-1])]
    return np.broadcast_to(np.stack([np.asarray(channel) for channel in sized], axis=-1), shape)
