"""The embedding by a network that stays as it is: read by threads, computed in batches, on disk as it comes."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import numpy as np

from fdmat_core import device
from fdmat_core.backbones import Backbone
from fdmat_core.formats import duration
from fdmat_core.learning import training
from fdmat_core.progress import Progress
from fdmat_core.store import growing

#: Threads that read items; decoding an image lets the others go on.
READERS = min(8, os.cpu_count() or 1)
#: A shard, which one process embeds where several do, has so many batches.
SHARD = 16
Part = TypeVar("Part")
Made = TypeVar("Made")


def embed(
    backbone: Backbone,
    ids: np.ndarray,
    read: Callable[[np.ndarray], np.ndarray],
    file: Path | None,
    tell: Callable[[int, int], None],
) -> np.ndarray:
    """The embedding (n, d) of items; what an interrupted call has put into a file is not made again.

    Parameters
    ----------
    ids
        (n,) the items, in the order of their rows.
    read
        Gives some of them as (m, ...), what the network takes; called by several threads.
    file
        A `.npy` file that grows; without one all is made in memory.
    tell
        Called with the items done, and how many of them were computed since the last call.
    """
    network = backbone.network.to(device.best())
    numbers = training.EVALUATED if device.best().type == "cpu" else 2**40  # an accelerator takes the whole batch

    def blocks(start: int) -> Generator[np.ndarray]:
        tell(start, 0)
        parts = (ids[row : row + backbone.batch] for row in range(start, max(1, len(ids)), backbone.batch))
        with closing(ahead(read, parts, READERS)) as batches:
            for number, batch in enumerate(batches):
                with device.mixed():
                    made = training.evaluate(network, training.to_inputs(batch), numbers=numbers).cpu().numpy()
                row = start + number * backbone.batch
                _require_finite(made, ids[row:])
                yield made
                tell(row + len(made), len(made))

    return growing.grow(file, len(ids), blocks)


def gathered(
    n: int,
    batch: int,
    made: Callable[[list[slice]], Generator[np.ndarray]],
    file: Path,
    tell: Callable[[int, int], None],
) -> np.ndarray:
    """The embedding (n, d) of items that other processes embed, the same to the bit as `embed` of the whole gives.

    Parameters
    ----------
    batch
        How many items the network takes at a time: no shard ends inside a batch.
    made
        Gives the embedding of some slices of the items, in order.
    file, tell
        As `embed` has them.
    """

    def blocks(start: int) -> Generator[np.ndarray]:
        tell(start, 0)
        step = SHARD * batch
        shards = [slice(row, min(n, row + step)) for row in range(start, n, step)]
        with closing(made(shards)) as parts:
            for shard, part in zip(shards, parts, strict=True):
                yield part
                tell(shard.stop, len(part))

    return growing.grow(file, n, blocks)


def ahead(read: Callable[[Part], Made], parts: Iterable[Part], readers: int) -> Generator[Made]:
    """What is read of each part, in order, with so many more being read meanwhile."""
    with ThreadPoolExecutor(readers) as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for part in parts:
                waiting.append(pool.submit(read, part))
                if len(waiting) > readers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def paced(tell: Progress, total: int, items: int, unit: str) -> Callable[[int, int], None]:
    """A function of the items done, and of those computed since its last call, that tells rate and time left, too.

    Parameters
    ----------
    total
        Of the progress told.
    items
        To be done in all.
    unit
        What they are called.
    """
    began, computed = time.monotonic(), 0

    def told(done: int, fresh: int) -> None:
        nonlocal began, computed
        computed += fresh
        if not computed:
            began = time.monotonic()  # what was there before says nothing about the rate
        rate = computed / max(time.monotonic() - began, 1e-9)
        pace = f", {rate:,.0f} {unit}/s, {duration((items - done) / rate)} left" if computed else ""
        tell(done, total, f"{done:,} of {items:,}{pace}")

    return told


def _require_finite(embedding: np.ndarray, ids: np.ndarray) -> None:
    bad = ~np.isfinite(embedding).all(axis=1)
    if bad.any():
        raise ValueError(
            f"features of item {ids[int(bad.argmax())]} are not finite (NaN or infinite); remove or repair such items"
        )
