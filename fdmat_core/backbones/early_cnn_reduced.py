"""Early CNN, reduced: the small network on images that are averaged down first."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fdmat_core.backbones import Backbone
from fdmat_core.backbones.early_cnn import early_cnn
from fdmat_core.registry import Range, backbone


@backbone(
    "early_cnn_reduced",
    title="Small CNN on reduced images, trained a few epochs",
    source="features of a network early in its training, as in FDMat (Xiao et al., AAAI 2024)",
    trains=True,
)
def early_cnn_reduced(
    shape: tuple[int, ...], *, epochs: Annotated[int, Range(1, 200)] = 6, size: Annotated[int, Range(8, 128)] = 28
) -> Backbone:
    """Train the small CNN on images that are averaged down, so that a first map of large images comes soon.

    At 28 pixels, the side of the sample's images, it does a fifth of the work that it does at 64, and its convolutions
    see a larger part of what an image shows.

    Parameters
    ----------
    epochs
        Passes over the training items; more if they would come to fewer than 200 steps of 128 items.
    size
        Images with a longer side are averaged down until it has this many pixels.
    """
    from torch import nn

    height, width, channels = shape
    ratio = min(1, size / max(height, width))
    cells = [max(1, round(side * ratio)) for side in (height, width)]
    learner = early_cnn((*cells, channels), epochs=epochs)
    return replace(learner, network=nn.Sequential(nn.AdaptiveAvgPool2d(cells), learner.network))
