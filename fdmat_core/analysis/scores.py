"""The scores by which items can be sorted: detectors, FDMat's evidence, and the rank under each method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core import registry
from fdmat_core.rankings import Rankings
from fdmat_core.spec import Choice

if TYPE_CHECKING:
    import pandas

#: What of FDMat's evidence is a score, by its column of `issues.items`: its title, and whether little is suspicious.
EVIDENCE = {
    "own_share": ("mass that leaves its class", True),
    "agreement": ("neighbours of another class", True),
    "distance_percentile": ("distance from its class", False),
}


class Score(NamedTuple):
    """A score of all rows: higher is more suspicious, or leaves first."""

    group: str
    title: str
    values: Callable[[], np.ndarray]  # gives (n,)


def scores(
    items: pandas.DataFrame, detected: Mapping[str, np.ndarray] | None, ranked: Mapping[Choice, Rankings]
) -> dict[str, Score]:
    """Every score by its name; the first is FDMat's.

    Parameters
    ----------
    items
        Of `issues.items`.
    detected
        Of `detectors.scores`; None if nobody has compared detectors yet.
    ranked
        Rankings by their methods; those that choose afresh at every size have no rank.
    """
    found = {
        f"detector {name}": Score("Detectors", name, lambda score=score: np.asarray(score))
        for name, score in (detected or {"FDMat": items["suspicion"].to_numpy()}).items()
    }
    for name, (title, little) in EVIDENCE.items() if items["given"].any() else ():
        values = items[name].to_numpy()
        found[f"evidence {name}"] = Score(
            "FDMat's evidence", title, lambda values=values, little=little: 1 - values if little else values
        )
    for method, rankings in ranked.items():
        if rankings.nested:
            order, title = rankings.nested.order, registry.methods.title(method)
            found[f"rank {method}"] = Score("Rank, first to leave first", title, lambda order=order: _places(order))
    return found


def _places(order: np.ndarray) -> np.ndarray:
    """The place (n,) of every row in an order, from 1."""
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(1, len(order) + 1)
    return places
