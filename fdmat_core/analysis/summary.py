"""What is read off a curve: means with their spread, the nearest point, the best, how much is enough.

A curve is the tidy frame `method, kept, k, seed, measure, value`: `kept` is the share kept, `k` the count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import sizes
from fdmat_core.formats import ROUNDING, number, percent

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Reading:
    """A measure of one method at the measured size nearest to the one asked for, and what random subsets get there."""

    value: float
    spread: float | None  # sd over seeds; None for one seed
    seeds: int
    random: float | None
    kept: float  # the share kept that was measured


def by_size(curve: pandas.DataFrame, measure: str) -> pandas.DataFrame:
    """One row per method and size of one measure, the largest first: what a figure draws, and the table beside it.

    Columns `method, kept, k, mean, sd, low, high, seeds`; `sd` is NaN for one seed, and what is rounding only is 0,
    `seeds` counts the values behind the mean.
    """
    points = curve[curve["measure"] == measure].dropna(subset="value")
    table = points.groupby(["method", "kept"], sort=False).agg(
        k=("k", "first"),
        mean=("value", "mean"),
        sd=("value", "std"),
        low=("value", "min"),
        high=("value", "max"),
        seeds=("value", "size"),
    )
    table = table.reset_index()
    for name in ("mean", "sd", "low", "high"):
        table[name] = table[name].mask(table[name].abs() <= ROUNDING, 0.0)
    table = table[table["kept"] > 0]
    return table.sort_values(["method", "kept"], ascending=[True, False], kind="stable", ignore_index=True)


def above(curve: pandas.DataFrame, method: str = "random") -> pandas.DataFrame:
    """A curve of how far each value lies above the mean of one method at the same size and in the same measure.

    Points of sizes at which that method has none are left out.
    """
    import pandas

    means = curve[curve["method"] == method].groupby(["measure", "k"])["value"].mean()
    beside = means.reindex(pandas.MultiIndex.from_frame(curve[["measure", "k"]])).to_numpy()
    return curve.assign(value=curve["value"] - beside).dropna(subset="value")


def nearest(table: pandas.DataFrame, method: str, kept: float, planned: Iterable[float]) -> Reading | None:
    """Read a summary of one measure next to a share kept; None if the method has no point there yet.

    Parameters
    ----------
    planned
        The shares kept that will be measured: see `sizes.measured`.
    """
    mine = table[table["method"] == method]
    near = sizes.neighbour(mine["kept"], kept, planned)
    if near is None:
        return None
    point = mine[mine["kept"] == near].iloc[0]
    random = table[(table["method"] == "random") & (table["kept"] == near)]
    return Reading(
        float(point["mean"]),
        float(point["sd"]) if point["seeds"] > 1 else None,
        int(point["seeds"]),
        float(random["mean"].iloc[0]) if len(random) else None,
        near,
    )


def best(table: pandas.DataFrame, better: str) -> pandas.Series:
    """Which rows of a summary have the best mean of their size; none where all are equal or nothing was removed.

    Parameters
    ----------
    better
        "lower" or "higher".
    """
    means = table.groupby("k")["mean"]
    goal, other = (means.transform(name) for name in (("min", "max") if better == "lower" else ("max", "min")))
    return (table["mean"] == goal) & (goal != other) & (table["kept"] < 1)


def enough(table: pandas.DataFrame, slack: float = 0.01) -> dict[str, float | None]:
    """For each method of a summary the smallest share kept from which on its mean stays near that of all data.

    Near is at most `slack` below. None for a method that is not near at any size measured but all of it; an empty
    answer while all data are not measured. The methods that need least come first.
    """
    whole = table.loc[table["kept"] == 1, "mean"].mean()
    found: dict[str, float | None] = {}
    for method, rows in table[table["kept"] < 1].groupby("method"):
        near = rows.sort_values("kept", ascending=False).set_index("kept")["mean"] >= whole - slack - ROUNDING
        shares = near.index[near.cummin()]
        found[str(method)] = float(shares.min()) if len(shares) else None
    return {} if np.isnan(whole) else dict(sorted(found.items(), key=lambda one: one[1] or 1.0))


def answer(needed: Mapping[str, float | None], whole: float) -> str:
    """In a sentence: from which share kept on each method is within a point of all data, those that need least first.

    Parameters
    ----------
    needed
        The titles of methods to shares kept, in this order; None for one that is not at any size measured.
    whole
        The accuracy on all data.
    """
    groups: dict[str, list[str]] = {}
    for title, share in needed.items():
        groups.setdefault(
            "at no smaller size measured" if share is None else f"from {percent(round(share, 6))}", []
        ).append(title)
    listed = "; ".join(f"**{size}** {', '.join(titles)}" for size, titles in groups.items())
    return f"Within a point of all data ({number(whole, 'share')}), by share kept: {listed}."
