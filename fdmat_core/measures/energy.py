"""Energy distance, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fdmat_core.measures import Measure, by_class, kernel_discrepancy
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array


@measure(
    "energy",
    title="Energy distance",
    unit="feature units",
    better="lower",
    source="Székely and Rizzo, Journal of Statistical Planning and Inference, 2013",
)
def energy(table: FeatureTable, *, sample: Annotated[int, Range(10, 50_000)] = 20_000, seed: int = 0) -> Measure:
    """Compare the kept items of each class with all its items by the energy distance, averaged over items.

    `2 E|s - z| - E|s - s'| - E|z - z'|` over all pairs, a row with itself included (V form): never below 0, and 0 only
    for the whole class. It is half-way between a mean gap and a Wasserstein distance, needs no bandwidth and no
    solver. A class without a pick counts as its worst single pick.

    Parameters
    ----------
    sample
        Above this many items of a class, that many drawn items stand for it and as many for its picks.
    """
    return by_class(table, kernel_discrepancy(minus_distance), sample=sample, seed=seed)


def minus_distance(squares: Array) -> Array:
    """The kernel of the energy distance: minus the distances of which these are the squares, in their place."""
    squares **= 0.5
    squares *= -1
    return squares
