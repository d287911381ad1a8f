"""Gradients of the loss by a linear head, kept as the two factors of their outer products."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fdmat_core.numerics.arrays import like, namespace, to_numpy
from fdmat_core.numerics.distances import by_blocks, dots, expand_squares, squares

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array


class Gradients(NamedTuple):
    """The gradients of the loss by the linear head, one per row, as the two factors of their outer product.

    The gradient of row i is the (c, d + 1) matrix `residual_i [z_i, 1]^T`. It is never written out: inner products of
    gradients are products of the factors' inner products.
    """

    residual: Array  # (n, c) p - e_y
    inputs: Array  # (n, d + 1) the embedding and a 1 for the bias

    def take(self, rows: np.ndarray | slice) -> Gradients:
        """The gradients of some rows."""
        if not isinstance(rows, slice):
            rows = like(self.residual, rows)
        return Gradients(self.residual[rows, :], self.inputs[rows, :])

    def squares(self) -> Array:
        """The squared length (n,) of each gradient."""
        return squares(self.residual) * squares(self.inputs)

    def inner(self, other: Gradients) -> Array:
        """The inner products (n, m) with the m gradients of another."""
        product = self.residual @ other.residual.T
        product *= self.inputs @ other.inputs.T
        return product

    def sum(self, weights: np.ndarray) -> Array:
        """The gradients summed with weights (n,): (c, d + 1)."""
        return (self.residual * like(self.residual, weights)[:, None]).T @ self.inputs

    def mean(self) -> Array:
        """The mean gradient (c, d + 1)."""
        return self.residual.T @ self.inputs / max(1, len(self.residual))

    def along(self, direction: Array) -> np.ndarray:
        """The inner products (n,) with one gradient (c, d + 1)."""
        return to_numpy(dots(self.inputs @ direction.T, self.residual))

    def distances(self, other: Gradients) -> Array:
        """The Euclidean distances (n, m) to the gradients of another: computed in float64, given in float32."""
        xp, theirs = namespace(self.residual), other.squares()
        shape = len(self.residual), len(other.residual)
        out = xp.empty(shape, dtype=xp.float32, device=self.residual.device)
        least = 1e-13 * float(xp.max(theirs)) if shape[1] else 0.0  # what rounding alone explains

        def fill(block: slice) -> None:
            mine = self.take(block)
            apart = expand_squares(mine.inner(other), mine.squares(), theirs)
            apart[apart < least] = 0
            out[block, :] = xp.astype(xp.sqrt(apart), xp.float32)

        by_blocks(fill, len(out), 4 * shape[1])
        return out

    def nearest(self, other: Gradients) -> np.ndarray:
        """Which gradient of another is nearest to each (n,); ties go to the earlier."""
        found = np.empty(len(self.residual), dtype=np.int64)

        def fill(block: slice) -> None:
            apart = self.take(block).distances(other)
            found[block] = to_numpy(namespace(apart).argmin(apart, axis=1))

        by_blocks(fill, len(found), 4 * len(other.residual))
        return found
