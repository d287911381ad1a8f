"""Energy distance to the clean part of damaged data, class by class."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.measures import Measure, clean_part, kernel_discrepancy, to_part
from fdmat_core.measures.energy import minus_distance
from fdmat_core.registry import Range, measure
from fdmat_core.types import Dataset, FeatureTable


@measure(
    "energy_to_clean",
    title="Energy distance to the clean part",
    unit="feature units",
    better="lower",
    source="Székely and Rizzo, Journal of Statistical Planning and Inference, 2013; the target is ours",
)
def energy_to_clean(
    table: FeatureTable,
    *,
    dataset: Dataset | None = None,
    sample: Annotated[int, Range(10, 50_000)] = 20_000,
    seed: int = 0,
) -> Measure:
    """Compare the kept items of each class with those of its items that are not damaged, by the energy distance.

    As the energy distance, but the target is the clean part: items whose label was flipped or whose content was
    replaced are no part of it. So a coreset that leaves damage out is not punished for that, and damage that is kept
    counts against it, under the class that it was given. It is not 0 for all items.

    Parameters
    ----------
    sample
        Above this many items of a class, that many drawn items stand for it and as many for its picks.
    """
    part = clean_part(table, dataset, "energy_to_clean")
    return to_part(table, part, kernel_discrepancy(minus_distance), sample=sample, seed=seed)
