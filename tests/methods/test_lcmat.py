import numpy as np
import pytest

from fdmat_core.methods import lcmat
from fdmat_core.numerics import probabilities
from tests.conftest import make_table
from tests.methods.tables import distances, from_probabilities, order
from tests.methods.test_craig import LINE, greedy_by_definition, written_out


def test_without_curvature_it_is_craig(table):
    assert order(table, "lcmat", eps=0) == order(table, "craig")
    assert order(LINE, "lcmat", eps=0) == [2, 4, 0, 1, 3]


def test_known_answer():
    """`p (1 - p)` is 0, .09, .16, .21, 0: by curvature alone row 1 is the medoid, not row 2, and 0 or 4 comes next."""
    picks = order(LINE, "lcmat", eps=100)
    assert picks[0] == 1 and picks[1] in (0, 4)


def test_the_curvature_is_the_diagonal_of_the_hessian():
    """The second derivative of a row's loss by each weight, taken numerically."""
    table = make_table((4, 3), d=3)
    inputs = np.column_stack([table.embedding.astype(np.float64), np.ones(table.n)])
    logits = table.logits.astype(np.float64)
    full = np.empty((table.n, table.c, inputs.shape[1]))
    for label, column in np.ndindex(full.shape[1:]):

        def loss(step, label=label, column=column):
            moved = logits.copy()
            moved[:, label] += step * inputs[:, column]
            return -np.log(probabilities.softmax(moved)[np.arange(table.n), table.labels])

        full[:, label, column] = (loss(1e-4) - 2 * loss(0) + loss(-1e-4)) / 1e-8
    full = full.reshape(table.n, -1)
    top = np.argsort(-full.var(axis=0), kind="stable")[:3]
    mine = lcmat.curvature(probabilities.softmax(logits), inputs, 3)
    assert mine == pytest.approx(full[:, top], rel=1e-3, abs=1e-5)


def test_picks_follow_the_definition():
    table = make_table((25, 15), d=4)
    table = table.take(np.argsort(table.ids))
    inputs = np.column_stack([table.embedding.astype(np.float64), np.ones(table.n)])
    h = lcmat.curvature(probabilities.softmax(table.logits), inputs, 5)
    g = written_out(table)
    gaps = distances(g, g) + 0.5 * np.abs(h[:, None] - h[None]).sum(axis=2)
    assert order(table, "lcmat", eps=0.5, coordinates=5)[:12] == greedy_by_definition(gaps, 12)
    assert order(table, "lcmat", eps=0.5, coordinates=5) != order(table, "craig")


def test_pairs_farther_apart_than_10_count():
    """The published similarity is 10 - distance, from 0: here it sees no difference and takes row 0."""
    table = from_probabilities((1, 0), (0.5, 0.5), (0.25, 0.75), (0, 1))
    far = table.take(np.arange(4))
    object.__setattr__(far, "embedding", np.full((4, 1), 1000.0, dtype=np.float32))
    gaps = distances(written_out_line(far), written_out_line(far))
    assert np.sort(gaps, axis=1)[:, 1].min() > 10
    assert order(far, "lcmat")[0] == 2 != np.maximum(10 - gaps, 0).sum(axis=1).argmax()


def written_out_line(table):
    q = probabilities.softmax(table.logits)[:, 1:]
    return np.hstack([-q * 1000, -q, q * 1000, q])


def test_more_coordinates_than_there_are_use_all(table):
    assert order(table, "lcmat", coordinates=27) == order(table, "lcmat", coordinates=10_000)


def test_constant_curvature_changes_nothing():
    table = from_probabilities((0.9, 0.1), (0.1, 0.9), (0.9, 0.1))
    assert order(table, "lcmat", eps=10) == order(table, "craig")
