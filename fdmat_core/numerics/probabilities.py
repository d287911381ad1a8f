"""Probabilities and what is read off them: margins, errors, gradient norms."""

from __future__ import annotations

import numpy as np

from fdmat_core.numerics import distances


def softmax(logits: np.ndarray) -> np.ndarray:
    """The probabilities (n, c) of logits (n, c), in float64."""
    logits = np.asarray(logits, dtype=np.float64)
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def clipped(probabilities: np.ndarray, floor: float = 1e-8) -> np.ndarray:
    """Probabilities (n, c) raised to at least `floor` and scaled to sum to 1 again, so that their logs are finite."""
    raised = np.maximum(probabilities, floor)
    return raised / raised.sum(axis=1, keepdims=True)


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


def energies(logits: np.ndarray) -> np.ndarray:
    """How unsure a classifier is of each row (n,): `-log sum exp` of its logits (n, c) less their mean.

    The energy of Liu et al. 2020, free of what is added to all logits of a row; `-log c` where all are alike, lower
    where one stands out.
    """
    found = np.empty(len(logits))
    for rows in distances.blocks(len(logits), 8 * logits.shape[1]):
        centred = np.array(logits[rows], dtype=np.float64)
        centred -= centred.mean(axis=1, keepdims=True)
        peak = centred.max(axis=1, keepdims=True)
        found[rows] = -np.log(np.exp(centred - peak).sum(axis=1)) - peak[:, 0]
    return found
