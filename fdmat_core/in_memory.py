"""From arrays in memory to what is kept of them: `fdmat_core.select`, for programs that are not ours."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fdmat_core import registry, selection, sizes
from fdmat_core.analysis import issues
from fdmat_core.rankings import Ranking
from fdmat_core.reading.labels import flat, read, require_classes
from fdmat_core.spec import Choice
from fdmat_core.types import UNLABELLED, FeatureTable, Issue

#: The reason of an item that is kept.
KEPT = "kept"
#: What a linear head gives to a table that lacks it.
LEARNED = ("head", "logits", "dynamics")


@dataclass(frozen=True)
class Selection:
    """What is kept of some items, best first, and why each of all items is kept or not."""

    ids: np.ndarray  # (k,) int64
    rows: np.ndarray  # (k,) int64 rows of the input
    weights: np.ndarray  # (k,) with mean 1; ones of a method that does not weigh
    reasons: np.ndarray  # (n,) words, row by row of the input: "kept", "redundant", "outlier", ...


def select(  # noqa: PLR0913
    features: Any,
    labels: Any = None,
    method: str | Choice = "fdmat",
    kept: float = 0.05,
    *,
    ids: Any = None,
    logits: Any = None,
    seed: int = 0,
    balance: str = "proportional",
) -> Selection:
    """Select what to keep of a training set: the same items as the app keeps of the same arrays.

    Features, labels, ids and logits may be arrays, lists, torch tensors (on any device, with or without gradient) or
    of pandas. Rows belong together by their place; a pandas index gives the ids if it holds whole numbers without
    repetition, else items are numbered by row, from 0.

    Parameters
    ----------
    features
        (n, d) numbers, one row per item.
    labels
        (n,) class names or numbers, or one-hot rows (n, c); without them the whole distribution is matched. Classes are
        numbered as numbers or words are sorted, of a pandas Categorical by its categories, whatever holds them.
    method
        A registered name, with its parameters if need be: "fdmat(tau=0)". A method that reads logits, a head or
        training dynamics gets those of a linear head that is trained here.
    kept
        The share to keep, a float above 0 and up to 1, or the count, a whole number from 1: `1.0` is all, `1` is one.
    ids
        (n,) distinct whole numbers that name the items.
    logits
        (n, c) of a classifier of your own, its columns in the order of the classes.
    seed
        Of a method that draws.
    balance
        What every class gets: "proportional" to its size, "equal", by validation "error" or by "difficulty" (see
        `fdmat_core.class_shares.weights`), or "none": as the method likes.

    Raises
    ------
    ValueError
        Arrays that do not fit together, or a method that needs what is not there; the message names the fix.
    """
    choice = _choice(method)
    table = _table(features, labels, ids, logits)
    k = _count(kept, table.n)
    by_id = np.argsort(table.ids, kind="stable")  # as features are extracted, on which the training of a head depends
    hard = ("dynamics.el2n",) if balance == "difficulty" else ()
    facts = registry.methods.get(choice.name).facts
    ordered = _learned(table.take(by_id), (*facts.needs, *facts.uses, *hard))
    ranking = selection.rank(ordered, choice, budget=k, balance=balance, seed=seed)
    chosen = ranking.order[:k]
    weights = selection.weights(ordered, choice, chosen)
    reasons = np.empty(table.n, dtype=object)
    reasons[by_id] = _reasons(ordered, ranking, chosen)
    found = Selection(ordered.ids[chosen], by_id[chosen], np.ones(k) if weights is None else weights, reasons)
    for array in (found.ids, found.rows, found.weights, found.reasons):
        array.flags.writeable = False
    return found


def _choice(method: str | Choice) -> Choice:
    if isinstance(method, Choice):
        return method
    choices = Choice.read(method)
    if len(choices) != 1:
        raise ValueError(f"method is {method!r}, which names {len(choices)} methods; name one")
    return choices[0]


def _count(kept: Any, n: int) -> int:
    """How many of n items a share or a count means."""
    if type(kept) is bool or not isinstance(kept, numbers.Real):
        raise ValueError(f"kept is {kept!r}; give a share above 0 and up to 1, or a whole number of items")
    if isinstance(kept, numbers.Integral):
        if 1 <= int(kept) <= n:
            return int(kept)
        raise ValueError(f"kept is {kept}, a count, but there are {n:,} items; give 1 to {n}, or a share such as 0.05")
    if not 0 < float(kept) <= 1:
        raise ValueError(f"kept is {kept!r}; give a share above 0 and up to 1, or a whole number of items")
    return sizes.kept_count(n, float(kept))


def _table(features: Any, labels: Any, ids: Any, logits: Any) -> FeatureTable:
    """All that was given as one table, in the order of its rows."""
    _require_same_index(features, labels)
    embedding = _numbers(features, "features")
    n = len(embedding)
    numbered, classes = (np.zeros(n, dtype=np.int64), UNLABELLED) if labels is None else _classes(labels, n)
    scores = None if logits is None else _numbers(logits, "logits")
    if scores is not None and len(scores) != n:
        raise ValueError(f"logits has {len(scores)} rows, features {n}; give one row of logits for each item")
    if scores is not None and labels is not None and scores.shape[1] != len(classes):
        raise ValueError(
            f"logits has {scores.shape[1]} columns, but labels name {len(classes)} classes; give a column per class"
        )
    return FeatureTable(
        ids=_ids(features, ids, n), labels=numbered, embedding=embedding, classes=classes, key="given", logits=scores
    )


def _array(values: Any) -> np.ndarray:
    """Whatever holds values as an array; a tensor is brought here from its device and its gradient."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        try:
            return np.asarray(values.numpy())
        except TypeError:  # a type that numpy does not have, such as bfloat16
            return np.asarray(values.float().numpy())
    return np.asarray(values)


def _numbers(values: Any, name: str) -> np.ndarray:
    """Values as float32 (n, d)."""
    array = _array(values)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}; give (n, d), at least one row and one column")
    try:
        return array.astype(np.float32)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name} holds values that are no numbers ({error}); leave such columns out") from None


def _classes(labels: Any, n: int) -> tuple[np.ndarray, tuple[str, ...]]:
    """The class numbers (n,) and the names of the classes, in the order of the names or numbers given."""
    known = getattr(labels, "cat", labels)
    array = flat(_array(labels), "labels")
    if array.shape != (n,):
        raise ValueError(f"labels has shape {array.shape}; give ({n},), one for each row of features")
    missing = np.array([_absent(value) for value in array.tolist()])
    if missing.any():
        raise ValueError(
            f"labels has no value in row {int(missing.argmax())} ({int(missing.sum())} such rows); "
            "leave these items out, or give no labels at all"
        )
    if hasattr(known, "categories"):
        return np.asarray(known.codes, dtype=np.int64), tuple(map(str, known.categories))
    if array.dtype.kind == "f" and (odd := array[array % 1 != 0]).size:
        raise ValueError(f"labels holds fractions such as {odd[0]:g}, which are no classes; give classes, or no labels")
    require_classes(len(set(array.tolist())), n, "labels", "give the class of each row, or no labels at all")
    found = read(array, n, name="labels")
    if (found.numbers < 0).any():
        row = int(np.argmax(found.numbers < 0))
        raise ValueError(f"labels has {array[row]!r} in row {row}, which stands for no label; leave such items out")
    return found.numbers, found.classes


def _absent(value: Any) -> bool:
    """Whether a label is none: None, NaN, or what pandas has for it."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value  # noqa: PLR0124


def _ids(features: Any, ids: Any, n: int) -> np.ndarray:
    """The ids (n,): those given, else a pandas index of distinct whole numbers, else the numbers of the rows."""
    index = getattr(features, "index", None)
    if ids is None:
        array = np.arange(n) if index is None or callable(index) else np.asarray(index)
        whole = array.dtype.kind in "iu" and len(np.unique(array)) == n
        return array.astype(np.int64) if whole else np.arange(n)
    array = _array(ids)
    if array.shape != (n,) or array.dtype.kind not in "iu":
        raise ValueError(
            f"ids of type {array.dtype} have shape {array.shape}; give {n} whole numbers, one for each row"
        )
    values, counts = np.unique(array, return_counts=True)
    if len(values) < n:
        raise ValueError(f"ids holds {values[counts > 1][0]} more than once; every item needs an id of its own")
    return array.astype(np.int64)


def _require_same_index(features: Any, labels: Any) -> None:
    pandas_both = all(hasattr(getattr(one, "index", None), "equals") for one in (features, labels))
    if pandas_both and len(features) == len(labels) and not features.index.equals(labels.index):
        raise ValueError(
            "features and labels have different indices; align them: "
            "labels.loc[features.index], or give labels.to_numpy() if they belong together row by row"
        )


def _learned(table: FeatureTable, needs: Sequence[str]) -> FeatureTable:
    """The table with what a linear head learns on it, if it has labels and something of that is needed and missing."""
    wanted = [name for name in needs if name.partition(".")[0] in LEARNED]
    if not table.labelled or all(map(table.has, wanted)):
        return table
    from fdmat_core.learning.head import apply, linear_head

    selection.require_finite(table)
    head, dynamics = linear_head(table.embedding, np.array(table.labels), table.c, tell=lambda done: None)
    logits = apply(head, table.embedding) if table.logits is None else table.logits
    return replace(table, head=head, logits=logits, dynamics=dynamics)


def _reasons(table: FeatureTable, ranking: Ranking, chosen: np.ndarray) -> np.ndarray:
    """Why each row (n,) is kept or not: what is the matter with it as far as the method knows, else redundant."""
    words = np.full(table.n, Issue.NONE.title, dtype=object)
    if "issue" in ranking.evidence:
        words = np.array([one.title for one in Issue], dtype=object)[issues.of_rows(table, ranking)]
    words[chosen] = KEPT
    return words
