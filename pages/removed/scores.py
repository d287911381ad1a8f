"""The scores by which the grid can be sorted. All are stored; a browser gets one when a person asks for it."""

from __future__ import annotations

from collections.abc import Mapping

from fdmat_core.analysis import issues, scores
from fdmat_core.runs.run import Run
from fdmat_core.web import grid
from pages.shell import caches

#: What the name of a likeness begins with.
LIKE = "like "


def listed(run: Run) -> tuple[grid.Score, ...]:
    """What the grid offers, in the order of its menu; the first is the score that the histogram begins with."""
    return tuple(grid.Score(name, score.group, score.title) for name, score in _all(run).items())


def packed(run: Run, name: str) -> bytes:
    """One score as the grid reads it; `like 123` is how like item 123 all items are.

    Raises
    ------
    ValueError
        A score that this run does not have.
    """
    if name.startswith(LIKE):
        found, row = caches.inspection(run), _row(run, name.removeprefix(LIKE))
        if found is None:
            raise ValueError(f"run {run.key} has no evidence yet; let it run first")
        return grid.pack_score(name, issues.likeness(found.transported, row))
    found = _all(run)
    if name not in found:
        raise ValueError(f"score is {name!r}; this run has {', '.join(found)}")
    return grid.pack_score(name, found[name].values())


def _row(run: Run, item: str) -> int:
    if not item.lstrip("-").isdecimal():
        raise ValueError(f"item is {item!r}; give the number of one of this run's items")
    return int(caches.train(run).rows_of([int(item)])[0])


def _all(run: Run) -> Mapping[str, scores.Score]:
    found = caches.inspection(run)
    return {} if found is None else scores.scores(found.items, run.detection, run.ranked)
