import numpy as np
import pytest

from fdmat_core.numerics import distances, matching
from tests.methods.tables import cloud, energy_distance, line, order, points, random_subsets


def test_known_answer():
    assert order(line(0, 1, 2, 3, 10), "energy_greedy") == [2, 1, 4, 0, 3]


def test_first_is_the_medoid_and_two_clusters_get_one_pick_each():
    picks = order(line(0, 1, 2, 100, 101, 102), "energy_greedy")
    assert picks[:2] == [2, 4] and {picks[0] // 3, picks[1] // 3} == {0, 1}


def test_every_pick_is_the_one_that_brings_the_energy_distance_down_most():
    z = np.random.default_rng(0).standard_normal((50, 3))
    picks = order(points(z), "energy_greedy")
    for t in range(20):
        left = np.setdiff1d(np.arange(50), picks[:t])
        after = [energy_distance(z[[*picks[:t], row]], z) for row in left]
        assert after[left.tolist().index(picks[t])] == pytest.approx(min(after), abs=1e-6)


@pytest.mark.parametrize("k", [5, 10, 20, 50])
def test_closer_to_the_data_than_200_random_subsets(k):
    table = cloud()
    picked = energy_distance(table.embedding[order(table, "energy_greedy")[:k]], table.embedding)
    others = [energy_distance(table.embedding[rows], table.embedding) for rows in random_subsets(table.n, k, 200)]
    assert 0 <= picked < min(others)


def test_copies_are_rows_of_their_own():
    picks = order(line(0, 0, 0, 5, 5), "energy_greedy")
    assert sorted(picks) == [0, 1, 2, 3, 4] and picks[0] == 0 and picks[1] == 3


def test_constant_rows_come_in_row_order():
    assert order(line(4, 4, 4, 4), "energy_greedy") == [0, 1, 2, 3]


def test_rows_computed_when_needed_give_the_same_picks(monkeypatch):
    z = np.random.default_rng(1).standard_normal((300, 6))
    kept = matching.energy(z, 40)
    monkeypatch.setattr(distances, "DENSE_ROWS", 100)
    assert np.array_equal(matching.energy(z, 40), kept)
