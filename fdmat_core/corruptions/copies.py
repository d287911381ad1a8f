"""A flood of near copies."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.corruptions import Rate, Seed, contents, draws, exchanged, lowest, train_rows
from fdmat_core.registry import Range, corruption
from fdmat_core.types import Dataset

#: How far a copy moves, in pixels to each side, and the spread of its noise, as a share of that of its source.
STEP, NOISE = 1, 0.05


@corruption("copies", title="Flood of near copies", called="{rate} of items are near copies of {sources} in each class")
def copies(
    dataset: Dataset, *, rate: Rate = 0.5, sources: Annotated[int, Range(1, 1000)] = 5, seed: Seed = 0
) -> Dataset:
    """Replace items by copies of a few of their class, each moved by a pixel at most and with a little noise.

    Labels stay, and are right. The truth marks the copies, not what they are copies of.

    Parameters
    ----------
    rate
        Share of train items that are replaced; in every class what is copied stays.
    sources
        How many items of each class are copied.
    seed
        Which items, and of which.
    """
    get, rows = contents(dataset, "copies"), train_rows(dataset)
    first = draws(rows, seed)
    source = _sources(dataset, rows, first, sources)
    turn = np.argsort(first, kind="stable")
    turn = turn[source[turn] != dataset.ids[rows[turn]]]
    gone = rows[turn[: len(lowest(first, rate))]]
    model = dict(zip(dataset.ids[rows].tolist(), source.tolist(), strict=True))

    def make(_: np.ndarray, ids: np.ndarray) -> np.ndarray:
        found = get(np.array([model[int(item)] for item in ids], dtype=np.int64))
        return np.stack([_varied(one, seed, int(item)) for one, item in zip(found, ids, strict=True)])

    return exchanged(dataset, gone, make)


def _sources(dataset: Dataset, rows: np.ndarray, first: np.ndarray, count: int) -> np.ndarray:
    """The id (m,) of what each row may become a copy of: one of those drawn last in its class, which stay."""
    source, labels = dataset.ids[rows].copy(), dataset.labels[rows]
    turn = np.argsort(first, kind="stable")
    for label in np.unique(labels):
        mine = turn[labels[turn] == label]
        last = mine[-count:]
        source[mine[:-count]] = source[last[np.arange(len(mine) - len(last)) % len(last)]]
    return source


def _varied(item: np.ndarray, seed: int, name: int) -> np.ndarray:
    """A copy of an image (height, width, channels) or of features (d,), by a generator of its own."""
    rng = np.random.default_rng([seed, 5, name])
    if item.ndim == 3:
        down, right = rng.integers(-STEP, STEP + 1, 2)
        item = np.roll(item, (down, right), (0, 1))
    noisy = item + rng.normal(0, NOISE * max(1e-6, float(item.std())), item.shape)
    return noisy.clip(0, 255).round().astype(np.uint8) if item.dtype == np.uint8 else noisy.astype(item.dtype)
