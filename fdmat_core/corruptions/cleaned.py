"""Cleaned: what people decided about damaged data, applied to them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fdmat_core.corruptions import corrupt
from fdmat_core.registry import corruption
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from fdmat_core.types import Dataset

#: What decisions are stored as, once they are applied: arrays `ids` (m,), `dropped` (m,) bool and `target` (m,), the
#: place of the new label among the classes or -1; as facts the key of the dataset, and where they come from.
KIND = "applied"


@corruption("cleaned", title="Cleaned by decisions", called="{called}", offered=False)
def cleaned(dataset: Dataset, *, after: str = "none", content: str = "", called: str = "") -> Dataset:
    """Leave out the training items that people dropped, and give those that they relabelled their new label.

    Nothing else changes: ids stay what they were, and test items are not touched. What was injected and not undone is
    still known as damage.

    Parameters
    ----------
    after
        The corruption before it, as a choice in words.
    content
        The name under which the store has the decisions, made of their content.
    called
        What people call it.
    """
    data = corrupt(dataset, Choice.read(after)[0])
    item = entries.find(KIND, content) if content else None
    if item is None:
        raise ValueError(f"the decisions of {called!r} are not in the store; apply them again to the run they were of")
    if item.facts["dataset"] != data.key:
        raise ValueError(f"the decisions of {called!r} are of other data; apply those of these data")
    return _applied(data, *(np.asarray(item.arrays[name]) for name in ("ids", "dropped", "target")))


def _applied(data: Dataset, ids: np.ndarray, dropped: np.ndarray, target: np.ndarray) -> Dataset:
    relabelled, labels = target >= 0, data.labels.copy()
    labels[data.rows_of(ids[relabelled])] = target[relabelled]
    truth = data.truth
    if truth is not None:
        truth = replace(truth, mislabelled=labels != truth.clean_labels)
    train = np.setdiff1d(data.splits["train"], ids[dropped])
    if not len(train):
        raise ValueError("every training item was dropped; keep some")
    stay = ~np.isin(data.ids, np.setdiff1d(data.splits["train"], train))
    changed = replace(data, labels=labels, truth=truth).take(np.flatnonzero(stay))
    return replace(changed, splits={**data.splits, "train": train})
