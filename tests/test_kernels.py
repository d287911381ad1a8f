"""Shared numerics: exact where exactness decides ties, the same by blocks as at once, and greedy loops by the book."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from fdmat_core import kernels
from tests.conftest import make_table


def plain(a, b):
    return np.linalg.norm(a[:, None] - b[None], axis=2)


@pytest.fixture
def z():
    return np.random.default_rng(0).standard_normal((70, 5)) + 100


def test_squared_distances(z):
    assert kernels.squared_distances(z[:9], z) == pytest.approx(plain(z[:9], z) ** 2, abs=1e-8)
    assert kernels.squared_distances(z, z).min() >= 0


def test_equal_distances_are_equal_and_copies_are_at_0():
    """Thirds are not exact in any float: sums of squares would differ in the last digits and break ties at random."""
    x = np.array([[0.0, 7], [1 / 3, 7], [2 / 3, 7], [1, 7], [1 / 3, 7]]) + 1e3
    rows = kernels.distance_rows(x)
    assert rows(1)[0] == rows(1)[2] == rows(2)[3]
    assert rows(1)[4] == rows(4)[1] == rows(3)[3] == 0


def test_distance_rows_of_a_row_and_of_a_slice(z, monkeypatch):
    dense = kernels.distance_rows(z)
    monkeypatch.setattr(kernels, "DENSE_ROWS", 10)
    asked = kernels.distance_rows(z)
    for rows in (dense, asked):
        assert rows(3) == pytest.approx(plain(z[3:4], z)[0], abs=1e-5)
        assert rows(slice(2, 5)) == pytest.approx(plain(z[2:5], z), abs=1e-5)
        assert rows(3).dtype == np.float32
    assert np.array_equal(asked(3), dense(3))


def test_blocks_do_not_change_a_result(z, monkeypatch):
    whole = kernels.distance_rows(z)(slice(0, 70)), kernels.row_means(kernels.distance_rows(z), 70)
    monkeypatch.setattr(kernels, "BLOCK", 300)  # two rows at a time; 70 is not a multiple
    assert len(list(kernels.blocks(70, 140))) == 35
    assert kernels.distance_rows(z)(slice(0, 70)) == pytest.approx(whole[0], abs=1e-6)
    assert kernels.row_means(kernels.distance_rows(z), 70) == pytest.approx(whole[1], abs=1e-6)
    assert whole[1] == pytest.approx(plain(z, z).mean(axis=1), abs=1e-5)


def test_the_typical_distance_is_never_0():
    assert kernels.typical(np.array([1.0, 2, 9])) == 2
    assert kernels.typical(np.array([0.0, 0, 0, 8])) == 2
    assert kernels.typical(np.zeros(3)) == kernels.typical(np.zeros((4, 0))) == 1


def test_median_distance(z):
    pairs = plain(z, z)[np.triu_indices(70, 1)]
    assert kernels.median_distance(z) == pytest.approx(np.median(pairs))
    assert kernels.median_distance(z[:1]) == 1


def test_herding_by_the_book(z):
    similar = np.exp(-plain(z, z))
    picks = kernels.herd(similar.__getitem__, similar.mean(axis=1), 30)
    for t, pick in enumerate(picks):
        gain = similar.mean(axis=1) - similar[:, picks[:t]].sum(axis=1) / (t + 1)
        gain[picks[:t]] = -np.inf
        assert gain[pick] == pytest.approx(gain.max(), abs=1e-12)


def test_farthest_first_by_the_book(z):
    far = plain(z, z)
    picks = kernels.farthest_first(far.__getitem__, 70, 70, first=5)
    assert picks[0] == 5 and sorted(picks) == list(range(70))
    for t in range(1, 70):
        gap = far[picks[:t]].min(axis=0)
        assert gap[picks[t]] == gap.max()


@pytest.mark.parametrize("budget", [0, 1, 3, 9])
def test_greedy_loops_stop_where_they_should(budget):
    x = np.arange(3.0)[:, None]
    rows = kernels.distance_rows(x)
    assert len(kernels.greedy_energy(x, budget)) == min(budget, 3)
    assert len(kernels.farthest_first(rows, 3, budget, first=0)) == min(budget, 3)
    assert len(kernels.greedy_energy(x[:0], budget)) == 0


def test_neighbours_are_the_nearest_others(z):
    distance, rows = kernels.neighbours(z, 4)
    expected = NearestNeighbors(n_neighbors=5).fit(z).kneighbors(z)
    assert np.array_equal(rows, expected[1][:, 1:]) and distance == pytest.approx(expected[0][:, 1:])
    assert kernels.neighbours(z[:3], 9)[1].shape == (3, 2)
    assert kernels.neighbours(z[:1], 9)[1].shape == (1, 0)


def test_a_row_is_never_its_own_neighbour_even_among_copies():
    _, rows = kernels.neighbours(np.zeros((6, 2)), 3)
    assert not (rows == np.arange(6)[:, None]).any()


def test_the_neighbour_graph_goes_both_ways():
    graph = kernels.symmetric_graph(np.array([[1], [0], [1]]), np.array([[0.5], [0.5], [0.2]])).toarray()
    assert graph.tolist() == [[0, 0.5, 0], [0.5, 0, 0.2], [0, 0.2, 0]]
    assert kernels.symmetric_graph(np.zeros((2, 0), dtype=int), np.zeros((2, 0))).toarray().tolist() == [[0, 0], [0, 0]]


def test_points_snap_to_distinct_rows_least_far_in_all():
    """Both points are nearest to row 0; the one that loses less by moving on does."""
    x = np.array([[0.0], [1], [5]])
    assert kernels.snap(np.array([[0.1], [0.3]]), x).tolist() == [0, 1]
    assert kernels.snap(np.array([[0.3], [0.1]]), x).tolist() == [1, 0]


def test_clipped_probabilities():
    p = kernels.clipped(np.array([[1.0, 0, 0], [0.5, 0.25, 0.25]]))
    assert p.sum(axis=1) == pytest.approx([1, 1]) and p[0, 1] == pytest.approx(1e-8)
    assert p[1] == pytest.approx([0.5, 0.25, 0.25])


def test_difficulty_is_high_for_hard_rows_and_never_negative():
    table = make_table()
    for name in ("aum_prob", "aum_logit"):
        hard = kernels.difficulty(table, name)
        assert hard.min() == 0 and hard.argmax() == table.dynamics[name].argmin()
    for name in ("el2n", "forgetting"):
        assert np.array_equal(kernels.difficulty(table, name), table.dynamics[name])
