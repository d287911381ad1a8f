import numpy as np
import pytest

from fdmat_core import selection
from tests.methods.tables import from_probabilities, kept, order, points

THREE = [(0.5, 0.3, 0.2), (0.4, 0.35, 0.25), (0.9, 0.05, 0.05)]


def test_known_answer():
    ranking = selection.rank(from_probabilities(*THREE), "least_confidence", balance="none")
    assert ranking.score == pytest.approx([0.5, 0.6, 0.1])
    assert ranking.order.tolist() == [1, 0, 2]


def test_the_direction_is_the_same_with_and_without_class_shares():
    table = from_probabilities(*THREE)
    assert kept(table, "least_confidence", 1, balance="none") == kept(table, "least_confidence", 1, balance="equal")


def test_it_is_a_probability_not_a_logit():
    """The largest raw logit of row 0 is the lower one, but row 1 is the unsure one."""
    table = points(np.zeros((2, 1)), logits=np.array([[4.0, 0.0], [9.0, 8.9]]))
    assert order(table, "least_confidence") == [1, 0]


def test_very_confident_rows_keep_their_order():
    table = points(np.zeros((3, 1)), logits=np.array([[80.0, 0.0], [60.0, 0.0], [70.0, 0.0]]))
    assert order(table, "least_confidence") == [1, 2, 0]


def test_one_class_scores_0_and_says_so():
    ranking = selection.rank(points(np.zeros((3, 1)), logits=np.ones((3, 1))), "least_confidence", balance="none")
    assert ranking.score.tolist() == [0, 0, 0] and "one class" in ranking.notes["warning"]
