"""DeepFool: rows near the classifier's boundary."""

from __future__ import annotations

import numpy as np

from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.types import FeatureTable


@method(
    "deepfool",
    title="DeepFool",
    family="uncertainty",
    needs=("embedding", "head"),
    keeps="rows nearest to the classifier's decision boundary",
    paper="Moosavi-Dezfooli, Fawzi, Frossard, CVPR 2016; for selection: Ducoffe & Precioso, 2018",
    colour="#656635",
    keeps_flips=0.443,
)
def deepfool(table: FeatureTable) -> Ranking:
    """Score each row by its distance to the nearest decision boundary of the linear head, and keep the lowest.

    With logits `f = W z + b` and predicted class y, `s_i = min_{c != y} (f_y - f_c) / |w_y - w_c|`: the shortest change
    of the embedding that changes the prediction. For a linear head this closed form is exact. Classes with equal
    weights have no boundary and are skipped; one class alone has none at all and is refused.

    **Limits.** Distances in the embedding are not distances in the image. The label plays no part: a row deep inside a
    wrong class counts as easy.

    **The public code differs.** DeepCore searches in image space, with up to 50 gradient steps and no overshoot.
    """
    head = table.column("head")
    if len(head) < 2:
        raise ValueError("method 'deepfool' needs a head with at least two classes; this table has one class")
    return Ranking.by_score(boundary_distances(table.embedding, head), keep="lowest")


def boundary_distances(z: np.ndarray, head: np.ndarray) -> np.ndarray:
    """The distance (n,) of rows z (n, d) to the nearest boundary of a head (c, d + 1); infinite without a boundary."""
    weights = head[:, :-1].astype(np.float64)
    logits = z @ weights.T + head[:, -1]  # (n, c)
    best = logits.argmax(axis=1)
    gaps = np.empty_like(logits)
    for label in np.unique(best):
        gaps[best == label] = np.linalg.norm(weights - weights[label], axis=1)
    lead = logits[np.arange(len(z)), best][:, None] - logits
    return np.divide(lead, gaps, out=np.full_like(lead, np.inf), where=gaps > 0).min(axis=1)
