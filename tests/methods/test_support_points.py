import numpy as np
import pytest

from fdmat_core.methods import support_points
from tests.methods.tables import cloud, distances, energy_distance, kept, line, random_subsets


def test_one_point_is_the_median():
    assert kept(line(0, 1, 2, 3, 10), "support_points", 1) == [2]


def test_two_points_are_the_quartiles():
    assert sorted(kept(line(*range(9)), "support_points", 2)) == [2, 6]


def test_two_clusters_get_their_middles():
    assert sorted(kept(line(0, 1, 2, 100, 101, 102), "support_points", 2)) == [1, 4]


def test_a_step_brings_the_energy_down():
    z = cloud(60).embedding.astype(np.float64)
    points = z[:8] + 0.3

    def energy(x):
        return 2 * distances(x, z).mean() - distances(x, x).mean()

    values = [energy(points)]
    for _ in range(5):
        points = support_points.step(points, z, 1e-6)
        values.append(energy(points))
    assert all(np.diff(values) < 0)


@pytest.mark.parametrize("k", [5, 10, 20, 50])
def test_closer_to_the_data_than_the_median_of_200_random_subsets(k):
    table = cloud()
    picked = energy_distance(table.embedding[kept(table, "support_points", k)], table.embedding)
    others = [energy_distance(table.embedding[rows], table.embedding) for rows in random_subsets(table.n, k, 200)]
    assert picked < np.quantile(others, 0.05)


def test_copies_and_constants_are_survived():
    assert len(set(kept(line(1, 1, 1, 1, 1), "support_points", 3))) == 3
