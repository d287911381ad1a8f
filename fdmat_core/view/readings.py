"""The numbers beside the map: what the measures say near a ratio, and which rows are injected or suspected noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fdmat_core.types import Ranking, Truth


@dataclass(frozen=True)
class Reading:
    """A measure of one method at the measured ratio nearest to the one asked for, and what random subsets get there."""

    value: float
    spread: float | None  # sd over seeds; None for one seed
    seeds: int
    random: float | None
    fraction: float  # the share kept that was measured


def nearest(table: pd.DataFrame, method: str, ratio: float) -> Reading | None:
    """Read a summary (see `figures.summary`) of one measure; None if the method has no point in it.

    Parameters
    ----------
    ratio
        The pruning ratio asked for; near is meant on the log scale of the share kept.
    """
    mine = table[table["method"] == method]
    if mine.empty:
        return None
    away = (np.log(mine["fraction"]) - np.log(max(1 - ratio, 1e-9))).abs()
    point = mine.loc[away.idxmin()]
    random = table[(table["method"] == "random") & np.isclose(table["ratio"], point["ratio"])]
    return Reading(
        float(point["mean"]),
        float(point["sd"]) if point["seeds"] > 1 else None,
        int(point["seeds"]),
        float(random["mean"].iloc[0]) if len(random) else None,
        float(point["fraction"]),
    )


def injected(truth: Truth) -> np.ndarray:
    """Which rows (n,) were made noisy: a changed label or an outlier."""
    return np.asarray(truth.mislabelled) | np.asarray(truth.outlier)


def suspected(ranking: Ranking) -> np.ndarray:
    """Which rows (n,) a method rejected by itself, whatever the ratio."""
    mask = np.zeros(len(ranking.order), dtype=bool)
    mask[ranking.order[ranking.survivors :]] = True
    return mask
