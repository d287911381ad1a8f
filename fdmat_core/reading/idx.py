"""IDX, the format of MNIST's files: arrays of bytes with a short header, packed with gzip or not."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np

#: Arrays of more bytes than this are not read.
MOST_BYTES = 2**33


def read(file: Path) -> np.ndarray:
    """The array of bytes in an IDX file; its header is believed only as far as the file holds what it says."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            zero, kind, axes = stream.read(2), stream.read(1), stream.read(1)
            if zero != b"\0\0" or kind != b"\x08" or not axes:
                raise ValueError("its header is not that of an IDX file of bytes")
            shape = tuple(np.frombuffer(stream.read(4 * axes[0]), ">u4", axes[0]).tolist())
            count = math.prod(shape)
            if count > MOST_BYTES:
                raise ValueError(f"it says that it holds {count:,} bytes")
            content = stream.read(count)
            if len(content) < count or stream.read(1):
                raise ValueError("it holds fewer or more bytes than its header says")
        return np.frombuffer(content, np.uint8).reshape(shape)
    except (OSError, EOFError, ValueError) as error:
        raise ValueError(f"{file} is damaged ({error}); delete it and get it again") from error
