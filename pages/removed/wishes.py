"""What the grid wishes to decide, read: one item by its id, or many rows at once, which become one step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fdmat_core import formats
from fdmat_core.runs.decisions import OPEN, Decision
from fdmat_core.runs.run import Run
from fdmat_core.types import Dataset
from fdmat_core.web import payload
from pages.shell import caches


def read(run: Run, wish: Mapping[str, Any], author: str, session: str) -> list[Decision]:
    """The decisions of a wish about items of a run.

    One item is `item` with its `decision` and, for a relabel, its `label`. Many are `rows`, in the form that a lasso
    has, how many these are (`count`) and the id of the first (`first`), with one `label`, or `labels`, the place of a
    class for each row in ascending order. The decision "" takes off what the items have.

    Raises
    ------
    ValueError
        An unknown item, decision or class, or rows that are not those of this run.
    """
    data = caches.train(run)
    items = items_of(run, wish) if "rows" in wish else [_item(data, wish)]
    decision = str(wish.get("decision"))
    return [
        Decision(item, decision, label, author, run.key, session)
        for item, label in zip(items, _labels(data, wish, len(items)), strict=True)
    ]


def _item(data: Dataset, wish: Mapping[str, Any]) -> int:
    return int(data.ids[data.rows_of([formats.whole(wish.get("item", -1))])[0]])


def items_of(run: Run, wish: Mapping[str, Any]) -> list[int]:
    """The ids of the rows of a wish; the count and the first id say whether both sides mean the same items."""
    if run.tables is None:
        raise ValueError(f"run {run.key} has no features yet; run it first")
    ids = run.tables[0].ids
    items = ids[payload.rows_in(str(wish.get("rows") or ""), len(ids))].tolist()
    said = (formats.whole(wish.get("count", -1)), str(wish.get("first")))
    if not items or said != (len(items), str(items[0])):
        raise ValueError(
            f"rows are {len(items):,} items of this run, not the {said[0]:,} that were sent; reload the page"
        )
    return items


def _labels(data: Dataset, wish: Mapping[str, Any], count: int) -> Iterable[str]:
    """The new label of each item; "" for none."""
    if wish.get("decision") == OPEN or not (wish.get("label") or wish.get("labels")):
        return [""] * count
    if not data.labelled:
        raise ValueError(f"item {wish.get('item')} cannot be relabelled: these data have no labels; keep or drop it")
    if label := str(wish.get("label") or ""):
        if label not in data.classes:
            raise ValueError(f"label is {label!r}; classes are {', '.join(data.classes)}")
        return [label] * count
    places = [formats.whole(one) for one in wish["labels"]]
    if len(places) != count or not all(0 <= place < len(data.classes) for place in places):
        raise ValueError(
            f"labels are {len(places):,}; give the place of one of {len(data.classes)} classes for each row"
        )
    return [data.classes[place] for place in places]
