"""Shares kept and counts kept: the only place that turns one into the other, and that finds the nearest size."""

from __future__ import annotations

import math
from collections.abc import Iterable

#: The share kept at the right end of every slider, unless something smaller was measured.
LEAST = 0.001


def kept_count(n: int, kept: float) -> int:
    """How many of n items a share kept means: rounded half up, and at least 1 unless nothing is kept."""
    if not 0 <= kept <= 1:
        raise ValueError(f"kept fraction is {kept}; give a number from 0 to 1")
    return min(n, max(1, math.floor(n * kept + 0.5))) if kept > 0 else 0


def nearest(measured: Iterable[float], kept: float) -> float:
    """The one of several shares kept that is nearest to another on a log scale; ties go to the smaller."""
    stops = sorted(share for share in measured if share > 0)
    return min(stops, key=lambda share: abs(math.log(share) - math.log(max(kept, 1e-9))))


def place(kept: float, least: float = LEAST) -> float:
    """Where a share kept lies on the logarithmic scale of a slider: 0 where all is kept, 1 at the least share."""
    return 1.0 if kept <= 0 else min(1.0, max(0.0, math.log(kept) / math.log(least)))


def kept_at(place: float, least: float = LEAST) -> float:
    """The share kept at a place of that scale."""
    return least**place
