"""GraNd: the length of the loss gradient, early in training."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "grand",
    title="GraNd",
    family="gradients",
    needs=("dynamics.grand",),
    keeps="hard rows: long gradients early in training",
    paper="Paul, Ganguli, Dziugaite, Deep Learning on a Data Diet, NeurIPS 2021",
    colour="#B5651D",
    keeps_flips=0.935,
)
def grand(table: FeatureTable, *, offset: Annotated[float, Range(0, 0.9), "hardest rejected"] = 0.0) -> Ranking:
    """Keep the rows whose loss has the longest gradient in the weights of the last layer early in training.

    For a linear head with bias the gradient is the outer product of `p - e_y` and `[z, 1]`, so exactly
    `GraNd_i = EL2N_i sqrt(1 + |z_i|^2)`, averaged over the first epochs. On features of one length it ranks as `el2n`.
    The paper ranks all classes together (balance "none").

    **Limits.** Those of `el2n`: noise is kept first. It also prefers long feature vectors, whatever their content. The
    paper's figures for GraNd *at initialisation* were not reproduced by others, so early epochs are used here.

    Parameters
    ----------
    offset
        Share of rows, longest gradient first, that is rejected as too hard; 0 rejects none.
    """
    return Ranking.by_score(table.dynamics["grand"], keep="highest").reject_first(offset)
