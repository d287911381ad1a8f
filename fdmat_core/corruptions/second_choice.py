"""Labels flipped to the class that an item looks most like, but for its own."""

from __future__ import annotations

import numpy as np

from fdmat_core.corruptions import Rate, Seed, contents, draws, lowest, relabelled, require_classes, train_rows
from fdmat_core.registry import corruption
from fdmat_core.types import Dataset

#: The classes of an item are judged by a model that never saw it: one of so many.
FOLDS = 3
#: Images are looked at in cells, at most so many a side.
SIDE = 16
#: Of what a model reads, so many items are looked up at a time.
AT_ONCE = 1000


@corruption(
    "second_choice",
    title="Labels flipped to the class that an item looks like",
    called="{rate} of labels flipped to the class that an item looks like",
)
def second_choice(dataset: Dataset, *, rate: Rate = 0.2, seed: Seed = 0) -> Dataset:
    """Flip labels as people mistake them: an item gets the other class that a reference model finds likeliest.

    The model is a linear discriminant analysis of the pixels or the features, fitted on two thirds of the items to
    judge the last. Which items are flipped is drawn, one the likelier, the surer the model is of the other class.

    Parameters
    ----------
    rate
        Share of train items with a wrong label.
    seed
        Which items, and how they are divided for the model.
    """
    c = require_classes(dataset)
    rows = train_rows(dataset)
    chances = _chances(_read(dataset, rows), dataset.labels[rows], c, np.argsort(draws(rows, seed), kind="stable"))
    chances[np.arange(len(rows)), dataset.labels[rows]] = -1
    second = chances.argmax(axis=1)
    likely = np.maximum(chances.max(axis=1), 1e-12)
    first = -np.log1p(-np.random.default_rng([seed, 4]).random(len(rows))) / likely  # exponential: who comes first
    flipped = lowest(first, rate)
    labels = dataset.labels.copy()
    labels[rows[flipped]] = second[flipped]
    return relabelled(dataset, labels)


def _read(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """What the model sees of some rows (m, d): features, or every so manieth pixel of images."""
    get, ids = contents(dataset, "second_choice"), dataset.ids[rows]
    parts = (_cells(get(ids[start : start + AT_ONCE])) for start in range(0, len(ids), AT_ONCE))
    return np.concatenate(list(parts))


def _cells(items: np.ndarray) -> np.ndarray:
    if items.ndim == 4:
        step = -(-max(items.shape[1:3]) // SIDE)
        items = items[:, step // 2 :: step, step // 2 :: step]
    return items.reshape(len(items), -1).astype(np.float32)


def _chances(x: np.ndarray, labels: np.ndarray, c: int, drawn: np.ndarray) -> np.ndarray:
    """Class probabilities (m, c) of rows x (m, d), each by a model that never saw it; `drawn` (m,) deals them out."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from threadpoolctl import threadpool_limits

    chances, fold = np.zeros((len(x), c)), np.empty(len(x), dtype=np.int64)
    fold[drawn] = np.arange(len(x)) % FOLDS
    for number in range(FOLDS):
        seen, judged = fold != number, fold == number
        known = np.unique(labels[seen])
        if len(known) < 2 or not judged.any():
            continue
        with threadpool_limits(1, "blas"):  # sums in one order, so that the same items are flipped on every machine
            model = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.1).fit(x[seen], labels[seen])
            chances[np.ix_(judged, known)] = model.predict_proba(x[judged])
    return chances
