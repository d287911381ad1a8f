"""The one place that knows about accelerators."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

#: The processor, in words.
CPU = f"the CPU, {os.cpu_count()} cores"
#: Where Linux shows an accelerator: the drivers of NVIDIA, of AMD, and of Windows below it.
ACCELERATORS = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/kfd", "/dev/dxg")
#: As many numbers are moved to an accelerator at a time.
MOVED = 2**24


def best() -> torch.device:
    """The device that work runs on: `FDMAT_DEVICE` if set, else an accelerator if there is one, else the CPU."""
    import torch

    found = names()
    chosen = os.environ.get("FDMAT_DEVICE") or found[0]
    if chosen.partition(":")[0] not in found:
        raise ValueError(f"FDMAT_DEVICE is {chosen!r}, which is not on this machine; choose {' or '.join(found)}")
    return torch.device(chosen)


@cache
def names() -> tuple[str, ...]:
    """The devices of this machine, the fastest first; the CPU is always among them.

    Where the system shows no accelerator, torch, which takes seconds to load, is not asked.
    """
    if sys.platform == "linux" and not any(map(os.path.exists, ACCELERATORS)):
        return ("cpu",)
    import torch

    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    return tuple(name for name, available in there.items() if available)


def takes_tensors() -> bool:
    """Whether methods and measures compute with tensors, as an accelerator does; a CPU does with numpy's arrays."""
    return names() != ("cpu",) and best().type != "cpu"


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
    if device.type == "cpu":
        return CPU
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
