"""Exact Wasserstein distance, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from fdmat_core.measures import Gauge, Measure, Rows, by_class, row_means
from fdmat_core.numerics import distances, transport
from fdmat_core.numerics.arrays import namespace, to_numpy
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array


@measure(
    "exact_wasserstein",
    title="Wasserstein distance",
    unit="feature units",
    better="lower",
    source="Bonneel, van de Panne, Paris, Heidrich (network simplex), SIGGRAPH Asia 2011; solver of POT",
)
def exact_wasserstein(
    table: FeatureTable,
    *,
    p: Annotated[Literal[1, 2], "order p"] = 2,
    sample: Annotated[int, Range(10, 5_000)] = 1_000,
    seed: int = 0,
) -> Measure:
    """Compare the kept items of each class with all its items by the least cost of moving one onto the other.

    `(sum_c n_c / n W_p(kept of c, all of c)^p)^(1/p)`. A finite subset is never at 0, not even a random one, and the
    floor falls slowly with its size: compare methods at the same number of kept items only. A class without a pick
    counts as its worst single pick.

    Parameters
    ----------
    p
        1 for the mean distance moved, 2 for the root of the mean squared distance moved.
    sample
        Above this many items of a class, that many drawn items stand for it and as many for its picks, which puts the
        value a little higher, for every method alike. A curve then repeats it with other draws, for an error bar.
    """

    def ground(squares: Array) -> Array:
        return squares if p == 2 else namespace(squares).sqrt(squares)

    def prepare(x: Rows, standing: np.ndarray) -> Gauge:
        z = x.at(standing)

        def cost(places: np.ndarray, mass: np.ndarray) -> float:
            costs = ground(distances.squared_distances(x.at(places), z))
            return transport.exact(to_numpy(costs), mass)

        return Gauge(cost, float(row_means(x.whole(), z, ground).max()))

    return by_class(table, prepare, power=p, sample=sample, seed=seed)
