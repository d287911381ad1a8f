"""What a coreset saves, and when its selection has paid for itself."""

from __future__ import annotations

from math import ceil

from fdmat_core.formats import duration, percent


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


def said(title: str, selection: float | None, whole: float, kept: float) -> str:
    """In a sentence: after how many trainings a selection has paid for itself.

    Parameters
    ----------
    title
        The title of the method.
    selection, whole, kept
        As for `repaid`; None for a selection whose seconds are not stored.
    """
    if selection is None:
        return f"What {title} costs is not stored yet."
    times, size = repaid(selection, whole, kept), percent(round(kept, 6))
    if times is None:
        return f"At {size} kept nothing is saved, so that {title} never pays for itself."
    trainings = "one training" if times == 1 else f"{times:,} trainings"
    numbers = f"it takes {seconds(selection)}, each saves {seconds(saved(whole, kept))}"
    return f"{title} has paid for itself after {trainings} on {size}: {numbers}."


def seconds(value: float) -> str:
    """Seconds, with digits where they are few: 0.02 s, 41 s, 3 min."""
    return f"{value:.2g} s" if value < 9.5 else duration(value)
