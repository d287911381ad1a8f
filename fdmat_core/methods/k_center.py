"""k-center: cover all rows with the smallest radius."""

from __future__ import annotations

from fdmat_core import device
from fdmat_core.numerics import distances, greedy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "k_center",
    title="k-center greedy",
    family="geometry",
    needs=("embedding",),
    keeps="the outskirts: rows far from everything kept before",
    paper="Gonzalez 1985; Sener & Savarese, Active learning: a core-set approach, ICLR 2018",
    colour="#56B4E9",
    keeps_flips=0.608,
)
def k_center(table: FeatureTable, *, budget: int, chosen: greedy.Chosen = ()) -> Ranking:
    """Pick, one by one, the row that is farthest from the rows picked before it.

    The first is the row nearest the mean; then always `argmax_i min_{s picked} |z_i - z_s|`. The radius within which
    every row has a pick is at most twice the smallest possible.

    **Limits.** It looks for outliers by design: at small budgets the coreset is made of unusual, broken and mislabelled
    rows, and its distribution is far from the data's. When all rows left are copies of picked ones they follow in row
    order. Nested, and deterministic.

    **The public code differs.** DeepCore starts from a random row, keeps a distance matrix it does not need, and stops
    with an error for budgets of 0 and 1.
    """
    z = device.put(table.embedding)
    first = greedy.highest(-distances.squares(z - distances.mean(z)), chosen if len(chosen) else None)
    picks = greedy.farthest_first(distances.distance_rows(z), table.n, budget, first, chosen)
    return Ranking.by_picks(picks, table.n)
