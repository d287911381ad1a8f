"""EL2N: the length of the error vector, early in training."""

from __future__ import annotations

from typing import Annotated

from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "el2n",
    title="EL2N",
    family="dynamics",
    needs=("dynamics.el2n",),
    keeps="hard rows: large error early in training",
    paper="Paul, Ganguli, Dziugaite, Deep Learning on a Data Diet, NeurIPS 2021",
    colour="#6B8E23",
    keeps_flips=0.975,
)
def el2n(table: FeatureTable, *, offset: Annotated[float, Range(0, 0.9), "hardest rejected"] = 0.0) -> Ranking:
    """Keep the rows whose predicted probabilities are farthest from their label early in training.

    `EL2N_i = |p_i - e_{y_i}|_2`, from 0 (right and certain) to the square root of 2 (certain and wrong), averaged over
    the first epochs of the run that made the features. The paper averages 10 short runs of 10 to 20 epochs and ranks
    all classes together (balance "none").

    **Limits.** The hardest rows are where wrong labels are: with label noise the top of this ranking is mostly noise,
    and when little is kept it loses to random. `offset` leaves the very top out, as the paper does in one experiment.

    **Public code differs.** The code of CCS sums over the first 10 epochs of one run; DeepCore adds 5 to a seed that
    may be missing.

    Parameters
    ----------
    offset
        Share of rows, hardest first, that is rejected as too hard; 0 rejects none.
    """
    return Ranking.by_score(table.dynamics["el2n"], keep="highest").reject_first(offset)
