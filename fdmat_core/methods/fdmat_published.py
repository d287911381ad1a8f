"""FDMat as its public code means to compute it, with every listed defect of that code repaired."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from fdmat_core import device
from fdmat_core.numerics import transport
from fdmat_core.numerics.arrays import to_numpy
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "fdmat_published",
    title="FDMat, published score",
    family="distribution",
    needs=("embedding",),
    keeps="rows close to the class prototypes",
    paper="Xiao, Chen, Shan, Wang, Su, Feature Distribution Matching by Optimal Transport, AAAI 2024",
    colour="#CC79A7",
    runs="table",
    stands_for="the paper's score, its code repaired",
    beside="fdmat",
    keeps_flips=0.335,
)
def fdmat_published(
    table: FeatureTable,
    *,
    lam: Annotated[float, Range(0.01, 1000), "sharpness"] = 4.0,
    power: Annotated[float, Range(0.1, 1), "Tukey power"] = 0.5,
    norm: Literal["before centring", "unit"] = "before centring",
) -> Ranking:
    """Score each row by the squared cost of moving its mass to the class prototypes; keep the lowest in every class.

    Features take Tukey's power, are centred and scaled; a log-domain Sinkhorn plan P balances the rows against the
    class prototypes with costs `M_ic = |x_i - m_c|^2`; the score is `s_i = sum_c (P_ic M_ic)^2`.

    **What it really does.** For large `lam` the score is the squared distance to the own prototype, so the coreset
    shrinks towards the class means and loses the spread: its distribution is usually *farther* from the dataset's than
    a random subset's. Its assets are denoising and cheapness. `fdmat` is the method that matches the distribution. By
    the linear probe the published score lies above random in 18% of the 90 cells of our study, FDMat in 99%.

    **Without labels** there is one prototype, the mean of all rows, and the nearest to it are kept.

    **The public code differs**: it returns positions in a class-sorted copy as item ids, casts scores to integers
    (all become 0), leaves the cost of the last `n mod c` rows at 0, and overflows outside the log domain. Tables made
    with it show close to random selection.

    Parameters
    ----------
    lam
        Sharpness of the transport plan.
    power
        Tukey power applied to the features; 1 leaves them as they are.
    norm
        Scale each row by its norm before centring, as the public code does, or to unit length after it.
    """
    found = transport.features(device.put(table.embedding), power=power, norm=norm)
    x, usable = found.x[found.usable], to_numpy(found.usable)
    if not len(x):
        raise ValueError("every row of the features is zero, so there is nothing to match; use other features")
    plan = transport.class_plan(x, table.labels[usable], table.c, lam=lam)
    score = np.full(table.n, np.inf)
    score[usable] = transport.label_evidence(plan, x, table.labels[usable]).contribution
    finite = np.where(np.isfinite(score), score, np.finfo(np.float64).max)
    return Ranking.by_score(
        finite, keep="lowest", survivors=int(usable.sum()), notes={"rounds": plan.rounds, "residual": plan.residual}
    )
