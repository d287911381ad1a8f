"""Which items are nearest to which: searched once for the same features of a run, and kept beside them.

A ranking with other settings, a detector or a measure that looks at the same rows again finds them here. Only rows are
kept, as distances are read again in no time, and only where a search takes seconds (`neighbours.SMALL_ROWS`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core.numerics import neighbours
from fdmat_core.numerics.arrays import namespace, to_numpy
from fdmat_core.numerics.distances import blocks
from fdmat_core.numerics.neighbours import Found
from fdmat_core.store import entries, provenance
from fdmat_core.types import fingerprint

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: What they are stored as.
KIND = "neighbours"


@contextmanager
def kept(features: str) -> Generator[None]:
    """Keep what is searched inside beside the features with this key, and take from there what was searched before."""
    with neighbours.kept_by(partial(_keep, features)):
        yield


def owned(features: str) -> set[tuple[str, str]]:
    """What is kept beside the features with this key, as (kind, key)."""
    return {(KIND, key) for key in entries.keys(KIND) if key.startswith(f"{features}.")}


def _keep(features: str, x: Array, k: int, search: Callable[[], Found]) -> Found:
    def make() -> entries.Item:
        found = search()
        return entries.Item({"rows": found.rows.astype(np.int32)}, {"recall": found.recall})

    item = entries.get(KIND, f"{features}.{_name(x, k)}", make)
    return Found(item.arrays["rows"], item.facts["recall"])


def _name(x: Array, k: int) -> str:
    """Name a search for the k nearest of rows x (n, d) by all that decides what it finds."""
    content = hashlib.sha256()
    for rows in blocks(len(x), x.shape[1]):
        content.update(np.ascontiguousarray(to_numpy(x[rows, :])).data)
    kind = [str(x.dtype), list(x.shape), namespace(x).__name__]
    return fingerprint([content.hexdigest(), *kind, k, provenance.code(neighbours.nearest_rows)])
