"""Maximum mean discrepancy, class by class."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core.measures import Kernel, Measure, by_class, kernel_discrepancy
from fdmat_core.numerics import distances
from fdmat_core.numerics.arrays import namespace
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: Bandwidths, as shares of the median distance between two rows of the table.
SCALES = (0.5, 1.0, 2.0)


@measure(
    "mmd",
    title="Kernel discrepancy (MMD²)",
    unit="squared kernel mean gap",
    better="lower",
    source="Gretton, Borgwardt, Rasch, Schölkopf, Smola, JMLR 2012",
)
def mmd(table: FeatureTable, *, sample: Annotated[int, Range(10, 50_000)] = 20_000, seed: int = 0) -> Measure:
    """Compare the kept items of each class with all its items by a Gaussian kernel, averaged over items.

    The squared distance between the two kernel means, over all pairs (V form), with the mean of three Gaussian
    kernels `exp(-|x - y|^2 / (2 h^2))`, h being 0.5, 1 and 2 times the median distance between two rows of the table.
    It depends on these bandwidths. A class without a pick counts as its worst single pick.

    Parameters
    ----------
    sample
        Above this many items of a class, that many drawn items stand for it and as many for its picks.
    """
    by_id = np.argsort(table.ids, kind="stable")
    median = distances.median_distance(table.embedding[by_id])
    return by_class(table, kernel_discrepancy(_gaussian(median)), sample=sample, seed=seed)


def _gaussian(median: float) -> Kernel:
    def kernel(squares: Array) -> Array:
        exp = namespace(squares).exp
        return reduce(add, (exp(squares / (-2 * (scale * median) ** 2)) for scale in SCALES)) / len(SCALES)

    return kernel
