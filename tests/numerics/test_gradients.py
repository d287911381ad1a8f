"""Gradients as two factors, against gradients written out."""

import numpy as np
import pytest

from fdmat_core.numerics.gradients import Gradients
from fdmat_core.numerics.probabilities import residuals, softmax
from tests.conftest import make_table


def factored(table):
    inputs = np.column_stack([table.embedding, np.ones(table.n)])
    return Gradients(residuals(softmax(table.logits), table.labels), inputs)


def written_out(gradients):
    """Every gradient in full (n, c (d + 1))."""
    return np.einsum("ic,id->icd", *gradients).reshape(len(gradients.residual), -1)


def test_gradients_are_never_written_out_yet_come_out_the_same():
    table = make_table((12, 9, 5))
    gradients = factored(table)
    plain = written_out(gradients)
    some = gradients.take(np.array([3, 0, 7]))
    weights = np.arange(table.n) / table.n
    assert gradients.squares() == pytest.approx((plain**2).sum(axis=1))
    assert gradients.inner(some) == pytest.approx(plain @ plain[[3, 0, 7]].T)
    assert gradients.mean().ravel() == pytest.approx(plain.mean(axis=0))
    assert gradients.sum(weights).ravel() == pytest.approx(weights @ plain)
    assert gradients.along(gradients.mean()) == pytest.approx(plain @ plain.mean(axis=0))
    gaps = np.linalg.norm(plain[:, None] - plain[[3, 0, 7]], axis=2)
    assert gradients.distances(some) == pytest.approx(gaps, rel=1e-5, abs=1e-6)
    assert np.array_equal(gradients.nearest(some), gaps.argmin(axis=1))


def test_copies_have_a_gradient_distance_of_exactly_0():
    table = make_table((30,), d=20).take(np.arange(30))
    gradients = Gradients(np.tile([[0.3, -0.3]], (30, 1)), np.tile(table.embedding[:1].astype(float), (30, 1)))
    assert (gradients.distances(gradients) == 0).all()
