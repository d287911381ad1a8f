"""Shared numerics on features: chunked distances, neighbours, class means. No n x n array for more than 20k rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

#: A block of distances holds at most this many float32 (256 MB).
BLOCK = 2**26
#: Up to this many rows, all pairwise distances are kept in memory.
DENSE_ROWS = 20_000


def blocks(n: int, width: int) -> Iterator[slice]:
    """Slices of n rows such that rows x width stays within one block."""
    step = max(1, BLOCK // max(1, width))
    for start in range(0, n, step):
        yield slice(start, min(n, start + step))


def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances (m, n) between the rows of a (m, d) and b (n, d), never below 0.

    Centre the data first when its mean is far from 0: the error grows with the squared norm.
    """
    cross = a @ b.T  # (m, n)
    cross *= -2
    cross += np.einsum("id,id->i", a, a)[:, None]
    cross += np.einsum("jd,jd->j", b, b)[None, :]
    return np.maximum(cross, 0, out=cross)


def distance_rows(x: np.ndarray) -> Callable[[int], np.ndarray]:
    """A function that gives the distances (n,) from one row of x (n, d) to all of them.

    Up to `DENSE_ROWS` rows all distances are computed at once, in blocks; above, each is computed when asked for.
    """
    x = np.ascontiguousarray(x - x.mean(axis=0, dtype=np.float64), dtype=np.float32)
    if len(x) > DENSE_ROWS:
        return lambda row: np.sqrt(squared_distances(x[row : row + 1], x)[0])
    dense = np.empty((len(x), len(x)), dtype=np.float32)
    for block in blocks(len(x), len(x)):
        np.sqrt(squared_distances(x[block], x), out=dense[block])
    np.fill_diagonal(dense, 0)
    return dense.__getitem__


def class_means(x: np.ndarray, labels: np.ndarray, c: int) -> np.ndarray:
    """The mean (c, d) of each class's rows, summed in float64; NaN for an empty class."""
    means = np.full((c, x.shape[1]), np.nan)
    for label in np.unique(labels):
        means[label] = x[labels == label].mean(axis=0, dtype=np.float64)
    return means


def neighbours(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact k nearest rows of each row of x (n, d), itself left out by its number: distances and rows (n, k)."""
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(x) - 1)
    if k < 1:
        return np.zeros((len(x), 0)), np.zeros((len(x), 0), dtype=np.int64)
    index = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x)
    return index.kneighbors()


def softmax(logits: np.ndarray) -> np.ndarray:
    """The probabilities (n, c) of logits (n, c), in float64."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True), dtype=np.float64)
    return shifted / shifted.sum(axis=1, keepdims=True)


def residuals(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The gradient of the cross-entropy by the logits (n, c): `p - e_y`, with e_y the one-hot label."""
    residual = np.array(probabilities, dtype=np.float64)
    residual[np.arange(len(labels)), labels] -= 1
    return residual


def el2n(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The error norm (n,) of Paul et al. 2021: `|p - e_y|`, from 0 to the square root of 2."""
    return np.linalg.norm(residuals(probabilities, labels), axis=1)


def grand(probabilities: np.ndarray, labels: np.ndarray, embedding: np.ndarray) -> np.ndarray:
    """The gradient norm (n,) of Paul et al. 2021 for a linear head with bias on an embedding (n, d).

    The gradient of row i is the outer product of `p - e_y` and `[z, 1]`, so its norm is `|p - e_y| sqrt(1 + |z|^2)`.
    """
    squares = np.einsum("id,id->i", embedding, embedding, dtype=np.float64)
    return el2n(probabilities, labels) * np.sqrt(1 + squares)


def margins(outputs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How far the labelled class leads the best other one (n,), in outputs (n, c) that are logits or probabilities."""
    rows = np.arange(len(labels))
    others = np.array(outputs, dtype=np.float64)
    others[rows, labels] = -np.inf
    return outputs[rows, labels] - others.max(axis=1)
