"""Shares kept and counts kept: the only place that turns one into the other."""

from __future__ import annotations

import numpy as np


def kept_count(n: int, fraction: float) -> int:
    """How many of n items a kept fraction means: rounded half up, and at least 1 unless nothing is kept."""
    if not 0 <= fraction <= 1:
        raise ValueError(f"kept fraction is {fraction}; give a number from 0 to 1")
    return min(n, max(1, int(np.floor(n * fraction + 0.5)))) if fraction > 0 else 0
