import numpy as np
import pytest

from fdmat_core.methods.cfd_greedy import BANDWIDTHS, features
from fdmat_core.numerics import matching
from fdmat_core.numerics.distances import median_distance
from tests.methods.tables import cloud, distances, line, order, random_subsets


def exact_picks(z, k):
    """Kernel herding with the mean of the three Gaussian kernels, which many frequencies approach."""
    sigma = median_distance(z)
    kernel = np.mean([np.exp(-(distances(z, z) ** 2) / (2 * (sigma * width) ** 2)) for width in BANDWIDTHS], axis=0)
    return matching.herd(kernel.__getitem__, kernel.mean(axis=1), k).tolist()


def test_known_answer():
    table = line(0, 1, 2, 3, 10)
    assert order(table, "cfd_greedy", frequencies=16384) == exact_picks(table.embedding, 5) == [2, 0, 4, 3, 1]


def characteristic_distance(a, b, t):
    phi = [np.exp(1j * (x @ t.T)).mean(axis=0) for x in (a, b)]
    return np.mean(np.abs(phi[0] - phi[1]) ** 2)


def test_features_hold_the_characteristic_function():
    rng = np.random.default_rng(0)
    z, t = rng.standard_normal((40, 3)), rng.standard_normal((64, 3))
    waves = features(z, t)
    assert np.linalg.norm(waves, axis=1) == pytest.approx(1, abs=1e-5)
    gap = waves[:7].mean(axis=0) - waves.mean(axis=0)
    assert gap @ gap == pytest.approx(characteristic_distance(z[:7], z, t), abs=1e-6)
    assert 0 <= gap @ gap <= 4


def test_with_many_frequencies_the_distance_is_the_mmd():
    rng = np.random.default_rng(1)
    z, sigma = rng.standard_normal((60, 3)), 1.7

    def kernel(a, b):
        return np.exp(-(distances(a, b) ** 2) / (2 * sigma**2)).mean()

    mmd = kernel(z[:9], z[:9]) + kernel(z, z) - 2 * kernel(z[:9], z)
    errors = []
    for count in (64, 1024, 16384):
        draws = [rng.standard_normal((count, 3)) / sigma for _ in range(10)]
        errors.append(np.mean([abs(characteristic_distance(z[:9], z, t) - mmd) for t in draws]))
    assert errors[2] < errors[1] < errors[0] and errors[2] < 0.05 * mmd


@pytest.mark.parametrize("k", [5, 10, 20, 50])
def test_closer_to_the_data_than_random_subsets(k):
    table = cloud()
    z = table.embedding.astype(np.float64)
    t = np.random.default_rng(9).standard_normal((1000, 4)) / median_distance(z)
    waves = features(z, t)

    def distance(rows):
        return np.linalg.norm(waves[rows].mean(axis=0) - waves.mean(axis=0))

    assert distance(order(table, "cfd_greedy")[:k]) < min(map(distance, random_subsets(table.n, k, 200)))


def test_two_clusters_get_one_pick_each():
    picks = order(line(0, 1, 2, 100, 101, 102), "cfd_greedy")
    assert {picks[0] // 3, picks[1] // 3} == {0, 1}
