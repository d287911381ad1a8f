"""Herding: the running mean of the picks follows the class mean."""

from __future__ import annotations

from fdmat_core import device
from fdmat_core.numerics import greedy, matching
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "herding",
    title="Herding",
    family="geometry",
    needs=("embedding",),
    keeps="rows whose running mean follows the mean",
    paper="Welling, ICML 2009; Rebuffi et al. (iCaRL), CVPR 2017",
    colour="#E69F00",
)
def herding(table: FeatureTable, *, budget: int, chosen: greedy.Chosen = ()) -> Ranking:
    """Pick, one by one, the row that brings the mean of the picks closest to the mean of all.

    At step t the pick is `argmin_i |t mu - S - z_i|^2`, with S the sum of the picks so far. The public DeepCore code
    takes the argmax, which moves the mean away; figures published from it are for that reversed rule.
    """
    return Ranking.by_picks(matching.means(device.put(table.embedding), budget, chosen), table.n)
