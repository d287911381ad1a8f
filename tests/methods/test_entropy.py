import numpy as np
import pytest

from fdmat_core import selection
from tests.methods.tables import from_probabilities, kept, points

THREE = [(0.5, 0.3, 0.2), (0.4, 0.35, 0.25), (0.9, 0.05, 0.05)]


def test_known_answer():
    ranking = selection.rank(from_probabilities(*THREE), "entropy", balance="none")
    assert ranking.score * np.log(3) == pytest.approx([1.0297, 1.0805, 0.3944], abs=1e-4)
    assert ranking.order.tolist() == [1, 0, 2]


def test_it_runs_from_0_to_1():
    table = from_probabilities((1, 0, 0, 0), (0.25, 0.25, 0.25, 0.25))
    assert selection.rank(table, "entropy", balance="none").score == pytest.approx([0, 1])


def test_many_classes_count_for_more_than_two():
    """Margin and entropy part ways: row 0 is torn between two, row 1 spread over three."""
    table = from_probabilities((0.5, 0.5, 0), (0.5, 0.25, 0.25))
    assert kept(table, "entropy", 1) == [1] and kept(table, "margin", 1) == [0]


def test_the_direction_is_the_same_with_and_without_class_shares():
    table = from_probabilities(*THREE)
    assert kept(table, "entropy", 1, balance="none") == kept(table, "entropy", 1, balance="equal") == [1]


def test_one_class_scores_0_and_says_so():
    ranking = selection.rank(points(np.zeros((3, 1)), logits=np.ones((3, 1))), "entropy", balance="none")
    assert ranking.score.tolist() == [0, 0, 0] and "one class" in ranking.notes["warning"]
