"""Whether a distance predicts accuracy: among coresets of one size, do those closer to the whole set train better?

Sizes are never mixed. A larger coreset is closer and trains better, whatever the method, so that a correlation over
all sizes would only say that size matters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fdmat_core import registry, sizes
from fdmat_core.formats import percent, signed

if TYPE_CHECKING:
    import pandas

#: A correlation needs at least this many coresets of one size.
FEWEST = 4
#: Two-sided 95% percentile intervals.
INTERVAL = (0.025, 0.975)


def coresets(curve: pandas.DataFrame, distance: str, accuracy: str) -> pandas.DataFrame:
    """One row per coreset that has both measures: `method, seed, kept, k, distance, accuracy`, by size.

    The whole set is no coreset. A coreset is a method with, if it draws, its seed. Where a method does not draw, all
    trainings are of one coreset, and so are distances that look at samples: what it has of both is their mean.
    """
    size = ["method", "k"]
    parts = curve.loc[curve["kept"] < 1, [*size, "kept", "seed", "measure", "value"]].dropna()
    near, good = (
        parts[parts["measure"] == name].drop(columns="measure").rename(columns={"value": role})
        for name, role in ((distance, "distance"), (accuracy, "accuracy"))
    )
    drawn = near["method"].map(_draws_anew).astype(bool)
    means = good.groupby(size, as_index=False)["accuracy"].mean()
    fixed = near[~drawn].groupby([*size, "kept"], as_index=False)["distance"].mean().assign(seed=0)
    once = fixed.merge(means, on=size)
    several = near[drawn].merge(good.drop(columns="kept"), on=[*size, "seed"])
    found = once if several.empty else several if once.empty else _joined(once, several)
    order = ["method", "seed", "kept", "k", "distance", "accuracy"]
    return found[order].sort_values(["k", "method", "seed"], ignore_index=True)


def correlation(
    curve: pandas.DataFrame, distance: str, accuracy: str, *, resamples: int = 1000, seed: int = 0
) -> pandas.DataFrame:
    """Rank correlation of two measures over the coresets of one size: `kept, k, rho, low, high, count` by size.

    `low` and `high` are a 95% percentile interval over resampled coresets. Sizes with fewer than four coresets, or
    where one measure is the same for all, are left out. (Spearman's rho; Efron, 1979)
    """
    import pandas

    rows = []
    for (kept, k), part in coresets(curve, distance, accuracy).groupby(["kept", "k"]):
        pairs = part[["distance", "accuracy"]].to_numpy()
        if not _varied(pairs):
            continue
        draws = _draws(len(pairs), resamples, seed)
        low, high = np.nanquantile(_spearman(pairs[draws]), INTERVAL)
        rows.append((kept, k, float(_spearman(pairs[None])[0]), low, high, len(pairs)))
    table = pandas.DataFrame(rows, columns=["kept", "k", "rho", "low", "high", "count"])
    return table.sort_values("k", ignore_index=True)


def ranking(
    curve: pandas.DataFrame, distances: Sequence[str], accuracy: str, *, resamples: int = 1000, seed: int = 0
) -> pandas.DataFrame:
    """Which distance predicts accuracy best: `distance, rho, low, high, sizes, count, first`, the lowest rho first.

    `rho` is the mean over sizes of the rank correlation within a size. Only coresets measured at every size count, so
    that every size weighs the same. One resample draws (method, seed) pairs and takes each at all sizes, because a
    method's coresets of different sizes are not independent; it is the same for all distances. `first` is the share of
    resamples in which the distance has the lowest rho of all.

    Parameters
    ----------
    distances
        Names of measures where less is closer.
    accuracy
        Name of a measure where more is better.
    """
    import pandas

    rows, resampled = [], []
    for name in distances:
        blocks = _complete(coresets(curve, name, accuracy))
        if not blocks:
            continue
        draws = _draws(len(blocks[0]), resamples, seed)
        means = np.ma.masked_invalid([_spearman(block[draws]) for block in blocks]).mean(axis=0)  # (resamples,)
        means = np.ma.filled(means, np.nan)
        rho, (low, high) = float(_spearman(np.stack(blocks)).mean()), np.nanquantile(means, INTERVAL)
        rows.append((name, rho, low, high, len(blocks), len(blocks[0])))
        resampled.append(means)
    table = pandas.DataFrame(rows, columns=["distance", "rho", "low", "high", "sizes", "count"])
    table["first"] = _first(np.array(resampled)) if rows else 0.0
    return table.sort_values("rho", kind="stable", ignore_index=True)


def _draws_anew(method: str) -> bool:
    """Whether a method, as a curve names it, draws its coresets anew for every seed."""
    entry = registry.methods.all().get(method.partition("(")[0])
    return entry is not None and entry.draws


def _joined(once: pandas.DataFrame, several: pandas.DataFrame) -> pandas.DataFrame:
    import pandas

    return pandas.concat([once, several], ignore_index=True)


def _complete(found: pandas.DataFrame) -> list[np.ndarray]:
    """The pairs (m, 2) of the m coresets that were measured at every size, for each size with enough that differ."""
    useful = found.groupby("k").filter(lambda part: _varied(part[["distance", "accuracy"]].to_numpy()))
    times = useful.groupby(["method", "seed"])["k"].transform("size")
    everywhere = useful[times == useful["k"].nunique()]
    blocks = [part[["distance", "accuracy"]].to_numpy() for _, part in everywhere.groupby("k")]
    return [block for block in blocks if _varied(block)]


def _varied(pairs: np.ndarray) -> bool:
    """Whether there are enough pairs (m, 2), and neither side is the same for all."""
    return len(pairs) >= FEWEST and bool(np.all(np.ptp(pairs, axis=0) > 0))


def _draws(count: int, resamples: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, count, (resamples, count))


def _first(rho: np.ndarray) -> np.ndarray:
    """The share (m,) of resamples in which each of m distances has the lowest rho (m, resamples) that is defined.

    Where none has, as in a resample of one coreset alone, none is first.
    """
    known = np.isfinite(rho)
    lowest = np.where(known, rho, np.inf).argmin(axis=0)[known.any(axis=0)]
    return np.bincount(lowest, minlength=len(rho)) / max(1, len(lowest))


def _spearman(pairs: np.ndarray) -> np.ndarray:
    """Spearman's rho (b,) of batches of pairs (b, m, 2); NaN where one side is constant."""
    from scipy.stats import rankdata

    ranks = rankdata(pairs, axis=1)
    ranks -= ranks.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return (ranks[..., 0] * ranks[..., 1]).sum(axis=1) / np.sqrt((ranks**2).sum(axis=1).prod(axis=-1))


#: A distance leads clearly if it has the lowest rho in this share of the resamples.
CLEAR = 0.95


def nearest(table: pandas.DataFrame, kept: float, planned: Iterable[float]) -> Any | None:
    """The row of a table of correlations next to a share kept; None if there is none.

    Parameters
    ----------
    planned
        The shares kept that will be measured: see `sizes.measured`. All items are no coreset and do not count.
    """
    near = sizes.neighbour(table["kept"], kept, [one for one in planned if one < 1])
    return None if near is None else next(table[table["kept"] == near].itertuples())


def verdict(row: Any | None, distance: str) -> str:
    """Whether closer means better among the coresets of one size, in a sentence.

    Parameters
    ----------
    row
        Of `correlation`, or None where there are too few coresets.
    distance
        The title of the distance.
    """
    if row is None:
        return "At this size there are too few coresets to say whether closer means better."
    size = f"At {percent(round(row.kept, 6))} kept"
    numbers = f"{interval(row)}, {row.count} coresets"
    if row.low <= 0 <= row.high:
        return f"{size} it is open whether closer in {distance} means better: {numbers}. The interval contains 0."
    return f"{size}, closer in {distance} means {'better' if row.rho < 0 else 'worse'} here: {numbers}."


def winner(table: pandas.DataFrame, titles: dict[str, str]) -> str:
    """Which distance predicts accuracy best over all sizes, in a sentence.

    Parameters
    ----------
    table
        Of `ranking`.
    titles
        The titles of the distances by name.
    """
    if table.empty:
        return "No distance has enough coresets at every size yet."
    row: Any = next(table.itertuples())
    name = titles.get(row.distance, row.distance)
    if row.low <= 0 <= row.high:
        return f"No distance predicts accuracy here: the best, {name}, has {interval(row)}."
    if row.rho > 0:
        return f"Closer is worse by every distance here; least so by {name}: {interval(row)} over {row.sizes} sizes."
    if len(table) == 1:
        return f"Over {row.sizes} sizes closer in {name} means better: {interval(row)}."
    lead = "predicts best" if row.first >= CLEAR else "comes first, not clearly"
    return (
        f"Over {row.sizes} sizes {name} {lead}: {interval(row)}, ahead in {percent(round(row.first, 2))} of resamples."
    )


def interval(row: Any) -> str:
    """Rho with its interval: rho = −0.80 [−0.90, −0.60]."""
    return f"rho = {signed(row.rho)} [{signed(row.low)}, {signed(row.high)}]"
