"""Tables small enough to work through by hand, and what coresets of them are judged by."""

import numpy as np

from fdmat_core import selection
from fdmat_core.learning import dynamics
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable


def points(embedding, *, labels=None, **columns):
    """A table of these rows with ids 0, 1, 2...; all of class 0 unless labels are given, a class for each logit."""
    embedding = np.asarray(embedding, dtype=np.float32)
    labels = np.zeros(len(embedding), dtype=np.int64) if labels is None else np.asarray(labels)
    c = max(labels.max() + 1, np.shape(columns.get("logits", [[0]]))[1])
    classes = tuple(f"class {label}" for label in range(c))
    return FeatureTable(np.arange(len(embedding)), labels, embedding, classes, "by hand", **columns)


def line(*values, **columns):
    """A table of rows on a line."""
    return points(np.array(values)[:, None], **columns)


def from_probabilities(*rows, **columns):
    """A table whose logits give these probabilities; a 0 stays a very small one."""
    logits = np.log(np.maximum(np.array(rows, dtype=np.float64), 1e-300))
    return points(np.zeros((len(rows), 1)), logits=logits, **columns)


def order(table, name, *, seed=0, **params):
    """The order in which a method takes all rows, classes disregarded, as a list."""
    return selection.rank(table, Choice.of(name, **params), balance="none", seed=seed).order.tolist()


def kept(table, name, k, *, balance="none", seed=0, **params):
    """The rows of the coreset of k rows, as a list."""
    return selection.coreset(table, Choice.of(name, **params), k, balance=balance, seed=seed).rows.tolist()


def distances(a, b):
    """All distances (m, n) between rows, the plain way."""
    return np.linalg.norm(np.asarray(a, dtype=np.float64)[:, None] - np.asarray(b, dtype=np.float64)[None], axis=2)


def energy_distance(picked, z):
    """`2 E|x - y| - E|x - x'| - E|y - y'|` of some rows (k, d) and all (n, d)."""
    return 2 * distances(picked, z).mean() - distances(picked, picked).mean() - distances(z, z).mean()


def random_subsets(n, k, count, seed=0):
    """So many random subsets of k rows."""
    rng = np.random.default_rng(seed)
    return [rng.choice(n, k, replace=False) for _ in range(count)]


def cloud(n=120, d=4, seed=3):
    """Rows of three unequal Gaussian clusters, one class."""
    rng = np.random.default_rng(seed)
    centres = np.repeat([0, 3, 7], [n // 2, n // 3, n - n // 2 - n // 3])[:, None]
    return points(centres + rng.standard_normal((n, d)))


def recorded(*trajectories):
    """A table of rows whose probability of class 0 takes these values epoch by epoch."""
    p = np.array(trajectories)
    recorder = dynamics.Recorder(np.zeros(len(p), dtype=np.int64), 2, p.shape[1])
    for epoch in p.T:
        recorder.add(np.log(np.column_stack([epoch, 1 - epoch])), np.zeros((len(p), 1)))
    return points(np.zeros((len(p), 1)), dynamics=recorder.columns())
