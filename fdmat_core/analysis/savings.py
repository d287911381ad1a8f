"""What a coreset saves, and when its selection has paid for itself."""

from __future__ import annotations

from math import ceil


def saved(whole: float, fraction: float) -> float:
    """Seconds that one training on a share of the items saves, if each item takes its part of the time on the whole."""
    return whole * (1 - fraction)


def repaid(selection: float, whole: float, fraction: float) -> int | None:
    """After how many trainings on the coreset its selection has paid for itself; None if never.

    Parameters
    ----------
    selection
        Seconds that the selection takes.
    whole
        Seconds of one training on all items.
    fraction
        The share of items kept.
    """
    gain = saved(whole, fraction)
    return max(1, ceil(selection / gain)) if gain > 0 else None
