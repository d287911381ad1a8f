"""The one place that knows about accelerators."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


def best() -> torch.device:
    """The device that work runs on: `FDMAT_DEVICE` if set, else an accelerator if there is one, else the CPU."""
    import torch

    if chosen := os.environ.get("FDMAT_DEVICE"):
        return torch.device(chosen)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def mixed() -> AbstractContextManager[Any]:
    """Compute inside in half precision where that loses nothing that features need, on an accelerator; a CPU in full.

    Numbers of 16 bits with the range of those of 32 are taken where the accelerator knows them.
    """
    import torch

    kind = best().type
    if kind == "cpu":
        return nullcontext()
    narrow = kind == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.autocast(kind, torch.float16 if narrow or kind == "mps" else torch.bfloat16)


def describe() -> str:
    """The device in words, for a page or a log."""
    import torch

    device = best()
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
