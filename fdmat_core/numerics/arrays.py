"""Arrays of numpy and of torch under one set of functions: the Python array API standard, and what it leaves out."""

from __future__ import annotations

import mmap
import os
import tempfile
from typing import Any, TypeAlias

import numpy as np

#: An array of numpy, or a tensor of torch on any device.
Array: TypeAlias = Any

#: Room of more bytes is in a file.
IN_MEMORY = 2**28


def namespace(*arrays: Array) -> Any:
    """The module whose functions take these arrays."""
    from array_api_compat import array_namespace

    return array_namespace(*arrays)


def wide(x: Array) -> Any:
    """The widest floating type that the device of an array computes in: float64, but for Apple's."""
    xp = namespace(x)
    return xp.float32 if getattr(x.device, "type", "") == "mps" else xp.float64


def at_least(x: Array, least: float) -> Array:
    """Raise what lies below to `least`, in place."""
    return np.maximum(x, least, out=x) if isinstance(x, np.ndarray) else x.clamp_(min=least)


def like(x: Array, values: np.ndarray, dtype: Any = None) -> Array:
    """Values of numpy as an array where x lies."""
    return namespace(x).asarray(values, dtype=dtype, device=x.device)


def room(x: Array, shape: tuple[int, ...]) -> Array:
    """Room for float32 of a shape where x lies, filled with anything.

    On the host much of it is in a file without a name, so that the system can take its memory back whenever it is short
    of it; in memory where no file has so much room.
    """
    xp = namespace(x)
    if isinstance(x, np.ndarray) and 4 * np.prod(shape) > IN_MEMORY:
        try:
            return np.frombuffer(_nameless(4 * int(np.prod(shape))), dtype=np.float32).reshape(shape)
        except (OSError, AttributeError):  # a full disk; a system that cannot set a part of it aside
            pass
    return xp.empty(shape, dtype=xp.float32, device=x.device)


def _nameless(size: int) -> mmap.mmap:
    with tempfile.TemporaryFile() as file:
        os.posix_fallocate(file.fileno(), 0, size)  # a disk that is full is known now, and not when it is written
        return mmap.mmap(file.fileno(), size)


def evenly(n: int, most: int) -> np.ndarray:
    """At most so many of n places, ascending, spread evenly from the first to the last."""
    return np.linspace(0, n - 1, min(n, most)).astype(np.int64)


def take(x: Array, rows: np.ndarray) -> Array:
    """Some rows (m,), ascending, of x (n, d) in float32: x itself if they are all of them."""
    if len(rows) == len(x):
        return x
    if not isinstance(x, np.ndarray):
        return x[like(x, rows), :]
    return np.take(x, rows, axis=0, out=room(x, (len(rows), x.shape[1])), mode="clip")  # rows are known to be there


def to_numpy(x: Array) -> np.ndarray:
    """The array in the memory of the host; numpy's as it is."""
    return x if isinstance(x, np.ndarray) else x.cpu().numpy()


def out_of_memory(error: BaseException) -> bool:
    """Whether the memory of the host or of a device did not suffice."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
