"""Pixels: the image itself as its features."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.backbones import Backbone, averaged
from fdmat_core.registry import Range, backbone


@backbone("pixels", title="Raw pixels", source="the image as it is")
def pixels(shape: tuple[int, ...], *, size: Annotated[int, Range(4, 128)] = 32) -> Backbone:
    """Use pixel values from 0 to 1 as features: no network, a fair floor, and enough for small simple images.

    Parameters
    ----------
    size
        Images with a longer side are averaged down until it has this many pixels.
    """
    from torch import nn

    return Backbone(nn.Sequential(nn.AdaptiveAvgPool2d(averaged(shape, size)), nn.Flatten()), batch=1024)
