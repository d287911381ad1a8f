"""Outliers: items that show nothing."""

from __future__ import annotations

from typing import Literal

import numpy as np

from fdmat_core.corruptions import Rate, Seed, replaced
from fdmat_core.registry import corruption
from fdmat_core.types import Dataset


@corruption("outliers", title="Outliers: items that show nothing", called="{rate} of items showing nothing ({kind})")
def outliers(
    dataset: Dataset, *, rate: Rate = 0.05, kind: Literal["noise", "shuffled"] = "noise", seed: Seed = 0
) -> Dataset:
    """Replace a share of the items by noise, or shuffle their pixels; labels stay, and mean nothing.

    Parameters
    ----------
    rate
        Share of train items that are replaced.
    kind
        Gaussian noise of the item's own mean and spread, or its own pixels in random order.
    seed
        Which items, and the noise.
    """
    return replaced(dataset, rate, seed, {"noise": _noise, "shuffled": _shuffle}[kind])


def _noise(item: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise with the mean and spread that the item has, in each channel of an image."""
    axes = tuple(range(item.ndim - 1)) or 0
    noise = rng.normal(item.mean(axis=axes), item.std(axis=axes), item.shape)
    return noise.clip(0, 255).round() if item.dtype == np.uint8 else noise


def _shuffle(item: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The pixels of an image in random order, its channels together; or the features."""
    pixels = item.reshape(-1, item.shape[-1]) if item.ndim > 1 else item
    return rng.permutation(pixels).reshape(item.shape)
