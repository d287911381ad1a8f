"""Shares kept and counts kept: the only place that turns one into the other, and that finds the nearest size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

#: The share kept at the right end of a slider, unless something smaller was measured or it is less than one item.
LEAST = 0.001
#: Stands for 0 on a log scale.
TINY = 1e-9
#: Shares kept that differ by less than this part are one: sliders and links round them.
SAME = 1e-3


def kept_count(n: int, kept: float) -> int:
    """How many of n items a share kept means: rounded half up, and at least 1 unless nothing is kept."""
    if not 0 <= kept <= 1:
        raise ValueError(f"kept fraction is {kept}; give a number from 0 to 1")
    return min(n, max(1, math.floor(n * kept + 0.5))) if kept > 0 else 0


def share(k: int, n: int) -> float:
    """The share that k of n items are; nothing of nothing is nothing."""
    return k / n if n else 0.0


def measured(n: int, fractions: Sequence[float]) -> dict[int, float]:
    """The counts that a run of n items measures, ascending, with the share kept of each; n itself is among them.

    Of several shares that mean one count the largest stands for it.
    """
    counts = {kept_count(n, kept): kept for kept in sorted({*fractions, 1.0})}
    return {k: kept for k, kept in counts.items() if k > 0}


def nearest(shares: Iterable[float], kept: float) -> float:
    """The one of several shares kept that is nearest to another on a log scale; ties go to the smaller."""
    return min(sorted(shares), key=lambda one: round(abs(_log(one) - _log(kept)), 9))


def neighbour(shares: Iterable[float], kept: float, planned: Iterable[float]) -> float | None:
    """The nearest of several shares kept, if no planned one lies between it and the one asked for; else None.

    So a number of a run under way is that of a size beside the one asked for, or of none.

    Parameters
    ----------
    shares
        Those that are measured by now.
    planned
        Those that will be measured, see `measured`.
    """
    beside = set(shares) & set(around(planned, kept))
    return nearest(beside, kept) if beside else None


def least(shares: Iterable[float], n: int) -> float:
    """The share kept at the right end of a slider over n items: `LEAST`, one item, or the least that was measured."""
    one = share(1, n) if n > 1 else 0.0
    return min([max(LEAST, one), *(kept for kept in shares if kept > 0)])


def place(kept: float, least: float = LEAST) -> float:
    """Where a share kept lies on the logarithmic scale of a slider: 0 where all is kept, 1 at the least share."""
    return 1.0 if kept <= 0 else min(1.0, max(0.0, math.log(kept) / math.log(least)))


def kept_at(place: float, least: float = LEAST) -> float:
    """The share kept at a place of that scale."""
    return least**place


def around(shares: Iterable[float], kept: float) -> list[float]:
    """Of several shares kept the one that is the same as another, or else the next below and the next above."""
    stops = sorted(shares)
    same = [one for one in stops if math.isclose(one, kept, rel_tol=SAME)]
    return same or [one for one in stops if one < kept][-1:] + [one for one in stops if one > kept][:1]


def _log(kept: float) -> float:
    return math.log(max(kept, TINY))
