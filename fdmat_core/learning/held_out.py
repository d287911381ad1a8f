"""What a classifier says of rows that it never saw."""

from __future__ import annotations

import numpy as np

from fdmat_core.types import FeatureTable

#: So many parts of a table are held out, one after the other.
FOLDS = 5
#: Up to this many numbers, `n d c`, a logistic regression per fold takes minutes at most.
AFFORDABLE = 1e9


def out_of_fold(table: FeatureTable, *, folds: int = FOLDS, seed: int = 0) -> np.ndarray:
    """Class probabilities (n, c) of a logistic regression that never saw the row it judges.

    Every fold holds its share of every class, so that rare classes are known to all models that judge them. An item
    that is alone in its class cannot be: it is judged by a model of all other items, and its own class gets 0, as does
    a class without items. At least two classes must have two items.
    """
    import warnings

    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    sizes = np.bincount(table.labels, minlength=table.c)
    several, alone = (np.flatnonzero(mark) for mark in (sizes[table.labels] > 1, sizes[table.labels] == 1))
    x, labels = table.embedding[several], table.labels[several]
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=200))
    split = StratifiedKFold(min(folds, sizes.max()), shuffle=True, random_state=seed)
    probabilities = np.zeros((table.n, table.c))
    with threadpool_limits(1, "blas"), warnings.catch_warnings():  # small products, for which many cores only wait
        warnings.simplefilter("ignore", UserWarning)  # few items of a class, and 200 steps, are enough to rank by
        judged = np.asarray(cross_val_predict(model, x, labels, cv=split, method="predict_proba"))
        probabilities[np.ix_(several, np.unique(labels))] = judged
        if len(alone):
            model.fit(x, labels)
            probabilities[np.ix_(alone, model.classes_)] = model.predict_proba(table.embedding[alone])
    return probabilities
