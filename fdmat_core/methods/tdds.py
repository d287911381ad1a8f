"""TDDS: rows whose predictions keep moving, late epochs first."""

from __future__ import annotations

from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "tdds",
    title="TDDS",
    family="dynamics",
    needs=("dynamics.tdds",),
    keeps="rows whose predictions vary most from epoch to epoch",
    paper="Zhang, Du, Li, Xie, Zhou, Spanning Training Progress: Temporal Dual-Depth Scoring, CVPR 2024",
    colour="#8E6BBF",
    keeps_flips=0.38,
)
def tdds(table: FeatureTable) -> Ranking:
    """Keep the rows whose epoch-to-epoch change of prediction varies most within a window of epochs.

    The change at epoch t is `K_t = sum_c |p_{t+1,c} (log p_{t+1,c} - log p_{t,c})|`; within a window of J epochs the
    spread is `sqrt(sum_t (K_t - mean K)^2)`; windows are summed with decaying weights, so that the last one holds 90%.
    A steadily moving prediction scores 0. The sums are made while training runs, so memory does not grow with epochs.

    **Limits.** The order of epochs matters, and runs shorter than one window have no score. The paper tunes the window
    and the number of epochs for every pruning rate, and trains the coreset with its scores as weights; figures from
    unweighted training are not comparable with it.
    """
    return Ranking.by_score(table.dynamics["tdds"], keep="highest")
