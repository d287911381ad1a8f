"""The named set of items that a person has chosen: it goes from page to page and stands in the link."""

from __future__ import annotations

from fdmat_core.runs import sets
from fdmat_core.runs.run import Run
from fdmat_core.web import payload
from pages.shell import caches, state


def dataset(run: Run) -> str:
    """The name of the data under which the sets of a run are stored."""
    return run.dataset_key or caches.train(run).key


def bits(run: Run, name: str) -> str:
    """The rows of a stored set, as the browser names rows; a ValueError if there is no such set."""
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    ids = run.tables[0].ids
    return payload.bits_of(sets.rows(sets.load(dataset(run), name), ids), len(ids))


def chosen(run: Run) -> str:
    """The name of the chosen set; "" if none is, or it is not stored (any more)."""
    name = state.chosen("set") or ""
    return name if name in [one.name for one in sets.listed(dataset(run))] else ""
