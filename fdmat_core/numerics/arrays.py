"""Arrays of numpy and of torch under one set of functions: the Python array API standard, and what it leaves out."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

#: An array of numpy, or a tensor of torch on any device.
Array: TypeAlias = Any


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


def to_numpy(x: Array) -> np.ndarray:
    """The array in the memory of the host; numpy's as it is."""
    return x if isinstance(x, np.ndarray) else x.cpu().numpy()


def out_of_memory(error: BaseException) -> bool:
    """Whether the memory of the host or of a device did not suffice."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
