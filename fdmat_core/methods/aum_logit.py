"""AUM of the logits: how far the label led over training."""

from __future__ import annotations

from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "aum_logit",
    title="AUM (logits)",
    family="dynamics",
    needs=("dynamics.aum_logit",),
    keeps="hard rows: the label rarely led",
    paper="Pleiss, Zhang, Elenberg, Weinberger, Identifying Mislabeled Data (AUM), NeurIPS 2020",
    colour="#3B82C4",
    keeps_flips=0.998,
)
def aum_logit(table: FeatureTable) -> Ranking:
    """Keep the rows with the smallest area under the margin: another class led their label through training.

    `AUM_i = (1/E) sum_t (f_{t,i,y} - max_{c != y} f_{t,i,c})` over the epochs' logits f. Adding a constant to all
    logits of a row changes nothing.

    **Limits.** AUM was made to *find* wrong labels, which have the lowest values; as a coreset rule it keeps exactly
    those. Read it the other way round in the noise audit. Undefined for a single class. Late epochs memorise noise, so
    the paper stops before the learning rate drops.

    **Public code differs.** The "AUM" baseline in the code of CCS sums margins of *probabilities*: that is `aum_prob`.
    """
    if table.c < 2:
        raise ValueError(
            "method 'aum_logit' compares the label with another class, but there is only one class; add one"
        )
    return Ranking.by_score(table.dynamics["aum_logit"], keep="lowest")
