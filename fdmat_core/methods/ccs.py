"""CCS: cover the whole range of difficulty, without the hardest rows."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from fdmat_core.learning import dynamics
from fdmat_core.rankings import Ranking
from fdmat_core.registry import Range, method
from fdmat_core.types import FeatureTable


@method(
    "ccs",
    title="CCS",
    family="dynamics",
    needs=dynamics.SCORES,
    keeps="rows of every difficulty alike, except the hardest",
    paper="Zheng, Liu, Lai, Prakash, Coverage-centric coreset selection, ICLR 2023",
    colour="#1AA6B7",
    nested=False,
)
def ccs(
    table: FeatureTable,
    *,
    budget: int,
    rng: np.random.Generator,
    score: dynamics.Score = "aum_prob",
    beta: Annotated[float, Range(0, 0.9), "hardest left out"] = 0.1,
    strata: Annotated[int, Range(1, 1000)] = 50,
) -> Ranking:
    """Drop the hardest rows, cut the rest into strata of equal width in difficulty, and sample every stratum alike.

    1. The hardest share `beta` is dropped (less of it when the budget needs those rows; the notes say how many).
    2. The range of the score is cut into equally wide strata.
    3. Strata are visited from the smallest: each gives `min(its size, places left / strata left)`, and what a small
       stratum cannot give goes to the larger ones.
    4. Within a stratum rows are drawn at random.

    **Limits.** Nothing looks at the features, so rows of one difficulty may be copies. Smaller coresets are not
    prefixes, and the seed matters. The paper tunes `beta` for every data set and budget: from nothing when much is kept
    up to 0.3 (CIFAR-10) and 0.5 (CIFAR-100) at 10% kept. It works on all classes together; `balance=none` does so.

    **The public code differs.** Its last edge lies below the maximum when scores are negative, so the easiest rows
    vanish; a constant score gives empty strata; its class-balanced mode uses the last class's count for every class.

    Parameters
    ----------
    score
        What difficulty means; the paper uses the margin of the probabilities, added up over training.
    beta
        Share of the hardest rows that is dropped first.
    strata
        Number of strata; 50 in the paper.
    """
    hard = dynamics.difficulty(table, score)
    dropped = min(int(beta * table.n), table.n - budget)
    left = np.argsort(hard, kind="stable")[: table.n - dropped]
    stratum = cut(hard[left], strata)
    places = share(budget, np.bincount(stratum, minlength=strata))
    turn = rng.permutation(table.n)  # one priority per row
    groups = (left[stratum == number] for number in range(strata))
    picks = [rows[np.argsort(turn[rows])][:count] for rows, count in zip(groups, places, strict=True)]
    return Ranking.by_picks(np.concatenate(picks), table.n, score=hard, notes={"dropped": dropped})


def cut(values: np.ndarray, strata: int) -> np.ndarray:
    """The stratum (n,) of each value (n,) when their range is cut into equal widths, both ends included."""
    low, width = values.min(initial=np.inf), np.ptp(values) if len(values) else 0
    if width == 0:
        return np.zeros(len(values), dtype=np.int64)
    return np.minimum((values - low) / width * strata, strata - 1).astype(np.int64)


def share(k: int, sizes: np.ndarray) -> np.ndarray:
    """How many of k places each stratum gets: as equal as the sizes (m,) allow, filled from the smallest."""
    places = np.zeros_like(sizes)
    for done, number in enumerate(np.argsort(sizes, kind="stable")):
        places[number] = min(sizes[number], (k - places.sum()) // (len(sizes) - done))
    return places
