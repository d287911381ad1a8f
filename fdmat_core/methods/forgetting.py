"""Forgetting: items that the network learned and lost again."""

from __future__ import annotations

import numpy as np

from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "forgetting",
    title="Forgetting",
    family="dynamics",
    needs=("dynamics.forgetting", "dynamics.mean_loss"),
    keeps="hard rows: forgotten often, or never learned",
    paper="Toneva et al., An Empirical Study of Example Forgetting, ICLR 2019",
    colour="#C8553D",
    keeps_flips=0.995,
)
def forgetting(table: FeatureTable) -> Ranking:
    """Keep the rows that were most often classified rightly in one epoch and wrongly in the next.

    `events_i = #{t : right at t - 1, wrong at t}`. A row that was never classified rightly ranks above every other, as
    in the paper: its count is the number of epochs. Many rows share a count; among them the higher mean loss over
    training comes first, then the lower id.

    **Limits.** The paper counts over 200 epochs of a full network. A few epochs, or a linear head on frozen features,
    give few events, so that the mean loss decides most places. Flipped labels are forgotten often and are kept: with
    noisy labels this is among the worst choices.

    **Public code differs.** DeepCore gives never-learned rows 0 events and so removes them *first*, the opposite of the
    paper; the code of CCS has the same flaw.
    """
    events, loss = table.dynamics["forgetting"], table.dynamics["mean_loss"]
    return Ranking(np.lexsort((-loss, -events)), score=events)
