"""Columns and facts that the map and the grid share: who is kept at which size, and what is known about noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fdmat_core.analysis import issues
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.types import Truth

#: What each bit of a row's flag says; the browser learns it from the header.
FLAGS = {"suspected": 1, "mislabelled": 2, "outlier": 4}
#: A ranking that is not nested travels for at most this many kept counts, one bit each.
MOST_COUNTS = 32


def orders(rankings: Rankings) -> dict[str, np.ndarray]:
    """What the browser cuts: `order` (n,), rows best first; or without one nested order `kept_bits` (n,) by row."""
    if rankings.nested:
        return {"order": np.asarray(rankings.nested.order, "<u4")}
    return {"kept_bits": kept_bits(rankings.orders)}


def kept_bits(rankings: Mapping[int, Ranking]) -> np.ndarray:
    """For each row (n,), bit j says whether it is kept at the j-th smallest count."""
    if not 0 < len(rankings) <= MOST_COUNTS:
        raise ValueError(f"rankings holds {len(rankings)} kept counts; give 1 to {MOST_COUNTS}")
    counts = sorted(rankings)
    bits = np.zeros(len(rankings[counts[0]].order), dtype="<u4")
    for place, k in enumerate(counts):
        bits[rankings[k].order[:k]] |= np.uint32(1 << place)
    return bits


def facts(rankings: Rankings, measured: Sequence[float]) -> dict[str, Any]:
    """What the slider runs over, and how flags are read.

    The slider's ticks, `sizes`, are the shares kept that were measured; without one nested order it stops only at
    those that have a ranking. `least` is the share kept at its right end.
    """
    return {"sizes": rankings.stops(measured), "least": rankings.least(measured), "flags": FLAGS}


def flags(n: int, truth: Truth | None = None, evidence: Ranking | None = None) -> np.ndarray:
    """A byte (n,) per row, bits as in `FLAGS`: what was injected or, if nothing was, what the evidence suspects."""
    bits = np.zeros(n, dtype=np.uint8)
    bad = issues.bad(truth, evidence)
    if truth is not None:
        bits[truth.mislabelled] |= FLAGS["mislabelled"]
        bits[truth.outlier] |= FLAGS["outlier"]
    if bad is not None and bad.word == "suspected":
        bits[bad.rows] |= FLAGS["suspected"]
    return bits
