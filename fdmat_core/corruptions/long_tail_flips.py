"""A long tail, then labels flipped."""

from __future__ import annotations

from fdmat_core.corruptions import Factor, Rate, Seed
from fdmat_core.corruptions.long_tail import long_tail
from fdmat_core.corruptions.symmetric import symmetric
from fdmat_core.registry import corruption
from fdmat_core.types import Dataset


@corruption(
    "long_tail_flips",
    title="Long tail, then labels flipped",
    called="long tail, 1 to {factor}, then {rate} of labels flipped",
)
def long_tail_flips(dataset: Dataset, *, factor: Factor = 100.0, rate: Rate = 0.2, seed: Seed = 0) -> Dataset:
    """Make a long tail, then flip labels to any other class: most items of a rare class are then mislabelled ones.

    Parameters
    ----------
    factor
        How many times larger the first class is than the last.
    rate
        Share of the remaining train items that get a wrong label.
    seed
        Which items stay, and which are flipped.
    """
    return symmetric(long_tail(dataset, factor=factor, seed=seed), rate=rate, seed=seed)
