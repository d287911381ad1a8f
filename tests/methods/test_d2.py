import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import d2
from fdmat_core.numerics import neighbours
from fdmat_core.spec import Choice
from tests.methods.tables import kept, order, points


def scored(embedding, score, **columns):
    column = np.asarray(score, dtype=np.float32)
    names = ("aum_prob", "aum_logit", "el2n", "forgetting")
    return points(np.reshape(embedding, (len(column), -1)), dynamics=dict.fromkeys(names, column), **columns)


def test_known_messages():
    """Rows at 0, .1 and 10, scores 2, 1, .5, distances unscaled."""
    graph = neighbours.symmetric_graph(np.array([[1], [0], [1]]), np.exp(-np.array([[0.1], [0.1], [9.9]])))
    flow = d2.forward(np.array([2.0, 1.0, 0.5]), graph)
    assert flow == pytest.approx([2.9048, 2.8097, 0.5000], abs=1e-4)
    assert d2.backward(flow, graph, gamma=1.0).tolist() == [0, 2, 1]


def test_known_answer():
    """Rows at 0, 1 and 11: the median distance is 1, so u = 2.3679, 1.7358, .9000; then row 1 has .8647 left."""
    table = scored([0, 1, 11], [2, 1, 0.9])
    assert order(table, "d2", neighbours=1, gamma=1) == [0, 2, 1]


def test_the_scale_of_the_features_does_not_matter():
    """Unscaled, exp(-d) of far rows is 0 and nothing flows."""
    rng = np.random.default_rng(0)
    z, score = rng.standard_normal((40, 3)), rng.random(40)
    assert order(scored(z, score), "d2") == order(scored(1024 * z, score), "d2")


def test_messages_flow_for_margins_too():
    """Low margins are hard: row 0 is the hardest, row 1 its copy, row 2 far away; the copy must wait."""
    table = scored([0, 0, 50, 51], [-3, -2.9, -1, 2])
    assert order(table, "d2", score="aum_prob", neighbours=1, gamma=0)[:2] == [0, 2]
    by_margin = np.argsort(table.dynamics["aum_prob"], kind="stable").tolist()
    assert order(table, "d2", score="aum_prob", neighbours=1) != by_margin


def test_the_order_is_that_of_choice():
    table = scored([0, 10, 20, 30], [1, 4, 2, 3])
    assert order(table, "d2", neighbours=1, gamma=10) != sorted(order(table, "d2", neighbours=1, gamma=10))


def test_the_hardest_are_set_aside():
    table = scored(np.arange(10), np.arange(10))
    ranking = selection.rank(table, Choice.of("d2", beta=0.2), balance="none")
    assert ranking.order[-2:].tolist() == [8, 9] and ranking.survivors == 8


def test_neighbours_may_be_of_another_class():
    table = scored([0, 0.1, 50, 60], [3, 2.9, 1, 0.5], labels=[0, 1, 1, 1])
    assert kept(table, "d2", 2, neighbours=1, gamma=0) == [0, 2]
