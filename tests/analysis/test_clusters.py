"""Clusters lie inside classes, and those that a coreset starves come first, with what they are given and deserve."""

import numpy as np
import pytest

from fdmat_core.analysis import clusters
from fdmat_core.analysis.clusters import Clusters, Starved
from tests.conftest import make_table


def test_every_cluster_lies_in_one_class_and_holds_its_medoid():
    table = make_table((300, 200, 40), d=5)
    found = clusters.clusters(table)
    assert len(found.of) == table.n and found.sizes.sum() == table.n
    assert found.sizes.tolist() == sorted(found.sizes, reverse=True) and found.sizes.min() > 0
    for number, medoid in enumerate(found.medoids):
        assert found.of[medoid] == number
        assert len(np.unique(table.labels[found.of == number])) == 1
    per_class = [len(np.unique(found.of[table.labels == label])) for label in range(3)]
    assert per_class == [15, 10, 2]


def test_clusters_repeat_and_separate_what_lies_apart():
    table = make_table((200,), d=3, spread=0.01)
    x = np.array(table.embedding)
    x[:80] += 5
    moved = type(table)(table.ids, table.labels, x, table.classes, "moved")
    found = clusters.clusters(moved)
    assert not set(found.of[:80]) & set(found.of[80:])
    assert np.array_equal(found.of, clusters.clusters(moved).of)


@pytest.mark.parametrize("sizes", [(1,), (3, 1), (40,)])
def test_few_and_equal_items_have_clusters(sizes):
    table = make_table(sizes, d=2, spread=0.0)
    found = clusters.clusters(table)
    assert found.sizes.sum() == table.n and len(found.medoids) >= len(sizes)


def test_the_starved_come_by_what_they_lack():
    """Of ten kept, the clusters of 50, 30 and 20 percent hold eight, none and two."""
    of = np.repeat([0, 1, 2], [50, 30, 20])
    found = Clusters(of, np.array([0, 50, 80]))
    rows = np.array([*range(8), 80, 81])
    assert clusters.starved(found, rows) == [Starved(50, 0.0, 0.3)]
    fewer = np.array([*range(9), 80])
    assert clusters.starved(found, fewer) == [Starved(50, 0.0, 0.3), Starved(80, 0.1, 0.2)]
    assert clusters.starved(found, np.arange(100)) == []
    assert [one.deserves for one in clusters.starved(found, np.array([], dtype=int))] == [0.5, 0.3, 0.2]


def test_a_cluster_of_bad_items_deserves_nothing():
    """Without the 30 bad items of the second cluster there are 70, of which 50 and 20 deserve their place."""
    found, bad = Clusters(np.repeat([0, 1, 2], [50, 30, 20]), np.array([0, 50, 80])), np.zeros(100, dtype=bool)
    bad[50:80] = True
    rows = np.array([*range(9), 50, 80])
    assert clusters.starved(found, rows, bad) == [Starved(80, pytest.approx(0.1), pytest.approx(2 / 7))]
