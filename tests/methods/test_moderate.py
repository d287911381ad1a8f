import numpy as np

from fdmat_core import selection
from tests.methods.tables import kept, line, order, points

# the median of every coordinate is 0, so the distances are 1, 2, 3, 4, 5
FIVE = [(1, 0), (-2, 0), (0, 3), (0, -4), (3, 4)]


def test_known_answer():
    assert kept(points(FIVE), "moderate", 1) == [2]
    assert sorted(kept(points(FIVE), "moderate", 3)) == [1, 2, 3]
    assert order(points(FIVE), "moderate") == [2, 1, 3, 0, 4]


def test_distance_is_told_as_evidence():
    ranking = selection.rank(points(FIVE), "moderate")
    assert ranking.evidence["centre_distance"].tolist() == [1, 2, 3, 4, 5]


def test_of_an_even_number_the_lower_middle_comes_first():
    """Distances from the median 1: 1, 0, 1.5, 99 in rows 0 to 3 after sorting 0, 1, 2.5, 100 (median 1.75)."""
    assert order(line(0, 1, 2.5, 100), "moderate")[0] == 2  # distances 1.75, .75, .75, 98.25: middle places 1 and 2
    assert order(points([*FIVE, (5, -5)]), "moderate")[:2] == [2, 3]


def test_the_centre_is_the_median_not_the_mean():
    """The mean of 0, 1, 2, 3, 100 is 21.2, from which row 1 is third nearest; from the median 2 it is row 3 or 1."""
    assert selection.rank(line(0, 1, 2, 3, 100), "moderate").evidence["centre_distance"].tolist() == [2, 1, 0, 1, 98]


def test_every_class_has_a_centre_of_its_own_and_one_order_for_all():
    table = points([[0], [1], [3], [50], [52], [56], [200]], labels=[0, 0, 0, 1, 1, 1, 2])
    evidence = selection.rank(table, "moderate", balance="none").evidence["centre_distance"]
    assert evidence.tolist() == [1, 0, 2, 2, 0, 4, 0]  # a class of one row is its own centre
    assert order(table, "moderate") == [0, 6, 2, 4, 3, 1, 5]
    assert sorted(kept(table, "moderate", 3, balance="equal")) == [0, 3, 6]


def test_scale_does_not_matter():
    z = np.random.default_rng(0).standard_normal((30, 3))
    assert order(points(z), "moderate") == order(points(10 * z), "moderate")
