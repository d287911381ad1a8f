import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import zcore
from fdmat_core.spec import Choice
from tests.methods.tables import line, order, points


def settle(score, *columns, point, neighbours):
    columns = [np.asarray(column, dtype=np.float32) for column in columns]
    zcore.settle(score, columns, point, neighbours, np.empty((2, len(score)), dtype=np.float32))
    return score


def test_known_draw():
    """A point at .9 hits the row at 1; the rows 1 and 2 away lose in the ratio of 1 to 1/16."""
    assert settle(np.zeros(3), [0, 1, 3], point=[0.9], neighbours=2) == pytest.approx([-16 / 17, 1, -1 / 17])
    assert settle(np.zeros(3), [0, 1, 3], point=[0.9], neighbours=1) == pytest.approx([-1, 1, 0])


def test_two_axes_add_up():
    """From (2, 2) the rows are 4, 3 and 5 away; the row hit is 3 from one and 4 from the other."""
    score = settle(np.zeros(3), [0, 1, 5], [0, 0, 0], point=[2, 2], neighbours=2)
    weights = np.array([1.0, 4.0]) ** -4
    assert score == pytest.approx([-weights[0] / weights.sum(), 1, -weights[1] / weights.sum()])


def test_known_answer():
    """Points fall between 0 and 10: most are nearest to the row at .03, a quarter to the one at 10."""
    picks = order(line(0, 0.01, 0.02, 0.03, 10), "zcore", draws=100_000)
    assert picks[:2] == [3, 4] and picks[-1] == 2


def test_an_exact_copy_takes_all_of_the_loss():
    assert settle(np.zeros(4), [1, 1, 1.5, 9], point=[1.1], neighbours=3).tolist() == [1, -1, 0, 0]
    table = line(2, 2, 2.0001, 9, 9.5, 0)
    score = selection.rank(table, Choice.of("zcore"), balance="none").score
    start = np.random.default_rng(0).random(6)
    lead = (score - start)[0] - (score - start)[1]
    assert lead > 10 and lead == pytest.approx(2 * round(lead / 2), abs=1e-6)  # twice the hits of the pair


def test_no_draw_is_made_twice():
    """Workers that start from one state all throw the same points."""
    columns = np.random.default_rng(0).standard_normal((5, 30)).astype(np.float32)
    thrown = [
        (*axes, *point) for axes, point in zip(*zcore.throws(columns, 2000, np.random.default_rng(0)), strict=True)
    ]
    assert len(set(thrown)) == 2000 and all(first != second for first, second, *_ in thrown)
    assert {axis for first, second, *_ in thrown for axis in (first, second)} == set(range(5))


def test_gains_and_losses_cancel():
    z = np.maximum(0, np.random.default_rng(1).standard_normal((200, 5)))
    score = selection.rank(points(z), "zcore", balance="none").score
    assert score.sum() == pytest.approx(np.random.default_rng(0).random(200).sum())


def test_two_halves_of_the_draws_agree():
    from scipy.stats import spearmanr

    columns = np.random.default_rng(2).standard_normal((4, 100)).astype(np.float32)
    scores = np.zeros((2, 100))
    for score, seed in zip(scores, (1, 2), strict=True):
        for axes, point in zip(*zcore.throws(columns, 30_000, np.random.default_rng(seed)), strict=True):
            settle(score, *columns[axes], point=point, neighbours=99)
    assert float(spearmanr(*scores)[0]) > 0.95


def test_constant_axes_are_left_out():
    z = np.column_stack([np.ones(50), np.random.default_rng(0).standard_normal(50), np.ones(50)])
    assert order(points(z), "zcore") == order(points(z[:, [1]]), "zcore")


@pytest.mark.parametrize("count", [1, 30, 300])
@pytest.mark.parametrize("ties", [False, True])
def test_the_smallest_are_the_smallest(count, ties):
    values = np.random.default_rng(3).random(20_000).astype(np.float32)
    values = np.floor(values * 50) if ties else values
    found = zcore._smallest(values, count)
    assert len(set(found)) == count
    assert np.array_equal(np.sort(values[found]), np.sort(values)[:count])
