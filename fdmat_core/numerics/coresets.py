"""In which space small coresets are matched from which a classifier tells the classes of all other rows best."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core.numerics import matching, quotas, spaces
from fdmat_core.numerics.arrays import evenly, like, take, to_numpy
from fdmat_core.numerics.spaces import SCALED, Space

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: By at most so many rows a space is chosen, of at most so many classes; so many of them are asked.
ROWS, CLASSES, ASKED = 8000, 100, 2000
#: What share of the rows the coresets keep, at least one of every class.
SHARES = (0.003, 0.01, 0.03, 0.1)


def told(z: Array, labels: np.ndarray, alive: np.ndarray, tried: tuple[Space, ...]) -> dict[Space, float]:
    """How often a classifier tells the class of a row from small coresets that are matched in a space, for each space.

    Of each space: coresets of `SHARES` of the rows are matched class by class; a logistic regression on the columns on
    one scale learns from each, and is asked for the classes of other rows. The mean over classes and coresets, from 0
    to 1; nothing where no two classes have rows.

    Parameters
    ----------
    z, labels
        (n, d) features and (n,) class numbers. Of more than `ROWS` rows or `CLASSES` classes as many are looked at.
    alive
        (n,) which rows may be kept; only these are asked, too.
    """
    rows = _sample(labels)
    some, classes = z[like(z, rows), :], _by_appearance(labels[rows])
    inputs, usable = to_numpy(spaces.features(some, SCALED).x), np.flatnonzero(alive[rows])
    asked = usable[evenly(len(usable), ASKED)]
    if len(np.unique(classes[usable])) < 2:
        return {}
    found, counts = {}, _counts(classes)
    for space in tried:
        orders = matched(spaces.features(some, space).x, classes, usable, counts)
        found[space] = float(np.mean([_recall(inputs, classes, kept, asked) for kept in orders]))
    return found


def matched(x: Array, labels: np.ndarray, alive: np.ndarray, counts: list[int]) -> list[np.ndarray]:
    """Coresets of so many of the rows alive (m,), matched class by class to them: one contains the other."""
    sizes = np.bincount(labels)
    groups = [alive[some] for some in quotas.rows_by_class(labels[alive], len(sizes))]
    places = quotas.quotas(counts[-1], sizes, "proportional")
    picks = [rows[matching.energy(take(x, rows), k)] for rows, k in zip(groups, places.tolist(), strict=True)]
    order = quotas.merge(picks, sizes, "proportional")
    return [order[:k] for k in counts]


def _counts(labels: np.ndarray) -> list[int]:
    """How many rows the coresets have, fewest first."""
    least = len(np.unique(labels))
    return sorted({min(len(labels), max(least, round(share * len(labels)))) for share in SHARES})


def _sample(labels: np.ndarray) -> np.ndarray:
    """The rows that are looked at: of classes spread evenly over all, spread evenly over theirs."""
    classes = _by_appearance(labels)
    kept = np.flatnonzero(np.isin(classes, evenly(int(classes.max()) + 1, CLASSES)))
    return kept[evenly(len(kept), ROWS)]


def _by_appearance(labels: np.ndarray) -> np.ndarray:
    """The classes (n,) numbered by their first rows, so that it does not matter which number each has."""
    _, first, places = np.unique(labels, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[places]


def _recall(inputs: np.ndarray, labels: np.ndarray, kept: np.ndarray, asked: np.ndarray) -> float:
    """The share of the rows asked that a classifier of the kept ones puts into their class, the mean over classes."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import recall_score
    from threadpoolctl import threadpool_limits

    if len(np.unique(labels[kept])) < 2:
        return 0.0
    with threadpool_limits(1, "blas"), warnings.catch_warnings():  # small products, for which many cores only wait
        warnings.simplefilter("ignore", UserWarning)  # that it ended early, or that classes have an item or two each
        said = LogisticRegression(max_iter=100).fit(inputs[kept], labels[kept]).predict(inputs[asked])
    there = np.unique(labels[asked])
    return float(recall_score(labels[asked], said, labels=there, average="macro"))
