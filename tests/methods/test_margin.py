import numpy as np
import pytest

from fdmat_core import selection
from tests.methods.tables import from_probabilities, kept, order, points

THREE = [(0.5, 0.3, 0.2), (0.4, 0.35, 0.25), (0.9, 0.05, 0.05)]


def test_known_answer():
    ranking = selection.rank(from_probabilities(*THREE), "margin", balance="none")
    assert ranking.score == pytest.approx([0.2, 0.05, 0.85])
    assert ranking.order.tolist() == [1, 0, 2]


def test_for_two_classes_all_three_uncertainties_agree():
    p = np.random.default_rng(0).random(30)
    table = from_probabilities(*np.stack([p, 1 - p], axis=1))
    assert order(table, "margin") == order(table, "entropy") == order(table, "least_confidence")


def test_the_direction_is_the_same_with_and_without_class_shares():
    table = from_probabilities(*THREE)
    assert kept(table, "margin", 1, balance="none") == kept(table, "margin", 1, balance="equal") == [1]


def test_one_class_scores_0_and_says_so():
    ranking = selection.rank(points(np.zeros((3, 1)), logits=np.ones((3, 1))), "margin", balance="none")
    assert ranking.score.tolist() == [0, 0, 0] and "one class" in ranking.notes["warning"]
