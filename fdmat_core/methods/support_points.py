"""Support points: free points with the least energy distance to the data, moved to the nearest distinct rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import distances
from fdmat_core.numerics.arrays import at_least, like, namespace, to_numpy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: Rows that one round looks at.
SAMPLE = 2048


@method(
    "support_points",
    title="Support points",
    family="distribution",
    needs=("embedding",),
    keeps="rows nearest to the points that represent the data best",
    paper="Mak & Joseph, Support points, Annals of Statistics 46, 2018",
    colour="#B23AB2",
    nested=False,
)
def support_points(
    table: FeatureTable,
    *,
    budget: int,
    rng: np.random.Generator,
    rounds: Annotated[int, Range(1, 500)] = 50,
) -> Ranking:
    """Move free points until their energy distance to the data is least, then take the rows closest to them.

    For k points `x_j` the distance is, up to a constant, `2/(nk) sum_ij |x_j - z_i| - 1/k^2 sum_jl |x_j - x_l|`: close
    to the data, and apart from each other. Every round applies the fixed-point step of the paper to all points,

        x_j <- ( n/k sum_l (x_j - x_l) / |x_j - x_l|  +  sum_i z_i / |x_j - z_i| )  /  sum_i 1 / |x_j - z_i|

    on at most 2,048 rows drawn afresh. At the end the points are assigned to distinct rows with the least total
    distance.

    **Limits.** Every budget is solved anew, so smaller coresets are not prefixes; starts and rounds are drawn by the
    seed. In many dimensions the free points lie where there are no rows, and moving them to rows gives part of the
    gain back: compare `energy_greedy`, which only ever looks at rows.

    Parameters
    ----------
    rounds
        How often all points are moved; the paper's software uses 50 to 200.
    """
    if budget == table.n:
        return Ranking(np.arange(table.n))
    z = table.embedding - table.embedding.mean(axis=0, dtype=np.float64)
    scale, rows = distances.median_distance(z), device.put(z)
    points = z[rng.choice(table.n, budget, replace=False)]
    points = points + 0.1 * scale / np.sqrt(z.shape[1]) * rng.standard_normal(points.shape)  # off the rows
    points = device.put(points)
    for _ in range(rounds if budget else 0):
        sample = rows[like(rows, rng.choice(table.n, min(table.n, SAMPLE), replace=False)), :]
        points = step(points, sample, 1e-6 * scale)
    return Ranking.by_picks(distances.snap(to_numpy(points), z), table.n)


def step(points: Array, z: Array, floor: float) -> Array:
    """Move points (k, d) once towards the least energy distance to rows z (n, d); distances count at least `floor`."""
    pull = _inverse_distances(points, z, floor)  # (k, n)
    push = _inverse_distances(points, points, floor)  # (k, k)
    sum_ = namespace(points).sum
    apart = points * sum_(push, axis=1, keepdims=True) - push @ points
    return (len(z) / len(points) * apart + pull @ z) / sum_(pull, axis=1, keepdims=True)


def _inverse_distances(a: Array, b: Array, floor: float) -> Array:
    return 1 / namespace(a).sqrt(at_least(distances.squared_distances(a, b), floor**2))
