"""The closed forms of scores, against the plain definitions."""

import numpy as np
import pytest

from fdmat_core.numerics import probabilities
from tests.conftest import make_table

#: Probabilities of a row labelled 0 (methods.md 9).
P, Y = np.array([[0.7, 0.2, 0.1]]), np.array([0])


def test_el2n_known_answer():
    assert probabilities.el2n(P, Y) == pytest.approx([0.374166], abs=1e-6)


def test_el2n_runs_from_0_to_the_square_root_of_2():
    certain = np.eye(3)[[0, 1]]
    assert probabilities.el2n(certain, np.array([0, 0])) == pytest.approx([0, np.sqrt(2)])


def test_grand_is_the_length_of_the_gradient():
    table = make_table((8, 6))
    p = probabilities.softmax(table.logits)
    inputs = np.column_stack([table.embedding, np.ones(table.n)])
    plain = np.einsum("ic,id->icd", p - np.eye(table.c)[table.labels], inputs)  # (n, c, d + 1)
    lengths = np.sqrt((plain**2).sum(axis=(1, 2)))
    assert probabilities.grand(p, table.labels, table.embedding) == pytest.approx(lengths)
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


def test_energy_by_hand():
    """Logits alike: -log 3; (2, 0, 1) less their mean: -log(e + 1/e + 1)."""
    found = probabilities.energies(np.array([[5.0, 5, 5], [2, 0, 1], [1002, 1000, 1001]], np.float32))
    np.testing.assert_allclose(found, [-np.log(3), *2 * [-np.log(np.e + 1 / np.e + 1)]])
