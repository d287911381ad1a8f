"""MaxHerding: every row is covered, softly, by the pick that is nearest to it."""

from __future__ import annotations

from typing import Annotated

from fdmat_core import device
from fdmat_core.numerics import distances, greedy
from fdmat_core.numerics.arrays import namespace
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "max_herding",
    title="MaxHerding",
    family="submodular",
    needs=("embedding",),
    keeps="rows near which most others lie, each region once",
    paper="Bae, Noh, Sutherland, Generalized coverage for low-budget active learning, ECCV 2024, arXiv 2407.12212",
    colour="#3F7D58",
    keeps_flips=0.410,
)
def max_herding(
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    radius: Annotated[float, Range(0.01, 100)] = 1.0,
) -> Ranking:
    """Pick, one by one, the row that adds most to the coverage `mean_i max_{s picked} k(z_i, z_s)`.

    The kernel is `exp(-(|z_i - z_s| / radius)^2)` on rows of length 1: a row counts as covered wholly by itself and
    ever less by farther picks. With a kernel that is 1 within the radius and 0 outside it would be the number of rows
    within the radius of a pick; this is its smooth form, which depends less on the radius. The coverage is submodular,
    so the greedy set is worth at least 63% of the best one, and only rows that could still win are looked at.

    **When to use it.** For the first few picks, also without labels: the first is where most rows are near, unlike that
    of `k_center`, and none lies where another does, unlike those of `kernel_herding`, which differs only in that it
    takes the mean over picks where this takes the largest.

    **Limits.** Time and memory grow with the square of the largest class; above 16,384 rows at once only as many rows
    as fit 1 GB, evenly spread over the classes, are covered. Once all is covered, picks are nearly arbitrary. The paper
    picks over all classes together, as labels are not known yet (balance "none").

    **The public code differs.** Of large data it covers a random part of the rows only, and picks from these; an
    all-zero row is divided by 0, here its distance to every row is 1.

    Parameters
    ----------
    radius
        How far a pick covers, on rows of length 1, which are at most 2 apart; 1 in the paper.
    """
    rows, unit = greedy.represented(table.labels), greedy.unit_rows(device.put(table.embedding))
    apart = distances.between(unit, rows)
    apart /= radius
    covered = namespace(apart).exp(-(apart**2))
    picks, _ = greedy.maximise(greedy.FacilityLocation(covered), table.n, budget, chosen=chosen)
    return Ranking.by_picks(picks, table.n)
