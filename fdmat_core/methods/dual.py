"""DUAL: rows that are uncertain and difficult early in training, drawn where little is kept among the easier ones."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable

#: How narrow the law of the draw is: its two parameters sum to one more than this.
NARROW = 15
#: The mean of so many rows of the highest score says how easy the draw begins.
ANCHORS = 10


@method(
    "dual",
    title="DUAL",
    family="dynamics",
    needs=("dynamics.dual", "dynamics.early_prob"),
    keeps="rows that are unsure and hard early in training, easier ones where little is kept",
    paper="Cho, Shin, Kang, Yun, Lightweight dataset pruning without full training (DUAL), ICML 2025, arXiv 2502.06905",
    colour="#0E7C86",
    nested=False,
)
def dual(
    table: FeatureTable,
    *,
    budget: int,
    rng: np.random.Generator,
    draw: Literal["beta", "none"] = "beta",
    ease: Annotated[float, Range(0.1, 100), "turn to easy rows"] = 4.0,
) -> Ranking:
    """Draw rows by the spread of their label's probability early in training, times what that probability lacks.

    1. In a window of epochs p is the probability of the row's label; the score is the mean over windows of `deviation
       of p * (1 - mean of p)`: large where the network wavers (uncertainty) and is mostly wrong (difficulty).
    2. Rows are drawn without replacement with weights `score * Beta(p; a, b)`, p now the mean over all early epochs.
       With the share r left out and m the mean p of the ten rows of highest score, `b = 15 (1 - m) (1 - r^ease)` and
       `a = 16 - b`: the more is left out, the more the draw turns to rows that are learned early.

    Windows slide over the first third of the training, and each is a third of that, at most 10 epochs: with 90 epochs
    the windows of 10 within 30 of the paper.

    **When to use it.** It needs no full training. Where most is kept, `draw=none` keeps the highest scores.

    **Limits.** Another draw with another seed, and smaller coresets are not prefixes. Nothing looks at the features, so
    rows may be copies. Wrong labels are unsure and hard; only the draw leaves them out, and only where little is kept.
    The paper ranks all classes together (balance "none"), and tunes `ease`: 4 on CIFAR-100, 11 on ImageNet.

    **The public code differs.** The command that it publishes for CIFAR gives the list of ranked rows in place of the
    scores, so that rows are weighed by row numbers; the one for ImageNet stops, as six results are expected of a draw
    that has five. It also stops when more rows are wanted than have a weight above 0; here these follow at random.

    Parameters
    ----------
    draw
        "beta" as above; "none" keeps the highest scores.
    ease
        How late the draw turns to easy rows as more is left out; higher is later.
    """
    score = table.dynamics["dual"].astype(np.float64)
    if draw == "none":
        return Ranking.by_score(score, keep="highest")
    easy = table.dynamics["early_prob"].astype(np.float64)
    weight = beta_weight(score, easy, 1 - budget / max(1, table.n), ease)
    with np.errstate(divide="ignore"):
        race = np.log(rng.exponential(size=table.n)) - np.log(score) - weight  # who comes first is drawn by weight
    return Ranking(np.lexsort((rng.random(table.n), race)), score=score)


def beta_weight(score: np.ndarray, easy: np.ndarray, left_out: float, ease: float) -> np.ndarray:
    """The log of the Beta density (n,), but for a constant, at the mean probability of each row.

    Parameters
    ----------
    score, easy
        (n,) scores, and mean probabilities of the label.
    left_out
        The share of rows that is not kept.
    """
    hardest = np.argsort(-score, kind="stable")[:ANCHORS]
    b = NARROW * (1 - easy[hardest].mean() if len(hardest) else 0) * (1 - left_out**ease)
    p = np.clip(easy, 1e-6, 1 - 1e-6)
    return (NARROW - b) * np.log(p) + (b - 1) * np.log1p(-p)
