"""Kernel herding: the mean embedding of the picks follows that of the data, so that all moments match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fdmat_core import device
from fdmat_core.numerics import greedy, matching
from fdmat_core.numerics.arrays import namespace
from fdmat_core.numerics.distances import median_distance
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array


@method(
    "kernel_herding",
    title="Kernel herding",
    family="distribution",
    needs=("embedding",),
    keeps="rows whose distribution matches the data's at the scale of the kernel",
    paper="Chen, Welling, Smola, Super-samples from kernel herding, UAI 2010",
    colour="#C39275",
)
def kernel_herding(
    table: FeatureTable, *, budget: int, chosen: greedy.Chosen = (), bandwidth: Annotated[float, Range(0.01, 100)] = 1.0
) -> Ranking:
    """Pick, one by one, the row that brings the mean of a Gaussian kernel closest to that of the data.

    With `h_i = mean_j k(z_i, z_j)` and t picks made, the next is

        argmax_i  h_i  -  1/(t + 1) sum_{s picked} k(z_i, z_s)

    without replacement. The kernel `exp(-|x - y|^2 / (2 sigma^2))` is the same for every row with itself, so this is
    also the greedy descent of the squared maximum mean discrepancy (MMD).

    **Limits.** What is matched depends on the bandwidth: a wide kernel sees the mean only, a narrow one picks from the
    densest places. `energy_greedy` needs none.

    Parameters
    ----------
    bandwidth
        Width of the kernel, in median distances between two rows (of 2,000 spread evenly over the table).
    """
    sigma = bandwidth * median_distance(table.embedding)
    z = device.put(table.embedding)

    def gaussian(distances: Array) -> Array:
        return namespace(z).exp(-0.5 * (distances / sigma) ** 2)

    return Ranking.by_picks(matching.kernel(z, gaussian, budget, chosen), table.n)
