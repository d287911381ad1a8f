"""Sinkhorn divergence, class by class."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import numpy as np

from fdmat_core.measures import Gauge, Measure, Rows, by_class, row_means
from fdmat_core.numerics import distances, transport
from fdmat_core.numerics.arrays import to_numpy
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable


@measure(
    "sinkhorn",
    title="Sinkhorn divergence",
    unit="squared feature units",
    better="lower",
    source="Feydy, Séjourné, Vialard, Amari, Trouvé, Peyré, AISTATS 2019",
)
def sinkhorn(
    table: FeatureTable,
    *,
    epsilon: Annotated[float, Range(0.001, 10), "strength of the entropy"] = 0.05,
    sample: Annotated[int, Range(10, 10_000)] = 500,
    rounds: Annotated[int, Range(1, 10_000)] = 100,
    seed: int = 0,
) -> Measure:
    """Compare the kept items of each class with all its items by debiased entropic transport of squared distances.

    `OT(S,Z) - OT(S,S) / 2 - OT(Z,Z) / 2`, averaged over items: between the squared Wasserstein-2 distance (epsilon to
    0) and the squared gap of the means (epsilon to infinity). Computed in the log domain; if the rounds do not suffice
    the value is that of the last round and a warning says so. A class without a pick counts as its worst single pick.

    Parameters
    ----------
    epsilon
        Strength of the entropy, as a share of the class's median squared distance.
    sample
        Above this many items of a class, that many drawn items stand for it and as many for its picks.
    rounds
        The most rounds of updates for one class.
    """

    def prepare(x: Rows, standing: np.ndarray) -> Gauge:
        z, between = x.at(standing), distances.squared_distances
        equal = np.full(len(standing), 1 / len(standing))
        strength = epsilon * distances.typical(to_numpy(between(z, z)))
        solve = partial(transport.entropic, epsilon=strength, rounds=rounds)
        itself = solve(between(z, z), equal, equal)

        def cost(places: np.ndarray, mass: np.ndarray) -> float:
            s = x.at(places)
            return solve(between(s, z), mass, equal) - (solve(between(s, s), mass, mass) + itself) / 2

        return Gauge(cost, float(row_means(x.whole(), z, lambda squares: squares).max()) - itself / 2)

    return by_class(table, prepare, sample=sample, seed=seed)
