"""One format for all that the browser draws: a header that names its columns, then the columns. Read by `payload.js`.

Bytes, little-endian: `FDMP`, version (u4), length of the header (u4), the header as JSON padded with spaces to a
multiple of 8 bytes, then each column at a multiple of 8. The header is
`{"columns": [[name, dtype, length, offset], ...], "facts": {...}}`; offsets count from the end of the header.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

PREFIX = struct.Struct("<4sII")
MAGIC, VERSION = b"FDMP", 1
#: Every column begins at a multiple of this, so that the browser can read it in place.
ALIGNMENT = 8
#: What a browser has typed arrays for.
DTYPES = ("u1", "u2", "u4", "i4", "i8", "f4", "f8")


def pack(columns: Mapping[str, np.ndarray], facts: Mapping[str, Any]) -> bytes:
    """The bytes of some columns and facts.

    Parameters
    ----------
    columns
        Arrays by name, of any shape; they are flattened row by row. Truth values become bytes.
    facts
        Whatever JSON can hold.

    Raises
    ------
    ValueError
        A column of a type that the browser has no array for, or a fact that is no number.
    """
    blocks = {name: _block(name, column) for name, column in columns.items()}
    described, offset = [], 0
    for name, block in blocks.items():
        described.append([name, block.dtype.str[1:], block.size, offset])
        offset += block.nbytes + -block.nbytes % ALIGNMENT
    header = json.dumps({"columns": described, "facts": facts}, allow_nan=False).encode()
    header += b" " * (-(PREFIX.size + len(header)) % ALIGNMENT)
    padded = (block.tobytes() + b"\0" * (-block.nbytes % ALIGNMENT) for block in blocks.values())
    return b"".join([PREFIX.pack(MAGIC, VERSION, len(header)), header, *padded])


def smallest(values: np.ndarray, count: int) -> np.ndarray:
    """Positions (n,) below `count` in the narrowest unsigned type that holds them."""
    return np.asarray(values, np.min_scalar_type(max(0, count - 1)).newbyteorder("<"))


def _block(name: str, column: np.ndarray) -> np.ndarray:
    array = np.asarray(column)
    array = np.ascontiguousarray(array, "u1" if array.dtype == bool else array.dtype.newbyteorder("<")).ravel()
    if array.dtype.str[1:] not in DTYPES:
        raise ValueError(f"column {name!r} has dtype {array.dtype}; give one of {', '.join(DTYPES)}")
    return array


def rows_in(text: str | None, n: int) -> np.ndarray:
    """The rows, ascending, that a text of the browser names: base64 of one bit per row; none for no text."""
    try:
        packed = np.frombuffer(base64.b64decode(text or "", validate=True), dtype=np.uint8)
    except ValueError:
        raise ValueError(f"lasso is {str(text)[:20]!r}; give the base64 text that the map sends") from None
    return np.flatnonzero(np.unpackbits(packed, bitorder="little")[:n])


def bits_of(rows: np.ndarray, n: int) -> str:
    """Rows as the browser names them: base64 of one bit per row; what `rows_in` reads."""
    mask = np.zeros(n, dtype=bool)
    mask[rows] = True
    return base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode()
