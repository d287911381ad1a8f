import numpy as np
import pytest

from fdmat_core.methods.wasserstein_quantisation import centres
from tests.methods.tables import cloud, distances, kept, line, random_subsets


def w2(picked, z):
    import ot

    k, n = len(picked), len(z)
    return np.sqrt(ot.emd2(np.full(k, 1 / k), np.full(n, 1 / n), distances(picked, z) ** 2))


def test_known_answer():
    rows = kept(line(0, 1, 10, 11), "wasserstein_quantisation", 2)
    assert len({0, 1} & set(rows)) == len({2, 3} & set(rows)) == 1
    assert sorted(kept(line(0, 1, 2, 10, 11, 12), "wasserstein_quantisation", 2)) == [1, 4]


def test_every_pick_stands_for_an_equal_share():
    """Eight rows in one cluster and four in another: two picks and one, which k-medoids need not do."""
    rows = kept(line(*range(8), 1000, 1001, 1002, 1003), "wasserstein_quantisation", 3)
    assert sum(row < 8 for row in rows) == 2


def test_centres_are_the_means_of_the_mass_received():
    z = np.array([[0.0], [1], [2], [10], [11], [12]])
    assert centres(np.array([[3.0], [9.0]]), z) == pytest.approx(np.array([[1.0], [11.0]]))
    assert centres(np.array([[0.0], [0.5]]), z) == pytest.approx(np.array([[1.0], [11.0]]))


@pytest.mark.parametrize("k", [5, 20])
def test_nearer_than_100_random_subsets(k):
    table = cloud()
    z = table.embedding.astype(np.float64)
    assert w2(z[kept(table, "wasserstein_quantisation", k)], z) < min(
        w2(z[rows], z) for rows in random_subsets(table.n, k, 100)
    )


def test_all_rows_are_at_distance_0():
    table = cloud(30)
    rows = kept(table, "wasserstein_quantisation", 30)
    assert w2(table.embedding[rows], table.embedding) == pytest.approx(0, abs=1e-6)
