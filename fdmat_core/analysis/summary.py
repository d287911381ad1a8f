"""What is read off a curve: means with their spread, the nearest point, the best, how much is enough.

A curve is the tidy frame `method, ratio, kept, seed, measure, value`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas
from fdmat_core.formats import ROUNDING


@dataclass(frozen=True)
class Reading:
    """A measure of one method at the measured ratio nearest to the one asked for, and what random subsets get there."""

    value: float
    spread: float | None  # sd over seeds; None for one seed
    seeds: int
    random: float | None
    fraction: float  # the share kept that was measured


def by_size(curve: pandas.DataFrame, measure: str) -> pandas.DataFrame:
    """One row per method and ratio of one measure: what a figure draws, and the table beside it.

    Columns `method, ratio, kept, fraction, mean, sd, low, high, seeds`; `fraction` is the share kept, `sd` is NaN for
    one seed, and what is rounding only is 0, `seeds` counts the values behind the mean.
    """
    points = curve[curve["measure"] == measure].dropna(subset="value")
    table = points.groupby(["method", "ratio"], sort=False).agg(
        kept=("kept", "first"),
        mean=("value", "mean"),
        sd=("value", "std"),
        low=("value", "min"),
        high=("value", "max"),
        seeds=("value", "size"),
    )
    table = table.reset_index()
    for name in ("mean", "sd", "low", "high"):
        table[name] = table[name].mask(table[name].abs() <= ROUNDING, 0.0)
    table.insert(3, "fraction", 1 - table["ratio"])
    return table[table["fraction"] > 0].sort_values(["method", "ratio"], kind="stable", ignore_index=True)


def above(curve: pandas.DataFrame, method: str = "random") -> pandas.DataFrame:
    """A curve of how far each value lies above the mean of one method at the same size and in the same measure.

    Points of sizes at which that method has none are left out.
    """
    import pandas

    means = curve[curve["method"] == method].groupby(["measure", "kept"])["value"].mean()
    beside = means.reindex(pandas.MultiIndex.from_frame(curve[["measure", "kept"]])).to_numpy()
    return curve.assign(value=curve["value"] - beside).dropna(subset="value")


def nearest(table: pandas.DataFrame, method: str, ratio: float) -> Reading | None:
    """Read a summary of one measure; None if the method has no point in it.

    Parameters
    ----------
    ratio
        The pruning ratio asked for; near is meant on the log scale of the share kept.
    """
    mine = table[table["method"] == method]
    if mine.empty:
        return None
    point = mine.loc[mine["ratio"] == near_ratio(mine["ratio"], ratio)].iloc[0]
    random = table[(table["method"] == "random") & np.isclose(table["ratio"], point["ratio"])]
    return Reading(
        float(point["mean"]),
        float(point["sd"]) if point["seeds"] > 1 else None,
        int(point["seeds"]),
        float(random["mean"].iloc[0]) if len(random) else None,
        float(point["fraction"]),
    )


def near_ratio(ratios: pandas.Series, ratio: float) -> float:
    """The measured pruning ratio nearest to the one asked for, on the log scale of the share kept."""
    away = (np.log(1 - ratios) - np.log(max(1 - ratio, 1e-9))).abs()
    return float(ratios.loc[away.idxmin()])


def best(table: pandas.DataFrame, better: str) -> pandas.Series:
    """Which rows of a summary have the best mean of their size; none where all are equal or nothing was removed.

    Parameters
    ----------
    better
        "lower" or "higher".
    """
    means = table.groupby("kept")["mean"]
    goal, other = (means.transform(name) for name in (("min", "max") if better == "lower" else ("max", "min")))
    return (table["mean"] == goal) & (goal != other) & (table["ratio"] > 0)


def enough(table: pandas.DataFrame, slack: float = 0.01) -> dict[str, float | None]:
    """For each method of a summary the smallest share kept from which on its mean stays near that of all data.

    Near is at most `slack` below. None for a method that is not near at any size measured but all of it; an empty
    answer while all data are not measured. The methods that need least come first.
    """
    whole = table.loc[table["ratio"] == 0, "mean"].mean()
    found: dict[str, float | None] = {}
    for method, rows in table[table["ratio"] > 0].groupby("method"):
        near = rows.sort_values("ratio").set_index("fraction")["mean"] >= whole - slack - ROUNDING
        shares = near.index[near.cummin()]
        found[method] = float(shares.min()) if len(shares) else None
    return {} if np.isnan(whole) else dict(sorted(found.items(), key=lambda one: one[1] or 1.0))
