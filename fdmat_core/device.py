"""The one place that knows about accelerators."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

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


def describe() -> str:
    """The device in words, for a page or a log."""
    import torch

    device = best()
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
