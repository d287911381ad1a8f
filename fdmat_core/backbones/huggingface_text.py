"""Hugging Face text: a text encoder from a folder on this machine, for datasets with a field `text`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from fdmat_core.backbones import Backbone, from_folder
from fdmat_core.registry import Range, backbone

if TYPE_CHECKING:
    import torch
    from torch import nn


@backbone(
    "huggingface_text",
    title="Text encoder of Hugging Face (folder)",
    source="the model in the folder, whose card names its paper and licence",
    reads="text",
    files=("folder",),
)
def huggingface_text(
    shape: tuple[int, ...], *, folder: str = "", length: Annotated[int, Range(4, 8192)] = 256
) -> Backbone:
    """Use the mean of what a language model in a folder makes of the words of a text; needs the extra `huggingface`.

    The dataset's field `text` is read. Nothing is asked of a network.

    Parameters
    ----------
    folder
        Where config.json, model.safetensors and the tokenizer's files of the model are, on this machine.
    length
        Tokens that are read of each text, at most; what follows them is cut off.
    """
    model, tokenizer = from_folder(folder, "AutoTokenizer", "tokenizer_config.json", "huggingface_vision")
    if model.config.is_encoder_decoder:
        model = model.get_encoder()
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    most = min(length, getattr(model.config, "max_position_embeddings", length), tokenizer.model_max_length)

    alone = threading.Lock()  # a tokenizer keeps its settings, and refuses several threads

    def encode(texts: np.ndarray) -> np.ndarray:
        """Texts (m,) as tokens and what of them counts, (m, 2, tokens)."""
        if not len(texts):
            return np.zeros((0, 2, 1), dtype=np.int64)
        words = [str(text) for text in texts]
        with alone:
            made = tokenizer(words, padding=True, truncation=True, max_length=most, return_tensors="np")
        return np.stack([made["input_ids"], made["attention_mask"]], axis=1).astype(np.int64)

    return Backbone(_embedder(model), batch=64, encode=encode)


def _embedder(model: Any) -> nn.Module:
    """The network from tokens with what counts of them, (m, 2, tokens), to vectors (m, d)."""
    from torch import nn

    class Embedder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, batch: torch.Tensor) -> torch.Tensor:
            tokens, counts = batch[:, 0], batch[:, 1]
            part = getattr(self.model, "text_model", self.model)
            made = part(input_ids=tokens, attention_mask=counts).last_hidden_state  # (m, tokens, d)
            weight = counts[:, :, None].to(made.dtype)
            return (made * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1)

    return Embedder()
