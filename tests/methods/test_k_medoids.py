from itertools import combinations

import numpy as np
import pytest

from fdmat_core import selection
from tests.methods.tables import cloud, distances, kept, line, points


def cost(z, rows):
    return distances(z, np.asarray(z)[list(rows)]).min(axis=1).mean()


def test_known_answer():
    """The greedy start keeps row 2, the medoid of all; an exchange finds the middles of both clusters."""
    assert sorted(kept(line(0, 1, 2, 10, 11, 12), "k_medoids", 2, rounds=0)) != [1, 4]
    assert sorted(kept(line(0, 1, 2, 10, 11, 12), "k_medoids", 2)) == [1, 4]


def test_weights_are_the_sizes_of_the_clusters():
    coreset = selection.coreset(line(0, 1, 2, 3, 4, 50, 51, 52), "k_medoids", 2)
    weights = dict(zip(coreset.rows.tolist(), np.asarray(coreset.weights), strict=True))
    assert weights == {2: pytest.approx(5 / 4), 6: pytest.approx(3 / 4)}


def test_weights_count_rows_of_the_own_class():
    table = line(0, 1, 2, 10, 11, 12, 13, labels=[0, 0, 0, 1, 1, 1, 1])
    coreset = selection.coreset(table, "k_medoids", 2)
    assert dict(zip(table.labels[coreset.rows].tolist(), np.asarray(coreset.weights), strict=True)) == {
        0: pytest.approx(6 / 7),
        1: pytest.approx(8 / 7),
    }


def test_no_exchange_helps():
    table = cloud(60)
    rows = kept(table, "k_medoids", 6, rounds=50)
    best = cost(table.embedding, rows)
    for out in rows:
        for row in set(range(60)) - set(rows):
            assert cost(table.embedding, set(rows) - {out} | {row}) >= best - 1e-5


def test_close_to_the_best_of_all():
    z = np.random.default_rng(5).standard_normal((12, 2))
    best = min(cost(z, rows) for rows in combinations(range(12), 3))
    assert best <= cost(z, kept(points(z), "k_medoids", 3)) <= 1.15 * best


def test_the_weighted_coreset_is_as_near_as_the_mean_distance():
    """Wasserstein-1 between the weighted picks and the data is the mean distance to the nearest pick."""
    import ot

    table = cloud(60)
    coreset = selection.coreset(table, "k_medoids", 5)
    far = distances(table.embedding, table.embedding[coreset.rows])
    moved = ot.emd2(np.full(60, 1 / 60), coreset.weights / coreset.weights.sum(), far)
    assert moved == pytest.approx(cost(table.embedding, coreset.rows), rel=1e-6)


def test_one_pick_is_the_medoid():
    assert kept(line(0, 1, 2, 3, 10), "k_medoids", 1) == [2]
