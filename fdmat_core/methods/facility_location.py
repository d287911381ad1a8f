"""Facility location: every row has a pick like it."""

from __future__ import annotations

from typing import Literal

from fdmat_core import device
from fdmat_core.numerics import distances, greedy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "facility_location",
    title="Facility location",
    family="submodular",
    needs=("embedding",),
    keeps="rows that stand for all others",
    paper="Iyer, Khargonkar, Bilmes, Asnani, ALT 2021; lazy greedy: Minoux 1978",
    colour="#1B9E77",
    keeps_flips=0.425,
)
def facility_location(
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    similarity: Literal["cosine", "distance"] = "cosine",
) -> Ranking:
    """Pick rows such that the similarity of every row of the class with its most similar pick is as large as can be.

    Greedy maximisation of `F(S) = sum_i max_{j in S} s_ij`; the greedy set is worth at least 63% of the best one.
    Every pick is the one that adds most, found lazily: only rows whose last known gain could still win are looked at.
    With "distance" this is greedy k-medoids: the free-weight Wasserstein-1 distance from the class to the picks.

    **Limits.** Time and memory grow with the square of the largest class. Above 16,384 rows at once only as many rows
    as fit 1 GB, evenly spread over the classes, are represented; every row may still be picked. Picks are
    *unweighted*, so dense and sparse regions count alike once they are covered; flipped labels form regions of their
    own and get picked.

    **Public code differs.** DeepCore works on gradients, whose cosine is undefined for a zero gradient and is then
    picked first; a class with no places stops it with an error. For gradients with weights see `craig`.

    Parameters
    ----------
    similarity
        "cosine" of the features as (1 + cos) / 2, where an all-zero row has cosine 0 with every row; or "distance": the
        largest distance less the distance.
    """
    rows = greedy.represented(table.labels)
    z = device.put(table.embedding)
    if similarity == "cosine":
        objective = greedy.FacilityLocation(greedy.cosine_similarity(z, rows))
    else:
        objective = greedy.FacilityLocation.of_distances(distances.between(z, rows))
    picks, _ = greedy.maximise(objective, table.n, budget, chosen=chosen)
    return Ranking.by_picks(picks, table.n)
