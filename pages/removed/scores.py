"""The scores by which the grid can be sorted. All are stored; a browser gets one when a person asks for it."""

from __future__ import annotations

from collections.abc import Mapping

from fdmat_core.analysis import scores
from fdmat_core.runs.run import Run
from fdmat_core.web import grid
from pages.shell import caches


def listed(run: Run) -> tuple[grid.Score, ...]:
    """What the grid offers, in the order of its menu; the first is the score that the histogram begins with."""
    return tuple(grid.Score(name, score.group, score.title) for name, score in _all(run).items())


def packed(run: Run, name: str) -> bytes:
    """One score as the grid reads it.

    Raises
    ------
    ValueError
        A score that this run does not have.
    """
    found = _all(run)
    if name not in found:
        raise ValueError(f"score is {name!r}; this run has {', '.join(found)}")
    return grid.pack_score(name, found[name].values())


def _all(run: Run) -> Mapping[str, scores.Score]:
    found = caches.inspection(run)
    return {} if found is None else scores.scores(found.items, run.detection, run.ranked)
