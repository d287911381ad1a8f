"""An array on disk that is filled block by block, and survives that its process is killed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from fdmat_core.store.files import explained, read_json, write_json

#: Seconds between notes of how far it has come: so much is made again after a kill.
SECONDS = 3.0
#: Gives the blocks (m, ...) of an array from a row on, in order; each begins where an earlier one ended.
Blocks = Callable[[int], Generator[np.ndarray]]


def grow(file: Path | None, n: int, blocks: Blocks) -> np.ndarray:
    """The array (n, ...) of all blocks, one after another; those of an earlier, interrupted call are not made again.

    Parameters
    ----------
    file
        The `.npy` file that grows; beside it a note of the same name says how many rows are there. Without a file the
        array is made in memory.
    n
        Rows of the whole array.
    blocks
        Called once with the row to go on from, which is where a block ended.
    """
    if file is None or n == 0:
        return np.concatenate(list(blocks(0)))
    done = _rows(file, n)
    if done < n:
        _append(file, n, done, blocks)
    return np.load(file, mmap_mode="r", allow_pickle=False)


def _append(file: Path, n: int, done: int, blocks: Blocks) -> None:
    """Write what is missing after so many rows."""
    with closing(blocks(done)) as coming, _opened(file, done) as stream:
        noted, end = time.monotonic(), stream.tell()
        try:
            for block in coming:
                with explained(f"write {file.name}"):
                    if not done:
                        _head(stream, n, block)
                    stream.write(np.ascontiguousarray(block).data)
                done, end = done + len(block), stream.tell()
                if time.monotonic() - noted > SECONDS and done < n:
                    _note(file, stream, {"n": n, "rows": done, "bytes": end})
                    noted = time.monotonic()
        finally:  # also when it is interrupted
            if done:
                _note(file, stream, {"n": n, "rows": done, "bytes": end})


def _opened(file: Path, done: int) -> BinaryIO:
    """The file, cut off after so many rows and open for more."""
    with explained(f"write {file.name}"):
        file.parent.mkdir(parents=True, exist_ok=True)
        if not done:
            return file.open("wb")
        stream = cast("BinaryIO", file.open("r+b"))
        stream.truncate(_noted(file)["bytes"])
        stream.seek(0, os.SEEK_END)
        return stream


def _head(stream: BinaryIO, n: int, block: np.ndarray) -> None:
    """The first bytes of a `.npy` file of n rows like those of a block."""
    shape, kind = (n, *block.shape[1:]), np.lib.format.dtype_to_descr(block.dtype)
    np.lib.format.write_array_header_1_0(stream, {"descr": kind, "fortran_order": False, "shape": shape})


def _note(file: Path, stream: BinaryIO, come: dict[str, int]) -> None:
    """Write down how much is safely on disk."""
    with explained(f"write {file.name}"):
        stream.flush()
        os.fsync(stream.fileno())
    write_json(_beside(file), come)


def _rows(file: Path, n: int) -> int:
    """How many rows of n are on disk; none if there is no note, or one of something else."""
    noted = _noted(file)
    whole = file.is_file() and noted.get("n") == n and file.stat().st_size >= noted["bytes"]
    return noted["rows"] if whole else 0


def _noted(file: Path) -> dict[str, Any]:
    return read_json(_beside(file)) or {}


def _beside(file: Path) -> Path:
    return file.with_suffix(".json")
