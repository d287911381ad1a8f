"""LCMat-S: facility location on gradients and loss curvature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.learning import head
from fdmat_core.numerics import greedy
from fdmat_core.numerics.arrays import to_numpy
from fdmat_core.numerics.distances import blocks
from fdmat_core.numerics.probabilities import softmax
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array


def curvature(probabilities: np.ndarray, inputs: np.ndarray, coordinates: int) -> np.ndarray:
    """The coordinates (n, K) of the rows' diagonal Hessians by the head that vary most over the rows.

    The entry for class c and input j is `p_c (1 - p_c) x_j^2`. Their variances follow from two matrix products, so all
    n c (d + 1) entries are never written out. Ties go to the lower coordinate.

    Parameters
    ----------
    probabilities
        (n, c) of the head.
    inputs
        (n, d + 1) the embedding and a 1.
    """
    spread = probabilities * (1 - probabilities)  # (n, c)
    squares = inputs**2  # (n, d + 1)
    n = len(inputs)
    variance = (spread**2).T @ squares**2 / n - (spread.T @ squares / n) ** 2  # (c, d + 1)
    top = np.argsort(-variance, axis=None, kind="stable")[:coordinates]
    label, column = np.unravel_index(top, variance.shape)
    return spread[:, label] * squares[:, column]


def _add_curvature(distances: Array, h: np.ndarray, rows: np.ndarray, eps: float) -> None:
    """Add `eps |h_i - h_j|_1` to distances (n, m) of all rows with some, in place."""
    import torch

    mine = torch.from_numpy(np.ascontiguousarray(h, dtype=np.float32)).to(device.best())
    theirs = mine[torch.from_numpy(rows).to(mine.device)]
    for block in blocks(len(h), 4 * len(rows)):
        apart = torch.cdist(mine[block], theirs, p=1)
        distances[block, :] += eps * (apart.cpu().numpy() if isinstance(distances, np.ndarray) else apart)


@method(
    "lcmat",
    title="LCMat-S",
    family="gradients",
    needs=("embedding", "labels", "logits"),
    keeps="rows whose gradients and curvature stand for all others",
    paper="Shin, Bae, Shin, Joo, Moon, Loss-Curvature Matching for Dataset Selection and Condensation, AISTATS 2023",
    colour="#A0522D",
    keeps_flips=0.615,
)
def lcmat(
    table: FeatureTable,
    *,
    budget: int,
    chosen: greedy.Chosen = (),
    eps: Annotated[float, Range(0, 100), "weight of curvature"] = 0.01,
    coordinates: Annotated[int, Range(1, 10_000)] = 100,
) -> Ranking:
    """Pick rows such that every row of the class has a pick with nearly the same gradient and loss curvature.

    Greedy facility location as in `craig`, with the distance `|g_i - g_j|_2 + eps |h_i - h_j|_1`. Of the diagonal of
    the Hessian by the head's weights, whose entries are `p_c (1 - p_c) [z, 1]_j^2`, h holds the coordinates that vary
    most over the class. With `eps` 0 this is `craig` without its weights.

    Defaults: `eps` is that of the paper's CIFAR-10 script (its parser says 0.05), with 100 coordinates.

    **Limits.** Those of `craig`. The two distances have units of their own, so what an `eps` means depends on the scale
    of the features and on how well the head fits.

    **Public code differs.** The authors' code uses `10 - distance` as similarity, so that pairs farther apart than 10
    count for nothing; here the largest distance takes the place of 10. The row called LCMat in FDMat's repository has
    no curvature in it: it is GradMatch with the softmax taken twice.

    Parameters
    ----------
    eps
        Weight of the curvature's distance against that of the gradients.
    coordinates
        How many coordinates of the Hessian's diagonal are compared.
    """
    gradients, rows = head.head_gradients(table), greedy.represented(table.labels)
    distances = gradients.distances(gradients.take(rows))
    if eps > 0:
        h = curvature(softmax(table.column("logits")), to_numpy(gradients.inputs), coordinates)
        _add_curvature(distances, h, rows, eps)
    picks, _ = greedy.maximise(greedy.FacilityLocation.of_distances(distances), table.n, budget, chosen=chosen)
    return Ranking.by_picks(picks, table.n)
