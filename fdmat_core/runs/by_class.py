"""A ranking class by class: of many rows workers rank some classes each, and the process of the run joins them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from fdmat_core import registry, selection
from fdmat_core.formats import counted
from fdmat_core.runs import artifacts
from fdmat_core.runs.artifacts import UsedFeatures
from fdmat_core.runs.tasks import Rank, Ranked
from fdmat_core.spec import Spec
from fdmat_core.store import entries
from fdmat_core.types import FeatureTable

#: A ranking of fewer rows is one task.
ROWS = 20_000


def divided(spec: Spec, used: UsedFeatures, train: FeatureTable, workers: int, task: Rank) -> list[Rank]:
    """The tasks into which one is divided, as many as there are workers; itself if that would bring nothing.

    It is not divided if it is stored already, if the method looks at all classes at once or draws, or if how much each
    class is to have takes long to find, as every worker would do so.
    """
    cheap = spec.balance in ("proportional", "equal")
    if train.n < ROWS or not cheap or not selection.by_class(task.method, spec.balance):
        return [task]
    if entries.find("ranking", artifacts.ranking_key(spec, used, task.method, 0, task.k)):
        return [task]
    hands = dealt(train.labels, workers)
    return [task._replace(labels=labels) for labels in hands] if len(hands) > 1 else [task]


def dealt(labels: np.ndarray, hands: int) -> list[tuple[int, ...]]:
    """The classes of labels (n,), the largest first, dealt into so many hands, or one for each if there are fewer."""
    sizes = np.bincount(labels)
    ordered = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)].tolist()
    return [tuple(ordered[hand::hands]) for hand in range(min(hands, len(ordered)))]


def words(task: Rank) -> str:
    """What is ranked, as a person reads it."""
    title = registry.methods.title(task.method)
    return f"{title} ({counted(len(task.labels), 'class', 'classes')})" if task.labels else title


def gathered(tasks: Sequence[Rank], ended: Iterable[Ranked]) -> Iterator[list[Ranked]]:
    """The parts of each task that was divided, once all have ended."""
    left = Counter(_whole(task) for task in tasks)
    found: dict[Rank, list[Ranked]] = {}
    for one in ended:
        if one.task.labels:
            whole = _whole(one.task)
            found.setdefault(whole, []).append(one)
            if len(found[whole]) == left[whole]:
                yield found.pop(whole)


def _whole(task: Rank) -> Rank:
    return task._replace(labels=())
