"""What is known class by class: items kept, and values of a measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import sizes

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class ClassReading:
    """A measure in each class at one size: of a method's coreset, of random subsets and of all items."""

    here: np.ndarray  # (c,) means over seeds; NaN for a class without test items
    random: np.ndarray  # (c,) NaN where not measured
    whole: np.ndarray  # (c,)
    kept: float  # the share kept that was measured
    k: int  # the items that this is
    seeds: int

    @property
    def worst(self) -> int:
        """The class with the lowest value."""
        return int(np.nanargmin(self.here))


def read(values: pandas.DataFrame, method: str, kept: float, planned: Mapping[int, float]) -> ClassReading | None:
    """Read values by class next to a share kept; None if the method has none there yet.

    Parameters
    ----------
    values
        Columns `method, k, seed, label, value`.
    planned
        The counts that will be measured, with their shares: see `sizes.measured`.
    """
    mine = values[values["method"] == method]
    shares = {planned[k]: k for k in mine["k"].unique() if k in planned}
    near = sizes.neighbour(shares, kept, planned.values())
    if near is None:
        return None
    labels = range(int(values["label"].max()) + 1)

    def means(name: str, k: int) -> np.ndarray:
        rows = values[(values["method"] == name) & (values["k"] == k)]
        return rows.groupby("label")["value"].mean().reindex(labels).to_numpy()

    k = shares[near]
    seeds = mine.loc[mine["k"] == k, "seed"].nunique()
    return ClassReading(means(method, k), means("random", k), means(method, max(planned)), near, int(k), seeds)


def worst(values: pandas.DataFrame, measure: str, planned: Mapping[int, float]) -> pandas.DataFrame:
    """The lowest value of any class, for every coreset and seed of a run, as a curve of a measure.

    Parameters
    ----------
    values
        Columns `method, k, seed, label, value`.
    planned
        The counts that will be measured, with their shares: see `sizes.measured`.
    """
    low = values.groupby(["method", "k", "seed"])["value"].min().reset_index()
    return low.assign(kept=low["k"].map(planned), measure=measure).dropna(subset="kept")


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
