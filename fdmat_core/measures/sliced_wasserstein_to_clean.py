"""Sliced Wasserstein distance to the clean part of damaged data, class by class."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.measures import Measure, clean_part, to_part
from fdmat_core.measures.sliced_wasserstein import along
from fdmat_core.numerics import transport
from fdmat_core.registry import Range, measure
from fdmat_core.types import Dataset, FeatureTable


@measure(
    "sliced_wasserstein_to_clean",
    title="Sliced Wasserstein distance to the clean part",
    unit="feature units, per direction",
    better="lower",
    source="Bonneel, Rabin, Peyré, Pfister, Journal of Mathematical Imaging and Vision, 2015; the target is ours",
)
def sliced_wasserstein_to_clean(
    table: FeatureTable,
    *,
    dataset: Dataset | None = None,
    projections: Annotated[int, Range(1, 5_000)] = 200,
    seed: int = 0,
) -> Measure:
    """Compare the kept items of each class with those of its items that are not damaged, along many directions.

    As the sliced Wasserstein distance, but the target is the clean part: items whose label was flipped or whose
    content was replaced are no part of it. So a coreset that leaves damage out is not punished for that, and damage
    that is kept counts against it, under the class that it was given. It is not 0 for all items.

    Parameters
    ----------
    projections
        The number of directions, drawn as orthonormal bases one after another.
    """
    prepare = along(transport.directions(table.embedding.shape[1], projections, seed))
    return to_part(table, clean_part(table, dataset, "sliced_wasserstein_to_clean"), prepare, power=2, seed=seed)
