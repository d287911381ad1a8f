import numpy as np

from fdmat_core import selection
from fdmat_core.learning import head
from fdmat_core.methods import glister
from fdmat_core.numerics import greedy, probabilities
from fdmat_core.numerics.arrays import to_numpy
from fdmat_core.numerics.gradients import Gradients
from fdmat_core.spec import Choice
from tests.conftest import make_table
from tests.methods.tables import order


def gain(inputs, strength, *, step=0.0, held=((1.0, 0.0),), every=1):
    """Rows whose gradients are `strength` times (1, -1) by their inputs, and held-out rows with these inputs."""
    residual = np.outer(strength, [1.0, -1])
    held = np.array(held)
    return glister.ValidationGain(
        Gradients(residual, np.array(inputs, dtype=float)),
        np.zeros((len(held), 2)),
        np.ones(len(held), dtype=np.int64),
        held,
        step=step,
        every=every,
    )


def test_known_answer():
    """The held-out gradient points along the first input: gains 2, 0, -1 whatever the second input's strength."""
    objective = gain([[1, 0], [0, 1], [1, 0]], [2, 5, -1])
    assert objective.gains(np.arange(3)).tolist() == [2, 0, -1]
    assert greedy.maximise(objective, 3, 3, batch=3)[0].tolist() == [0, 1, 2]


def test_the_held_out_gradient_is_refreshed():
    """Two held-out rows; a step along the first row's gradient serves one of them, so a row for the other is next.

    The published update never runs: it takes all rows of strength 1 first.
    """
    inputs, strength, held = [[1, 0], [1, 0], [0, 1], [0, 1]], [1, 1, 0.9, 0.9], ((1.0, 0), (0, 1.0))
    fresh = greedy.maximise(gain(inputs, strength, step=2.0, held=held), 4, 4, batch=4)[0]
    stale = greedy.maximise(gain(inputs, strength, step=2.0, held=held, every=5), 4, 4, batch=4)[0]
    assert fresh.tolist() == [0, 2, 3, 1] and stale.tolist() == [0, 1, 2, 3]


def test_refreshing_matters_on_a_table(table):
    once, often = (order(table, "glister", refresh=refresh) for refresh in (1, 0.01))
    assert once != often


def test_a_gain_is_the_fall_of_the_held_out_loss():
    table = make_table((20, 15))
    gradients = head.head_gradients(table)
    rows = np.arange(0, 35, 5)
    objective = glister.ValidationGain(
        gradients, table.logits[rows], table.labels[rows], gradients.take(rows).inputs, step=0.0, every=1
    )

    residual, inputs = map(to_numpy, gradients)

    def loss(logits):
        return -np.log(probabilities.softmax(logits)[np.arange(len(rows)), table.labels[rows]]).mean()

    for row in (3, 11):
        g = np.outer(residual[row], inputs[row])
        moved = table.logits[rows] - 1e-6 * inputs[rows] @ g.T
        fall = (loss(table.logits[rows].astype(float)) - loss(moved)) / 1e-6
        assert np.isclose(objective.gains(np.array([row]))[0], fall, rtol=1e-3)


def test_the_held_out_rows_are_a_share_of_every_class():
    labels = np.repeat([0, 1, 3], [50, 20, 1])
    rows = glister.held_out(labels, 0.1, np.random.default_rng(0))
    assert np.bincount(labels[rows]).tolist() == [5, 2, 0, 1]


def test_a_table_that_validates_itself_needs_no_luck(table):
    choice = Choice.of("glister", share=1)
    assert np.array_equal(selection.rank(table, choice, seed=0).order, selection.rank(table, choice, seed=1).order)


def test_no_held_out_gradient_keeps_row_order():
    objective = gain([[1, 0], [1, 0], [1, 0]], [1, 2, 3], held=((0.0, 0.0),))
    assert greedy.maximise(objective, 3, 3, batch=3)[0].tolist() == [0, 1, 2]
