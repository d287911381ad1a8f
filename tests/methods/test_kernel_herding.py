import numpy as np
import pytest

from fdmat_core.numerics.distances import median_distance
from tests.methods.tables import cloud, distances, line, order, random_subsets


def gaussian(a, b, sigma):
    return np.exp(-(distances(a, b) ** 2) / (2 * sigma**2))


def mmd(picked, z, sigma):
    return gaussian(picked, picked, sigma).mean() + gaussian(z, z, sigma).mean() - 2 * gaussian(picked, z, sigma).mean()


def test_known_answer():
    """Median distance 4: k(1) = .969, k(4) = .607, k(5) = .458; h = .809, .859, .688; then .324 against .385."""
    table = line(0, 1, 5)
    assert median_distance(table.embedding) == 4
    assert order(table, "kernel_herding") == [1, 2, 0]


def test_every_pick_follows_the_formula():
    table = cloud(40)
    sigma = median_distance(table.embedding)
    kernel = gaussian(table.embedding, table.embedding, sigma)
    picks = order(table, "kernel_herding")
    for t in range(25):
        gain = kernel.mean(axis=1) - kernel[:, picks[:t]].sum(axis=1) / (t + 1)
        gain[picks[:t]] = -np.inf
        assert gain[picks[t]] == pytest.approx(gain.max(), abs=1e-6)


@pytest.mark.parametrize("k", [5, 10, 20, 50])
def test_closer_to_the_data_than_random_subsets(k):
    table = cloud()
    z, sigma = table.embedding, median_distance(table.embedding)
    others = [mmd(z[rows], z, sigma) for rows in random_subsets(table.n, k, 200)]
    assert mmd(z[order(table, "kernel_herding")[:k]], z, sigma) < min(others)


def test_a_narrow_kernel_starts_in_the_densest_place():
    table = line(0, 4, 8, 8.1, 8.2, 12)
    assert order(table, "kernel_herding", bandwidth=0.05)[0] == 3
    assert order(table, "kernel_herding", bandwidth=100)[0] in (1, 2)


def test_many_copies_leave_the_kernel_a_width():
    assert median_distance(np.zeros((5, 2))) == 1
    assert median_distance(np.array([[0.0]] * 9 + [[6.0]])) == pytest.approx(6 * 9 / 45)
