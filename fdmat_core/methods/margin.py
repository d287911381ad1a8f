"""Margin: rows torn between two classes."""

from __future__ import annotations

import numpy as np

from fdmat_core import methods
from fdmat_core.numerics import probabilities
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "margin",
    title="Margin",
    family="uncertainty",
    needs=("logits",),
    keeps="rows torn between their two most probable classes",
    paper="Settles, Active learning literature survey, 2009; Coleman et al., Selection via proxy, ICLR 2020",
    colour="#145CE0",
    keeps_flips=0.468,
)
def margin(table: FeatureTable) -> Ranking:
    """Score each row by the probability of its best class less that of the second best, and keep the lowest.

    The score runs from 0, a tie, to 1, certain. It is the margin of the *prediction*: the label plays no part, unlike
    in the margins of the training dynamics (`aum_logit`, `aum_prob`). With one class it is 0 for every row.

    **Limits.** Rows at the boundary between two classes only; those confused among many are not favoured. Loses to
    random at small budgets on most data.

    **The public code differs.** DeepCore's branch without class balance reverses the order and keeps the most certain
    rows.
    """
    p = np.sort(probabilities.softmax(table.column("logits")), axis=1)
    lead = p[:, -1] - p[:, max(p.shape[1] - 2, 0)]
    return Ranking.by_score(lead, keep="lowest", notes=methods.one_class_note(p.shape[1]))
