"""What a coreset saves, and when its selection has paid for itself."""

from __future__ import annotations

from math import ceil


def saved(whole: float, kept: float) -> float:
    """Seconds that one training on a share of the items saves, if each item takes its part of the time on the whole."""
    return whole * (1 - kept)


def repaid(selection: float, whole: float, kept: float) -> int | None:
    """After how many trainings on the coreset its selection has paid for itself; None if never.

    Parameters
    ----------
    selection
        Seconds that the selection takes.
    whole
        Seconds of one training on all items.
    kept
        The share of items kept.
    """
    gain = saved(whole, kept)
    return max(1, ceil(selection / gain)) if gain > 0 else None
