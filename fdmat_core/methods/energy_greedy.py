"""Energy greedy: the energy distance between coreset and data is brought down pick by pick."""

from __future__ import annotations

from fdmat_core import device
from fdmat_core.numerics import greedy, matching
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "energy_greedy",
    title="Energy greedy",
    family="distribution",
    needs=("embedding",),
    keeps="rows whose distribution matches the data's, the typical first",
    paper="energy distance: Szekely & Rizzo 2013; greedy step of kernel herding: Chen, Welling, Smola, UAI 2010",
    colour="#D55E00",
)
def energy_greedy(table: FeatureTable, *, budget: int, chosen: greedy.Chosen = ()) -> Ranking:
    """Pick, one by one, the row that brings the energy distance between the coreset and the data down most.

    The energy distance of two sets is `2 E|x - y| - E|x - x'| - E|y - y'|`: 0 only when they are distributed alike.
    With t picks made, the next is

        argmin_i  mean_j |z_i - z_j|  -  1/(t + 1) sum_{s picked} |z_i - z_s|

    that is, a row in the middle of the data and away from the picks: kernel herding with the kernel `-|x - y|`.
    The first pick is the medoid. There is no bandwidth to choose and nothing random, and every smaller coreset is a
    prefix of a larger one.

    **When to use it.** When the labels can be trusted: it is the matching step of `fdmat` without the removal of what
    does not belong. With flipped labels it matches them too.

    **Limits.** Costs one row of distances per pick. A class of up to 20,000 rows keeps its distances in memory; in a
    larger one so many rows compete for the first 10,000 places, and the rest goes on in parts (`matching.in_pools`).
    """
    return Ranking.by_picks(matching.energy(device.put(table.embedding), budget, chosen), table.n)
