"""The closed forms of scores and gradients, against the plain definitions."""

import numpy as np
import pytest

from fdmat_core.learning import head
from fdmat_core.numerics import probabilities
from fdmat_core.numerics.gradients import Gradients
from tests.conftest import make_table

#: Probabilities of a row labelled 0 (methods.md 9).
P, Y = np.array([[0.7, 0.2, 0.1]]), np.array([0])


def written_out(table):
    """Every gradient of the head, in full (n, c (d + 1))."""
    p = np.exp(table.logits.astype(np.float64))
    p /= p.sum(axis=1, keepdims=True)
    residual = p - np.eye(table.c)[table.labels]
    inputs = np.column_stack([table.embedding, np.ones(table.n)])
    return np.einsum("ic,id->icd", residual, inputs).reshape(table.n, -1)


def test_the_head_gradients_are_those_of_the_loss():
    """Moving the head a little changes the loss as the gradient says."""
    table = make_table((3, 2), d=3)
    step = np.random.default_rng(0).standard_normal((2, 4)) * 1e-6
    inputs = np.column_stack([table.embedding, np.ones(table.n)])

    def losses(logits):
        return -np.log(probabilities.softmax(logits)[np.arange(table.n), table.labels])

    logits = table.logits.astype(np.float64)
    rise = losses(logits + inputs @ step.T) - losses(logits)
    assert head.head_gradients(table).along(step) == pytest.approx(rise, rel=1e-3)


def test_gradients_are_never_written_out_yet_come_out_the_same():
    table = make_table((12, 9, 5))
    plain, gradients = written_out(table), head.head_gradients(table)
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


def test_el2n_known_answer():
    assert probabilities.el2n(P, Y) == pytest.approx([0.374166], abs=1e-6)


def test_el2n_runs_from_0_to_the_square_root_of_2():
    certain = np.eye(3)[[0, 1]]
    assert probabilities.el2n(certain, np.array([0, 0])) == pytest.approx([0, np.sqrt(2)])


def test_grand_is_the_length_of_the_gradient():
    table = make_table((8, 6))
    lengths = np.linalg.norm(written_out(table), axis=1)
    assert probabilities.grand(probabilities.softmax(table.logits), table.labels, table.embedding) == pytest.approx(
        lengths
    )
    unit = np.array([[0.6, 0.8]])
    assert probabilities.grand(P, Y, unit) / probabilities.el2n(P, Y) == pytest.approx([np.sqrt(2)])


def test_margins_known_answer():
    logits = np.array([[2.0, 1, 0], [0, 3, 1]])
    assert probabilities.margins(logits, np.array([0, 0])).tolist() == [1, -3]
    assert probabilities.margins(logits + 7, np.array([0, 0])).tolist() == [1, -3]


def test_margins_agree_with_cleanlab():
    """Its normalised margin is ours moved to 0..1; one less its self-confidence is the residual of the label."""
    rank = pytest.importorskip("cleanlab.rank")
    table = make_table((20, 15, 10))
    p = probabilities.softmax(table.logits)
    theirs = rank.get_label_quality_scores(table.labels, p, method="normalized_margin")
    assert (1 + probabilities.margins(p, table.labels)) / 2 == pytest.approx(theirs)
    confidence = rank.get_label_quality_scores(table.labels, p, method="self_confidence")
    assert -probabilities.residuals(p, table.labels)[np.arange(45), table.labels] == pytest.approx(1 - confidence)


def test_softmax_survives_large_logits():
    assert probabilities.softmax(np.array([[1e4, 0], [-1e4, -1e4]])) == pytest.approx(np.array([[1, 0], [0.5, 0.5]]))
