"""CAL: rows that the classifier sees differently from their neighbours."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import probabilities
from fdmat_core.numerics.neighbours import nearest_rows
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "cal",
    title="CAL",
    family="uncertainty",
    needs=("embedding", "logits"),
    keeps="rows whose prediction contrasts with that of their neighbours",
    paper="Margatina, Vernikos, Barrault, Aletras, Contrastive active learning, EMNLP 2021",
    colour="#3E8E3A",
    runs="table",
    keeps_flips=0.49,
)
def cal(table: FeatureTable, *, neighbours: Annotated[int, Range(1, 200)] = 10) -> Ranking:
    """Score each row by how much its neighbours' predictions diverge from its own, and keep the highest.

    `s_i = mean_{j in N(i)} KL(p_j || p_i)`, over the nearest rows in the embedding, whatever their class; a row is
    never its own neighbour, its copies may be. Probabilities below 1e-8 count as 1e-8.

    **Limits.** It finds the decision boundary, and there mislabelled rows and outliers of the classifier. Only as many
    rows contrast as lie there: beyond them the order says little. The label plays no part.

    **The public code differs.** DeepCore keeps the *lowest* scores, that is the most redundant rows; it also makes the
    divergence symmetric and looks for neighbours within the row's class only. Published figures for CAL that were made
    with it are for that reversed rule.

    Parameters
    ----------
    neighbours
        How many nearest rows are compared; 10 in the paper.
    """
    p = probabilities.clipped(probabilities.softmax(table.column("logits")))
    nearest = nearest_rows(device.put(table.embedding), neighbours).rows
    return Ranking.by_score(contrast(p, nearest), keep="highest")


def contrast(p: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """The mean divergence `KL(p_j || p_i)` (n,) of each row's neighbours j from it: p (n, c), nearest (n, k)."""
    log_p = np.log(p)
    own = np.einsum("ic,ic->i", p, log_p)
    score = np.zeros(len(p))
    for column in nearest.T:
        score += own[column] - np.einsum("ic,ic->i", p[column], log_p)
    return score / max(1, nearest.shape[1])
