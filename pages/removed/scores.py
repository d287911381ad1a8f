"""The scores by which the grid can be sorted: detectors, FDMat's evidence, and the rank under each method.

All of them are stored, and a browser gets one when a person asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from fdmat_core import registry
from fdmat_core.runs.run import Run
from fdmat_core.web import grid, payload
from pages.shell import caches

#: What of FDMat's evidence is a score, by its column of `issues.items`, and how it is called; the second says whether
#: little is suspicious.
EVIDENCE = {
    "own_share": ("mass that leaves its class", True),
    "agreement": ("neighbours of another class", True),
    "distance_percentile": ("distance from its class", False),
}
Score = Callable[[], np.ndarray]


def listed(run: Run) -> tuple[grid.Score, ...]:
    """What the grid offers, in the order of its menu; the first is the score that the histogram begins with."""
    return tuple(grid.Score(name, group, title) for name, (group, title, _) in _all(run).items())


def packed(run: Run, name: str) -> bytes:
    """One score as a payload of one column `score` (n,), by row, higher comes first.

    Raises
    ------
    ValueError
        A score that this run does not have.
    """
    found = _all(run)
    if name not in found:
        raise ValueError(f"score is {name!r}; this run has {', '.join(found)}")
    return payload.pack({"score": np.asarray(found[name][2](), "<f4")}, {"name": name})


def _all(run: Run) -> dict[str, tuple[str, str, Score]]:
    """Every score by its name: group, title, and how to get it."""
    found = caches.inspection(run)
    if found is None or run.tables is None:
        return {}
    detected: Mapping[str, Any] = run.detection or {"FDMat": found.items["suspicion"].to_numpy()}
    scores = {f"detector {name}": ("Detectors", name, _same(score)) for name, score in detected.items()}
    for name, (title, little) in EVIDENCE.items() if run.tables[0].labelled else ():
        values = found.items[name].to_numpy()
        scores[f"evidence {name}"] = ("FDMat's evidence", title, _same(1 - values if little else values))
    for method, rankings in run.ranked.items():
        if rankings.nested:
            scores[f"rank {method}"] = ("Rank, first to leave first", registry.methods.title(method), _rank(rankings))
    return scores


def _same(score: Any) -> Score:
    return lambda: score


def _rank(rankings: Any) -> Score:
    """The place (n,) of every row in an order, from 1."""

    def places() -> np.ndarray:
        order = rankings.nested.order
        place = np.empty(len(order), dtype=np.float32)
        place[order] = np.arange(1, len(order) + 1)
        return place

    return places
