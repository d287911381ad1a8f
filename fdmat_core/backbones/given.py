"""Given: the features that came with the dataset."""

from __future__ import annotations

from fdmat_core.backbones import Backbone
from fdmat_core.registry import backbone


@backbone("given", title="Features as given", source="the dataset's own features", reads="features")
def given(shape: tuple[int, ...]) -> Backbone:
    """Use the dataset's ready-made features as they are."""
    from torch import nn

    return Backbone(nn.Identity(), batch=4096)
