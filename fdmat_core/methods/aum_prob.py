"""AUM of the probabilities: the variant that pruning papers compare with."""

from __future__ import annotations

from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "aum_prob",
    title="AUM (probabilities)",
    family="dynamics",
    needs=("dynamics.aum_prob",),
    keeps="hard rows: the label was rarely probable",
    paper="as a pruning baseline: Zheng, Liu, Lai, Prakash (CCS), ICLR 2023; after Pleiss et al., NeurIPS 2020",
    colour="#A67C00",
    keeps_flips=0.985,
)
def aum_prob(table: FeatureTable) -> Ranking:
    """Keep the rows with the smallest mean margin of their label's probability over training.

    `(1/E) sum_t (p_{t,i,y} - max_{c != y} p_{t,i,c})`, from -1 to 1. Unlike `aum_logit` it saturates: an epoch counts
    at most 1, however certain the network was, so rows that were learned early all look alike.

    **Limits.** Those of `aum_logit`: the lowest values are where wrong labels are, and one class alone has no margin.
    It is the score that CCS and D2 start from in their papers.
    """
    if table.c < 2:
        raise ValueError(
            "method 'aum_prob' compares the label with another class, but there is only one class; add one"
        )
    return Ranking.by_score(table.dynamics["aum_prob"], keep="lowest")
