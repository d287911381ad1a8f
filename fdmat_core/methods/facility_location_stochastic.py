"""Facility location by stochastic greedy: a random sample of rows competes for each place."""

from __future__ import annotations

import math
from typing import Annotated

import numpy as np

from fdmat_core.numerics import greedy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "facility_location_stochastic",
    title="Facility location, stochastic",
    family="submodular",
    needs=("embedding",),
    keeps="nearly what facility location keeps, by chance",
    paper="Mirzasoleiman, Badanidiyuru, Karbasi, Vondrak, Krause, Lazier Than Lazy Greedy, AAAI 2015",
    colour="#7B68C8",
    keeps_flips=0.438,
)
def facility_location_stochastic(
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    rng: np.random.Generator,
    share: Annotated[float, Range(0.001, 1)] = 0.1,
) -> Ranking:
    """Pick rows as `facility_location` does on cosines, but look only at a few random rows for each place.

    With samples of `(n / k) ln(1 / eps)` rows the k picks are worth, on average, at least `1 - 1/e - eps` of the best
    set. That size depends on k, which makes every k an answer of its own; a fixed `share` of the class keeps the picks
    nested, with `eps = exp(-share k)`: 5% from the 30th pick of a class on, for a share of 0.1.

    **Limits.** The first picks of a class drift towards random ones. The result depends on the seed. The lazy search of
    `facility_location` is exact, and usually as fast.

    **Public code differs.** DeepCore's default is `eps` = 0.9, a sample of `0.105 n / k` rows: close to random picks.

    Parameters
    ----------
    share
        Share of the rows of the class that, drawn anew, competes for each place.
    """
    similarity = greedy.cosine_similarity(table.embedding, greedy.represented(table.labels))
    objective = greedy.FacilityLocation(similarity)
    own = rng.spawn(1)[0]  # so that the next class draws the same, however many this one keeps
    picks, _ = greedy.maximise(objective, table.n, budget, sample=math.ceil(share * table.n), rng=own, chosen=chosen)
    return Ranking.by_picks(picks, table.n)
