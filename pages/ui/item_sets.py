"""Named sets of items, as more than one page asks for them; the chosen one travels in the link."""

from __future__ import annotations

from fdmat_core.runs import sets
from fdmat_core.runs.run import Run
from fdmat_core.web import payload
from pages.shell import caches


def bits(run: Run, name: str) -> str:
    """The rows of a stored set, as the browser names rows; a ValueError if there is no such set."""
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    ids = run.tables[0].ids
    return payload.bits_of(sets.rows(sets.load(caches.data_key(run), name), ids), len(ids))
