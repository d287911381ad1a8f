"""The one place that knows about accelerators."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

#: As many numbers are moved to an accelerator at a time.
MOVED = 2**24


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


def takes_tensors() -> bool:
    """Whether methods and measures compute with tensors, as an accelerator does; a CPU does with numpy's arrays."""
    return best().type != "cpu"


def put(x: np.ndarray) -> Any:
    """An array (n, ...) where methods and measures compute: as it is, or a tensor on the accelerator.

    It is moved block by block, so that a memory-mapped table is never whole in the memory of the host. What holds more
    digits than the accelerator knows is rounded.
    """
    if not takes_tensors():
        return x
    import torch

    where, kind = best(), torch.from_numpy(np.empty(0, dtype=x.dtype)).dtype
    kind = torch.float32 if where.type == "mps" and kind == torch.float64 else kind
    tensor, step = torch.empty(x.shape, dtype=kind, device=where), max(1, MOVED // max(1, x[:1].size))
    for start in range(0, len(x), step):
        tensor[start : start + step] = torch.from_numpy(np.array(x[start : start + step])).to(where, kind)
    return tensor


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
