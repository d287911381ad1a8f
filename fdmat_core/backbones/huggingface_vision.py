"""Hugging Face vision: an image encoder from a folder on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fdmat_core.backbones import Backbone, from_folder
from fdmat_core.registry import backbone

if TYPE_CHECKING:
    import torch
    from torch import nn


@backbone(
    "huggingface_vision",
    title="Image encoder of Hugging Face (folder)",
    source="the model in the folder, whose card names its paper and licence",
    files=("folder",),
)
def huggingface_vision(
    shape: tuple[int, ...], *, folder: str = "", pooling: Literal["pooled", "cls", "mean"] = "pooled"
) -> Backbone:
    """Use what a vision model in a folder makes of an image; needs the extra `huggingface`, and no network.

    Images are prepared by the model's own processor. Of CLIP and its like the image half is used.

    Parameters
    ----------
    folder
        Where config.json, preprocessor_config.json and model.safetensors of the model are, on this machine.
    pooling
        Which vector: the model's pooled output, or its first token where none was trained; the first token; the mean of
        all tokens.
    """
    model, processor = from_folder(folder, "AutoImageProcessor", "preprocessor_config.json", "huggingface_text")

    def encode(images: np.ndarray) -> np.ndarray:
        """Images (m, height, width, 1 or 3) as what the model takes, (m, height, width, 3) float32."""
        colour = np.array(np.broadcast_to(images, (*images.shape[:3], 3)))
        made = processor(images=list(colour), input_data_format="channels_last", return_tensors="np")
        return np.moveaxis(made["pixel_values"], 1, -1).astype(np.float32)

    return Backbone(_embedder(model, pooling), batch=64, encode=encode)


def _embedder(model: Any, pooling: str) -> nn.Module:
    """The network from images (m, 3, height, width) to vectors (m, d)."""
    from torch import nn

    class Embedder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            if pooling == "pooled" and hasattr(self.model, "get_image_features"):
                made = self.model.get_image_features(pixel_values=pixels)
                return getattr(made, "pooler_output", made)
            part = getattr(self.model, "vision_model", self.model)
            made = part(pixel_values=pixels)
            pooled = getattr(made, "pooler_output", None)
            if pooling == "pooled" and pooled is not None and not self.model.untrained:
                return pooled.flatten(1)
            tokens = made.last_hidden_state  # (m, tokens, d), or (m, d, height, width)
            tokens = tokens.flatten(2).mT if tokens.ndim == 4 else tokens
            return tokens.mean(dim=1) if pooling == "mean" else tokens[:, 0]

    return Embedder()
