import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import craig
from fdmat_core.numerics import probabilities
from tests.conftest import make_table
from tests.methods.tables import distances, from_probabilities, kept, order

#: Label probabilities 1, .9, .8, .7 and 0: gradients at 0, 1, 2, 3 and 10 on a line.
LINE = from_probabilities((1, 0), (0.9, 0.1), (0.8, 0.2), (0.7, 0.3), (0, 1))


def written_out(table):
    residual = probabilities.softmax(table.logits) - np.eye(table.c)[table.labels]
    inputs = np.column_stack([table.embedding, np.ones(table.n)])
    return np.einsum("ic,id->icd", residual, inputs).reshape(table.n, -1)


def greedy_by_definition(gaps, k):
    """Each time the row that brings down the sum of distances to the nearest pick most; D_max away at first."""
    nearest, picks = np.full(len(gaps), gaps.max()), []
    for _ in range(k):
        saved = np.maximum(nearest[None, :] - gaps, 0).sum(axis=1)
        saved[picks] = -np.inf
        picks.append(int(saved.argmax()))
        nearest = np.minimum(nearest, gaps[picks[-1]])
    return picks


def test_known_order():
    assert order(LINE, "craig") == [2, 4, 0, 1, 3]


def test_known_weights():
    """Four rows are nearest to row 2, one to row 4; the published weights start at 1 and sum to n + k."""
    assert craig.nearest_counts(LINE, np.array([2, 4])).tolist() == [4, 1]
    assert selection.coreset(LINE, "craig", 2).weights == pytest.approx([1.6, 0.4])


def test_weights_sum_to_the_class_sizes():
    table = make_table((30, 20, 10))
    rows = selection.coreset(table, "craig", 12).rows
    weights = craig.nearest_counts(table, rows)
    per_class = np.bincount(table.labels[rows], weights, minlength=3)
    assert per_class.tolist() == [30, 20, 10]


def test_a_class_of_one_weighs_one():
    table = make_table((8, 1))
    rows = selection.coreset(table, "craig", 3, balance="equal").rows
    assert craig.nearest_counts(table, rows)[table.labels[rows] == 1].tolist() == [1]


def test_whole_tables_follow_the_definition():
    """Also without class balance, where the published batched gains skip rows."""
    table = make_table((30, 25, 5), d=4)
    table = table.take(np.argsort(table.ids))
    g = written_out(table)
    assert order(table, "craig")[:15] == greedy_by_definition(distances(g, g), 15)


def test_equal_gradients_keep_row_order():
    assert order(from_probabilities(*[(0.6, 0.4)] * 4), "craig") == [0, 1, 2, 3]


def test_budgets_of_none_and_one():
    assert kept(LINE, "craig", 0) == [] and kept(LINE, "craig", 1) == [2]
