"""Reads a payload as the browser does: for tests of what is sent."""

import json

import numpy as np

from fdmat_core.web import payload


def unpack(sent):
    """The facts and the columns of a payload."""
    magic, version, length = payload.PREFIX.unpack_from(sent)
    assert (magic, version) == (b"FDMP", 1)
    start = payload.PREFIX.size + length
    header = json.loads(sent[payload.PREFIX.size : start])
    columns = {}
    for name, dtype, size, offset in header["columns"]:
        assert (start + offset) % 8 == 0  # a typed view of the browser refuses other offsets
        columns[name] = np.frombuffer(sent, "<" + dtype, size, start + offset)
    return header["facts"], columns
