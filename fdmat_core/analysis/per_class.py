"""What is known class by class: items kept, and values of a measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas
from fdmat_core.analysis.summary import near_ratio


@dataclass(frozen=True)
class ClassReading:
    """What a measure says of each class at one size: of a method's coreset, of random subsets and of everything."""

    here: np.ndarray  # (c,) means over seeds; NaN for a class without test items
    random: np.ndarray  # (c,) NaN where not measured
    whole: np.ndarray  # (c,)
    fraction: float  # the share kept that was measured
    seeds: int

    @property
    def worst(self) -> int:
        """The class with the lowest value."""
        return int(np.nanargmin(self.here))


def read(told: pandas.DataFrame, method: str, ratio: float, n: int) -> ClassReading | None:
    """Read values by class at the measured size nearest to a pruning ratio; None if the method has none.

    Parameters
    ----------
    told
        Columns `method, kept, seed, label, value`.
    n
        Items of the full set.
    """
    mine = told[told["method"] == method]
    if mine.empty:
        return None
    kept = round(n * (1 - near_ratio(1 - mine["kept"] / n, ratio)))
    labels = range(int(told["label"].max()) + 1)

    def means(name: str, count: int) -> np.ndarray:
        rows = told[(told["method"] == name) & (told["kept"] == count)]
        return rows.groupby("label")["value"].mean().reindex(labels).to_numpy()

    seeds = mine.loc[mine["kept"] == kept, "seed"].nunique()
    return ClassReading(means(method, kept), means("random", kept), means(method, n), kept / n, seeds)


def worst(told: pandas.DataFrame, n: int, measure: str) -> pandas.DataFrame:
    """The lowest value of any class, for every coreset and seed, as a curve of a measure.

    Parameters
    ----------
    told
        Columns `method, kept, seed, label, value`.
    n
        Items of the full set.
    """
    low = told.groupby(["method", "kept", "seed"])["value"].min().reset_index()
    return low.assign(ratio=1 - low["kept"] / n, measure=measure)


def counts(labels: np.ndarray, c: int, rows: np.ndarray) -> tuple[list[int], list[int]]:
    """How many items each of c classes has, and how many of them are among some rows.

    Parameters
    ----------
    labels
        (n,) labels of all items.
    rows
        (k,) rows kept.
    """
    return np.bincount(labels, minlength=c).tolist(), np.bincount(labels[rows], minlength=c).tolist()
