"""Entropy: rows whose probabilities are spread over the classes."""

from __future__ import annotations

import numpy as np

from fdmat_core import methods
from fdmat_core.numerics import probabilities
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "entropy",
    title="Entropy",
    family="uncertainty",
    needs=("logits",),
    keeps="rows whose probability is spread over many classes",
    paper="Settles, Active learning literature survey, 2009; Coleman et al., Selection via proxy, ICLR 2020",
    colour="#B57EDC",
    keeps_flips=0.56,
)
def entropy(table: FeatureTable) -> Ranking:
    """Score each row by `- sum_c p_c log p_c / log C`, C the number of classes, and keep the highest.

    The score runs from 0, certain, to 1, all classes alike. With one class it is 0 for every row, and the order is that
    of the rows.

    **Limits.** Of the uncertainty scores it is the one that favours rows spread over *many* classes over those torn
    between two; for two classes all three give the same order. The label plays no part.

    **The public code differs.** DeepCore's branch without class balance reverses the order and keeps the most certain
    rows.
    """
    p = probabilities.softmax(table.column("logits"))
    spread = -np.sum(p * np.log(np.maximum(p, np.finfo(np.float64).tiny)), axis=1)
    spread /= max(np.log(p.shape[1]), 1e-12)
    return Ranking.by_score(spread, keep="highest", notes=methods.one_class_note(p.shape[1]))
