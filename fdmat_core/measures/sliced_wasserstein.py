"""Sliced Wasserstein distance, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core.measures import Gauge, Measure, Prepare, Rows, by_class
from fdmat_core.numerics import distances, transport
from fdmat_core.numerics.arrays import like, namespace
from fdmat_core.numerics.distances import CACHED
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array


@measure(
    "sliced_wasserstein",
    title="Sliced Wasserstein distance",
    unit="feature units, per direction",
    better="lower",
    source="Bonneel, Rabin, Peyré, Pfister, Journal of Mathematical Imaging and Vision, 2015",
)
def sliced_wasserstein(
    table: FeatureTable, *, projections: Annotated[int, Range(1, 5_000)] = 200, seed: int = 0
) -> Measure:
    """Compare the kept items of each class with all its items along many directions, by exact transport on each.

    The root of the mean squared 1-D Wasserstein-2 distance over directions and, by size, over classes. All items are
    used. The directions are the same for every method. The scale is that of W2 divided by the root of the number of
    features. A class without a pick counts as its worst single pick.

    Parameters
    ----------
    projections
        The number of directions, drawn as orthonormal bases one after another.
    """
    prepare = along(transport.directions(table.embedding.shape[1], projections, seed))
    return by_class(table, prepare, power=2, seed=seed)


def along(directions: np.ndarray) -> Prepare:
    """The gauge of a class by squared distances along some directions (d, p), from the places that stand for it."""

    def prepare(x: Rows, standing: np.ndarray) -> Gauge:
        slices, worst = _prepared(x.whole(), standing, directions)

        def cost(places: np.ndarray, mass: np.ndarray) -> float:
            picks = x.at(places)
            seen = like(picks, directions, picks.dtype)
            parts = list(distances.blocks(directions.shape[1], 8 * len(picks)))
            squares = [slices.along(part).squared_distance(picks @ seen[:, part], mass) for part in parts]
            return float(np.average(squares, weights=[part.stop - part.start for part in parts]))

        return Gauge(cost, worst)

    return prepare


def _prepared(rows: Array, standing: np.ndarray, directions: np.ndarray) -> tuple[transport.Slices, float]:
    """Some of the rows (n_c, d) along directions (d, p), and the largest cost of any single row; by blocks of these."""
    xp, seen, z = namespace(rows), like(rows, directions, rows.dtype), rows[like(rows, standing), :]
    found: dict[int, tuple[transport.Slices, Array]] = {}

    def fill(some: slice) -> None:
        slices = transport.Slices.of(z @ seen[:, some])
        found[some.start] = slices, slices.apart(rows @ seen[:, some])

    distances.by_blocks(fill, directions.shape[1], CACHED * len(rows), cores=distances.cores(rows))
    slices, apart = zip(*(found[start] for start in sorted(found)), strict=True)
    whole = transport.Slices(*(xp.concat([getattr(one, name) for one in slices]) for name in ("first", "second")))
    return whole, float(xp.max(sum(apart))) / directions.shape[1]
