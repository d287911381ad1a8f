"""Nearest neighbours, and the graph that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def exact(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Exact k nearest rows of each row of x (n, d), itself left out by its number: distances and rows (n, k)."""
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(x) - 1)
    if k < 1:
        return np.zeros((len(x), 0)), np.zeros((len(x), 0), dtype=np.int64)
    index = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(x)
    return index.kneighbors()


def symmetric_graph(nearest: np.ndarray, weights: np.ndarray) -> csr_matrix:
    """The neighbour graph (n, n), sparse, in which two rows are joined if either is a neighbour of the other.

    Parameters
    ----------
    nearest
        (n, k) the neighbours of each row.
    weights
        (n, k) the weight of each edge, none below 0; where two disagree the larger counts.
    """
    from scipy.sparse import csr_matrix

    n, k = nearest.shape
    graph = csr_matrix((weights.ravel(), nearest.ravel(), np.arange(n + 1) * k), shape=(n, n))
    return graph.maximum(graph.T).tocsr()
