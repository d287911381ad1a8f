import numpy as np

from fdmat_core import registry
from fdmat_core.types import FeatureTable


def table_of(x, labels=None, ids=None):
    """A table of points (n, d) or numbers (n,), in one class if no labels are given."""
    x = np.asarray(x, dtype=np.float32)
    x = x[:, None] if x.ndim == 1 else x
    labels = np.zeros(len(x), dtype=np.int64) if labels is None else np.asarray(labels)
    classes = tuple(f"class {label}" for label in range(labels.max() + 1))
    return FeatureTable(np.arange(len(x)) if ids is None else ids, labels, x, classes, "points")


def value(name, table, rows, weights=None, **params):
    """What a measure says of the coreset of these rows."""
    weights = None if weights is None else np.asarray(weights, dtype=float)
    return registry.measures.get(name)(table, params=params, seed=0)(np.asarray(rows), weights)
