"""Least confidence: rows whose best class gets little probability."""

from __future__ import annotations

import numpy as np

from fdmat_core import methods
from fdmat_core.numerics import probabilities
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "least_confidence",
    title="Least confidence",
    family="uncertainty",
    needs=("logits",),
    keeps="rows whose predicted class is least certain",
    paper="Settles, Active learning literature survey, 2009; Coleman et al., Selection via proxy, ICLR 2020",
    colour="#935960",
    keeps_flips=0.537,
)
def least_confidence(table: FeatureTable) -> Ranking:
    """Score each row by `1 - max_c p_c` and keep the highest.

    The score is 0 for a certain row and at most `1 - 1/c`. It is added up over the classes that are not predicted, so
    that very confident rows keep their order instead of all having 0.

    **Limits.** It looks at the prediction alone, not at the label: a confidently wrong row is dropped like a
    confidently right one. At small budgets only the hardest rows are kept, which loses to random below about 30% kept
    on most data.

    **The public code differs.** DeepCore uses the largest raw logit, which depends on the scale of a row's logits, and
    its branch without class balance keeps the *most* confident rows.
    """
    p = probabilities.softmax(table.column("logits"))
    p[np.arange(table.n), p.argmax(axis=1)] = 0
    return Ranking.by_score(p.sum(axis=1), keep="highest", notes=methods.one_class_note(p.shape[1]))
