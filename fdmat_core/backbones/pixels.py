"""Pixels: the image itself as its features."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.backbones import Backbone
from fdmat_core.registry import Range, backbone


@backbone("pixels", title="Raw pixels", source="the image as it is")
def pixels(shape: tuple[int, ...], *, size: Annotated[int, Range(4, 128)] = 32) -> Backbone:
    """Use pixel values from 0 to 1 as features: no network, a fair floor, and enough for small simple images.

    Parameters
    ----------
    size
        Images with a longer side are shrunk so that it has this many pixels.
    """
    import torch
    from torch import nn
    from torchvision.transforms import v2

    height, width = shape[:2]
    ratio = size / max(height, width)
    shrunk = [max(1, round(side * ratio)) for side in (height, width)]
    shrink = [v2.Resize(shrunk, antialias=True)] if ratio < 1 else []
    return Backbone(nn.Sequential(*shrink, v2.ToDtype(torch.float32, scale=True), nn.Flatten()), batch=1024)
