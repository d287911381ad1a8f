from itertools import combinations

import numpy as np

from fdmat_core.numerics import greedy
from fdmat_core.numerics.distances import distance_rows
from tests.methods.tables import distances, kept, line, order, points


def test_known_answer():
    """The mean is 3.2, so row 3 (at 3) is first, then the farthest: 10, then 0."""
    assert order(line(0, 1, 2, 3, 10), "k_center") == [3, 4, 0, 1, 2]


def test_known_answer_from_row_0():
    rows = distance_rows(np.array([[0.0], [1], [2], [3], [10]]))
    assert greedy.farthest_first(rows, 5, 5, first=0).tolist() == [0, 4, 3, 1, 2]


def test_budgets_of_0_and_1():
    assert kept(line(0, 1, 2, 3, 10), "k_center", 0) == []
    assert kept(line(0, 1, 2, 3, 10), "k_center", 1) == [3]


def test_copies_of_picks_come_last_in_row_order():
    """Features far from 0, where a careless distance between copies is not 0."""
    z = np.random.default_rng(0).standard_normal((4, 9)) + 1000
    assert sorted(order(points(z[[0, 1, 2, 3, 2, 0, 2, 3]]), "k_center")[:4]) == [0, 1, 2, 3]
    assert order(points(z[[0, 1, 2, 3, 2, 0, 2, 3]]), "k_center")[4:] == [4, 5, 6, 7]


def test_radius_falls_and_is_at_most_twice_the_smallest():
    z = np.random.default_rng(4).standard_normal((11, 2))
    far = distances(z, z)
    picks = order(points(z), "k_center")
    radius = [far[picks[:k]].min(axis=0).max() for k in range(1, 12)]
    assert all(np.diff(radius) <= 0)
    for k in (2, 3, 4):
        best = min(far[list(rows)].min(axis=0).max() for rows in combinations(range(11), k))
        assert best <= radius[k - 1] <= 2 * best
