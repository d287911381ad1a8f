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
from fdmat_core.registry import MeasureFacts

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
    random_spread: float | None = None  # sd over the random subsets; None for one


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
    near = sizes.neighbour(table.loc[table["method"] == method, "kept"], kept, planned)
    return None if near is None else _reading(table, method, near)


def around(table: pandas.DataFrame, method: str, kept: float, planned: Iterable[float]) -> list[Reading]:
    """Read a summary of one measure on either side of a share kept, or just there; those that are measured by now.

    Parameters
    ----------
    planned
        The shares kept that will be measured: see `sizes.measured`.
    """
    measured = set(table.loc[table["method"] == method, "kept"])
    return [_reading(table, method, one) for one in sizes.around(planned, kept) if one in measured]


def _reading(table: pandas.DataFrame, method: str, kept: float) -> Reading:
    point = table[(table["method"] == method) & (table["kept"] == kept)].iloc[0]
    random = table[(table["method"] == "random") & (table["kept"] == kept)]
    return Reading(
        float(point["mean"]),
        _spread(point),
        int(point["seeds"]),
        float(random["mean"].iloc[0]) if len(random) else None,
        kept,
        _spread(random.iloc[0]) if len(random) else None,
    )


def _spread(point: pandas.Series) -> float | None:
    return float(point["sd"]) if point["seeds"] > 1 else None


def verdict(table: pandas.DataFrame, method: str, kept: float, planned: Iterable[float], title: str) -> str:
    """What a share kept costs in accuracy, in a line; "" while that is not measured.

    `5% kept: 87.4 ± 0.2%, all data 87.9%, random 86.0 ± 0.3% · linear probe`. Between two measured sizes it says both,
    and which they are; random is that of the smaller.

    Parameters
    ----------
    table
        The summary of a measure of accuracy, whose title is `title`.
    planned
        The shares kept that will be measured: see `sizes.measured`.
    """
    found = [one for one in around(table, method, kept, planned) if one.kept < 1 or kept == 1]
    whole = table.loc[table["kept"] == 1, "mean"]
    if not found:
        return ""
    here = len(found) == 1
    at = [f"{_around(one.value, one.spread)}" + f" (at {percent(one.kept)})" * (not here) for one in found]
    said = [f"{percent(found[0].kept if here else round(kept, 4))} kept: {' to '.join(at)}"]
    everything = here and found[0].kept == 1  # every method keeps the same
    if len(whole) and not everything:
        said.append(f"all data {number(float(whole.mean()), 'share')}")
    if method != "random" and found[0].random is not None and not everything:
        size = f" (at {percent(found[0].kept)})" * (not here)
        said.append(f"random {_around(found[0].random, found[0].random_spread)}{size}")
    return f"{', '.join(said)} · {title[0].lower()}{title[1:].removesuffix(' accuracy')}"


def _around(value: float, spread: float | None) -> str:
    """A share with its sd, if that is more than nothing: 86.0 ± 0.3%."""
    if spread is None or number(spread, "share") == number(0, "share"):
        return number(value, "share")
    return f"{number(value, 'share').rstrip('%')} ± {number(spread, 'share')}"


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
        shares = stays_near(rows.set_index("kept")["mean"], whole - slack)
        found[str(method)] = float(shares.min()) if len(shares) else None
    return {} if np.isnan(whole) else dict(sorted(found.items(), key=lambda one: one[1] or 1.0))


def stays_near(means: pandas.Series, least: float) -> pandas.Index:
    """The shares kept from each of which on no mean, by share kept, lies below a value; the largest first."""
    falling = means.sort_index(ascending=False)
    return falling.index[(falling >= least - ROUNDING).cummin()]


def complete(table: pandas.DataFrame, wanted: Iterable[int]) -> pandas.DataFrame:
    """The lines of a summary of those methods that are measured at every wanted count by now."""
    counts = set(wanted)
    return table[table.groupby("method")["k"].transform(lambda k: counts <= set(k)).astype(bool)]


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
        groups.setdefault(_from(share), []).append(title)
    listed = "; ".join(f"**{size}** {', '.join(titles)}" for size, titles in groups.items())
    return f"Within a point of all data ({number(whole, 'share')}), by share kept: {listed}."


def needs(needed: Mapping[str, float | None], whole: float, method: str, title: str) -> str:
    """In a sentence: from which share kept on one method is within a point of all data, and from which random is.

    Parameters
    ----------
    needed
        Of `enough`; the sentence is "" if the method is not among them.
    whole
        The accuracy on all data.
    title
        What people call the method.
    """
    if method not in needed:
        return ""
    share, near = needed[method], f"{title} is within a point of all data ({number(whole, 'share')})"
    said = f"{near} {_from(share)}" + " kept on" * (share is not None)
    return f"{said}, random {_from(needed['random'])}." if "random" in needed and method != "random" else f"{said}."


def _from(share: float | None) -> str:
    return "at no smaller size measured" if share is None else f"from {percent(round(share, 6))}"


def beside_random(
    table: pandas.DataFrame, method: str, title: str, kept: float, planned: Iterable[float], facts: MeasureFacts
) -> str:
    """In a sentence: whether a coreset is better than random ones of its size; "" where that is not measured.

    `At 5% kept FDMat is closer than each of 10 random subsets: 0.012 against 0.034 on average.`

    Parameters
    ----------
    table
        The summary of one measure, whose facts are `facts`.
    method, title
        The method's name in the table, and what people call it.
    planned
        The shares kept that will be measured: see `sizes.measured`.
    """
    found = nearest(table, method, kept, planned)
    if found is None:
        return ""
    size, value = f"At {percent(round(found.kept, 6))} kept", number(found.value, facts.unit)
    rows = table[(table["method"] == "random") & (table["kept"] == found.kept)]
    if found.kept == 1 or found.random is None or rows.empty:
        return f"{size} {title} has {value}."
    low, high, draws = float(rows["low"].iloc[0]), float(rows["high"].iloc[0]), int(rows["seeds"].iloc[0])
    subsets = f"each of {draws} random subsets" if draws > 1 else "the random subset"
    if method == "random":
        ends = f", from {number(low, facts.unit)} to {number(high, facts.unit)}" if draws > 1 else ""
        return f"{size} random subsets have {value} on average{ends}."
    numbers = f"{value} against {number(found.random, facts.unit)}" + " on average" * (draws > 1)
    if low <= found.value <= high:
        where = f", by distance to {facts.target}" if facts.target else ""
        return f"{size} {title} lies among the random subsets{where}: {numbers}."
    better = (found.value < low) is (facts.better == "lower")
    to = (f" to {facts.target}", f" from {facts.target}") if facts.target else ("", "")
    words = (f"closer{to[0]}", f"farther{to[1]}") if facts.kind == "distance" else ("better", "worse")
    return f"{size} {title} is {words[not better]} than {subsets}: {numbers}."
