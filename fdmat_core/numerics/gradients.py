"""Gradients of the loss by a linear head, kept as the two factors of their outer products."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fdmat_core.numerics.distances import blocks, expand_squares


class Gradients(NamedTuple):
    """The gradients of the loss by the linear head, one per row, as the two factors of their outer product.

    The gradient of row i is the (c, d + 1) matrix `residual_i [z_i, 1]^T`. It is never written out: inner products of
    gradients are products of the factors' inner products.
    """

    residual: np.ndarray  # (n, c) p - e_y
    inputs: np.ndarray  # (n, d + 1) the embedding and a 1 for the bias

    def take(self, rows: np.ndarray | slice) -> Gradients:
        """The gradients of some rows."""
        return Gradients(self.residual[rows], self.inputs[rows])

    def squares(self) -> np.ndarray:
        """The squared length (n,) of each gradient."""
        left, right = (np.einsum("ij,ij->i", factor, factor) for factor in self)
        return left * right

    def inner(self, other: Gradients) -> np.ndarray:
        """The inner products (n, m) with the m gradients of another."""
        product = self.residual @ other.residual.T
        product *= self.inputs @ other.inputs.T
        return product

    def sum(self, weights: np.ndarray) -> np.ndarray:
        """The gradients summed with weights (n,): (c, d + 1)."""
        return (self.residual * weights[:, None]).T @ self.inputs

    def mean(self) -> np.ndarray:
        """The mean gradient (c, d + 1)."""
        return self.residual.T @ self.inputs / max(1, len(self.residual))

    def along(self, direction: np.ndarray) -> np.ndarray:
        """The inner products (n,) with one gradient (c, d + 1)."""
        return np.einsum("ic,ic->i", self.inputs @ direction.T, self.residual)

    def distances(self, other: Gradients) -> np.ndarray:
        """The Euclidean distances (n, m) to the gradients of another: computed in float64, given in float32."""
        out = np.empty((len(self.residual), len(other.residual)), dtype=np.float32)
        theirs = other.squares()
        for block in blocks(len(out), 4 * out.shape[1]):
            mine = self.take(block)
            squares = expand_squares(mine.inner(other), mine.squares(), theirs)
            squares[squares < 1e-13 * theirs.max(initial=0)] = 0  # what rounding alone explains
            out[block] = np.sqrt(squares)
        return out

    def nearest(self, other: Gradients) -> np.ndarray:
        """Which gradient of another is nearest to each (n,); ties go to the earlier."""
        found = np.empty(len(self.residual), dtype=np.int64)
        for block in blocks(len(found), 4 * len(other.residual)):
            found[block] = self.take(block).distances(other).argmin(axis=1)
        return found
