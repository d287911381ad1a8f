"""ResNet-18 with ImageNet weights."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.backbones import Backbone
from fdmat_core.backbones.torchvision import torchvision
from fdmat_core.registry import Range, backbone


@backbone(
    "resnet18",
    title="ResNet-18 (ImageNet)",
    source="He, Zhang, Ren, Sun, CVPR 2016; weights of torchvision, BSD-3-Clause",
    files=("weights",),
)
def resnet18(shape: tuple[int, ...], *, weights: str = "", size: Annotated[int, Range(32, 512)] = 224) -> Backbone:
    """Use the 512 features before the last layer of a ResNet-18 that was trained on ImageNet.

    Parameters
    ----------
    weights
        Path of a checkpoint file; by default torchvision's own folder, and a download if it is not there.
    size
        Side in pixels that images are resized to; 224 is what it was trained on, 96 is five times faster.
    """
    return torchvision(shape, model="resnet18", weights=weights, size=size)
