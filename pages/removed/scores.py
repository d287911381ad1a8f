"""The scores by which the grid can be sorted. All are stored; a browser gets one when a person asks for it."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from fdmat_core.analysis import issues, scores
from fdmat_core.runs import likeness
from fdmat_core.runs.run import Run
from fdmat_core.web import grid
from pages.shell import caches

#: What the name of a likeness begins with.
LIKE = "like "
#: One picture goes through a network at a time, however many people drop some.
_ONE = threading.Lock()


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


def like_picture(run: Run, picture: bytes) -> bytes:
    """How like a picture all items are, as the grid reads a score; a ValueError that says why that cannot be."""
    if changed := caches.changed(run):
        raise ValueError(f"{changed}: no picture can be held against them")
    dataset = caches.dataset(run.spec.dataset, run.spec.corruption)
    with _ONE:
        return grid.pack_score(f"{LIKE}a picture", likeness.to_picture(run, dataset, picture))


def _row(run: Run, item: str) -> int:
    if not item.lstrip("-").isdecimal():
        raise ValueError(f"item is {item!r}; give the number of one of this run's items")
    return int(caches.train(run).rows_of([int(item)])[0])


def _all(run: Run) -> Mapping[str, scores.Score]:
    found = caches.inspection(run)
    return {} if found is None else scores.scores(found.items, run.detection, run.ranked)
