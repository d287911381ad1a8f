"""What cleaning brought: accuracies before and after with their intervals, class by class, and what is still wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core import registry, sizes
from fdmat_core.analysis import differences
from fdmat_core.formats import percent
from fdmat_core.spec import Choice

if TYPE_CHECKING:
    import pandas

#: The columns of `table`.
COLUMNS = ("what", "before", "after", "difference", "verdict")


class Left(NamedTuple):
    """What is wrong with some training items, as far as that is known."""

    items: int
    suspected: int  # by FDMat, without those that people call right
    injected: int | None  # None where the truth is not known


def table(
    before: pandas.DataFrame, after: pandas.DataFrame, measures: Sequence[Choice], method: str, kept: float
) -> pandas.DataFrame:
    """Measures before and after cleaning, of all items and of what a method keeps: columns `COLUMNS`, in words.

    Parameters
    ----------
    before, after
        Curves, see `fdmat_core.curves`; random at all items stands for all of them.
    method, kept
        Also of what this method keeps, at the measured share nearest to this one; as the curves name it.
    """
    import pandas

    shares = [1.0, _share(before, after, method, kept)]
    names = [("random", "all items"), (method, f"{percent(round(shares[1] or 0, 6))} by this method")]
    rows = [
        _line(before, after, one, name, share, words)
        for one in measures
        for (name, words), share in zip(names, shares, strict=True)
        if share is not None and not (name == method and share == 1)
    ]
    return pandas.DataFrame([row for row in rows if row], columns=list(COLUMNS))


def _share(before: pandas.DataFrame, after: pandas.DataFrame, method: str, kept: float) -> float | None:
    """The share next to one that a method was measured at both times; None if there is none."""
    there = [set(curve.loc[curve["method"] == method, "kept"].round(4)) for curve in (before, after)]
    both = sorted(there[0] & there[1])
    return sizes.nearest(both, kept) if both else None


def _line(
    before: pandas.DataFrame, after: pandas.DataFrame, one: Choice, method: str, share: float, words: str
) -> tuple[str, ...] | None:
    facts = registry.measures.get(one.name).facts
    a, b = (_values(curve, one, method, share) for curve in (before, after))
    found = differences.between(a, b, share)
    if found is None:
        return None
    said = differences.verdict(found, facts).replace("B is better", "better").replace("A is better", "worse")
    sides = (differences.said(side, facts) for side in (found.a, found.b))
    return f"{registry.measures.title(one)}, {words}", *sides, differences.apart(found, facts), said


def _values(curve: pandas.DataFrame, one: Choice, method: str, share: float) -> pandas.Series[float]:
    here = (curve["method"] == method) & (curve["measure"] == str(one)) & ((curve["kept"] - share).abs() < 1e-4)
    return curve.loc[here, "value"]


def classes(before: pandas.DataFrame, after: pandas.DataFrame, names: Sequence[str]) -> pandas.DataFrame:
    """The accuracy in each class on all items: columns `label, before, after, difference`, the largest gain first.

    Parameters
    ----------
    before, after
        What a measure says of every class: columns `method, k, seed, label, value`; see `Run.per_class`.
    """
    import pandas

    means = [_of_all(frame).reindex(range(len(names))) for frame in (before, after)]
    found = pandas.DataFrame({"label": list(names), "before": means[0].to_numpy(), "after": means[1].to_numpy()})
    found["difference"] = found["after"] - found["before"]
    return found.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def _of_all(frame: pandas.DataFrame) -> pandas.Series[float]:
    """The mean by class over the trainings on all items."""
    here = frame[(frame["k"] == frame["k"].max()) & (frame["method"] == "random")]
    return here.groupby("label")["value"].mean()


def left(suspected: np.ndarray, right: np.ndarray, bad: np.ndarray | None) -> Left:
    """What still looks wrong with n items.

    Parameters
    ----------
    suspected, right
        (n,) bool: by FDMat; called right by people.
    bad
        (n,) bool what was injected and not undone; None where that is not known.
    """
    return Left(len(suspected), int((suspected & ~right).sum()), None if bad is None else int(bad.sum()))


def sentence(before: Left, after: Left) -> str:
    """What is left of what looked wrong."""
    text = f"FDMat suspects **{after.suspected:,} of {after.items:,}** items now, {before.suspected:,} before"
    if before.injected is not None and after.injected is not None:
        gone = before.injected - after.injected
        text += f"; **{gone:,} of {before.injected:,}** injected errors are undone, {after.injected:,} are left"
    return f"{text}."
