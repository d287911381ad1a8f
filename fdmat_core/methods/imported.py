"""Imported: a selection that somebody else made, kept in the store by its content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fdmat_core.formats import percent
from fdmat_core.rankings import Ranking
from fdmat_core.registry import method
from fdmat_core.store import entries
from fdmat_core.types import FeatureTable

#: What such a selection is stored as: arrays `ids`, best first, and maybe `score`, in the order of `ids`.
KIND = "imported"


@method(
    "imported",
    title="Imported selection",
    family="yours",
    needs=(),
    keeps="what a file lists",
    paper="yours",
    colour="#7F3C8D",
    runs="given",
    offered=False,
    called="Imported: {called}",
)
def imported(table: FeatureTable, *, content: str = "", called: str = "") -> Ranking:
    """Keep the items of a list that was brought along, in its order: a coreset of any size is its beginning.

    Scores are an order of all items. A list of some items says nothing about the others: they follow in one order drawn
    by chance, so that what is kept beyond the list is its items and a random subset of the rest. No class gets its
    share; the order stays as it came.

    Parameters
    ----------
    content
        The name under which the store has it, made of its content.
    called
        What people call it.
    """
    item = entries.find(KIND, content) if content else None
    if item is None:
        raise ValueError(f"the imported selection {called!r} is not in the store; add its file again")
    ids = np.asarray(item.arrays["ids"])
    by_id = np.argsort(table.ids, kind="stable")
    place = np.searchsorted(table.ids, ids, sorter=by_id).clip(max=table.n - 1)
    picks = by_id[place]
    unknown = ids[table.ids[picks] != ids]
    if len(unknown):
        raise ValueError(f"the imported selection {called!r} lists id {unknown[0]}, which these data lack; add another")
    rest = np.setdiff1d(by_id, picks)
    rest = rest[np.argsort(table.ids[rest], kind="stable")]
    order = np.concatenate([picks, np.random.default_rng(0).permutation(rest)])
    return Ranking(order, score=_by_row(item, picks, table.n), notes={"listed": len(picks)})


def _by_row(item: entries.Item, picks: np.ndarray, n: int) -> np.ndarray | None:
    """The score (n,) of every row, if all have one."""
    if "score" not in item.arrays or len(picks) < n:
        return None
    score = np.empty(n)
    score[picks] = item.arrays["score"]
    return score


def caveat(notes: Mapping[str, Any], k: int, n: int) -> str:
    """What is to be known about the k items of n that are kept of a list; "" if it is just what was listed."""
    listed = notes.get("listed", n)
    if listed in (k, n):
        return ""
    size = f"The file lists {listed:,} of {n:,} items ({percent(round(listed / n, 4))})"
    if k > listed:
        return f"{size}: at this size {k - listed:,} more are kept, drawn by chance."
    return f"{size}: at this size the first {k:,} of them are kept, which means something if it lists the best first."
