"""Random: the bar that every method has to clear."""

from __future__ import annotations

import numpy as np

from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "random",
    title="Random",
    family="baseline",
    needs=(),
    keeps="any rows, all alike",
    paper="the bar: most methods lose to it when under 10% is kept (Guo et al., DeepCore, 2022)",
    colour="#888888",
    runs="table",
)
def random(table: FeatureTable, *, rng: np.random.Generator) -> Ranking:
    """One seeded permutation of all rows; every prefix is a uniform random subset.

    With a balance of "proportional" or "equal" the classes share the places, which makes it stratified sampling.
    """
    return Ranking(rng.permutation(table.n))
