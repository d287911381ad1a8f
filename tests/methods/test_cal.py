import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.spec import Choice
from tests.methods.tables import kept, line, order, points


def logits(*rows):
    return np.log(np.maximum(np.array(rows), 1e-300))


def test_known_answer():
    """Nearest of row 0 is 1, of 1 is 0, of 2 is 1: KL(p1||p0) = .3681, KL(p0||p1) = .5108, KL(p1||p2) = 0."""
    table = line(0, 1, 10, logits=logits((0.5, 0.5), (0.9, 0.1), (0.9, 0.1)))
    ranking = selection.rank(table, Choice.of("cal", neighbours=1), balance="none")
    assert ranking.score == pytest.approx([0.3681, 0.5108, 0], abs=1e-4)
    assert ranking.order.tolist() == [1, 0, 2]


def two_clusters():
    rng = np.random.default_rng(0)
    z = np.concatenate([rng.standard_normal((20, 3)), 50 + rng.standard_normal((20, 3))])
    return z, np.repeat([(0.9, 0.1), (0.2, 0.8)], 20, axis=0)


def test_alike_neighbours_score_0_and_a_flipped_row_comes_first():
    z, p = two_clusters()
    assert selection.rank(points(z, logits=logits(*p)), "cal", balance="none").score == pytest.approx(0, abs=1e-12)
    p[7] = (0.01, 0.99)
    table = points(z, logits=logits(*p))
    assert kept(table, "cal", 1) == [7]
    assert kept(table, "cal", 1, balance="equal") == [7]


def test_neighbours_may_be_of_another_class():
    """Row 2 sits among the other class, whose predictions differ from its own."""
    table = line(0, 1, 2, 100, 101, labels=[0, 0, 1, 1, 1], logits=logits(*[(0.9, 0.1)] * 2, *[(0.1, 0.9)] * 3))
    assert kept(table, "cal", 1, neighbours=2) == [2]


def test_the_divergence_is_not_symmetric():
    table = line(0, 1, logits=logits((0.5, 0.5), (0.99, 0.01)))
    score = selection.rank(table, "cal", balance="none").score
    assert score == pytest.approx([0.6371, 1.6145], abs=1e-3)  # KL(p1||p0), KL(p0||p1)


def test_a_copy_is_a_neighbour_but_the_row_itself_is_not():
    table = line(0, 0, 0, 9, logits=logits((0.5, 0.5), (0.5, 0.5), (0.9, 0.1), (0.9, 0.1)))
    score = selection.rank(table, Choice.of("cal", neighbours=2), balance="none").score
    assert score[2] == pytest.approx(0.5108, abs=1e-4)  # both copies differ from it
    assert score[0] == pytest.approx(0.3681 / 2, abs=1e-4)  # one copy is like it


def test_probabilities_of_zero_are_survived():
    table = line(0, 1, 2, logits=np.array([[900.0, 0.0], [0.0, 900.0], [900.0, 0.0]]))
    assert np.isfinite(np.asarray(selection.rank(table, "cal", balance="none").score)).all()
    assert sorted(order(table, "cal")) == [0, 1, 2]
