"""Features by shards: whoever embeds some items leaves a file, which the process of the run takes up.

Files lie with what is half done of the features, so that a run that was killed goes on from them.
"""

from __future__ import annotations

import os
import uuid
from collections import deque
from collections.abc import Callable, Generator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fdmat_core.runs import engines
from fdmat_core.runs.engines import Engine
from fdmat_core.store import entries, files


class Shard(NamedTuple):
    """Some items of the features that are being made: of a split, by their rows in ascending id order."""

    key: str  # of the features
    split: str
    start: int
    stop: int

    @property
    def file(self) -> Path:
        """Where the embedding of these items is left."""
        return entries.half_done("features", self.key) / f"{self.split}-{self.start}-{self.stop}.npy"


def leave(shard: Shard, embedding: np.ndarray) -> None:
    """Write the file of a shard, whole or not at all."""
    partly = shard.file.with_name(f".{uuid.uuid4().hex}.npy")  # a worker of a run that was killed may be at the same
    with files.explained(f"write {shard.file.name}"):
        np.save(partly, embedding, allow_pickle=False)
        os.replace(partly, shard.file)


def gather(
    engine: Engine, embed: Callable[[Shard], None], key: str, split: str, rows: list[slice]
) -> Generator[np.ndarray]:
    """The embedding (m, d) of slices of a split, in order, as the workers of an engine leave them."""
    shards = [Shard(key, split, some.start, some.stop) for some in rows]
    left, waiting = set[Shard](), deque(shards)
    for shard, future in engines.each(engine, embed, shards):
        future.result()
        left.add(shard)
        while waiting and waiting[0] in left:
            file = waiting.popleft().file
            yield np.load(file, allow_pickle=False)
            file.unlink()
