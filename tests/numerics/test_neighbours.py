"""Nearest neighbours by tiles, and by lists where there are many rows."""

import numpy as np
import pytest

from fdmat_core.numerics import neighbours, tiles


def true_neighbours(x, k):
    apart = ((x[:, None].astype(float) - x) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    rows = np.lexsort((np.broadcast_to(np.arange(len(x)), apart.shape), apart), axis=1)[:, :k]
    return np.sqrt(np.take_along_axis(apart, rows, axis=1)), rows


def blobs(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return (5 * rng.standard_normal((12, d))[rng.integers(12, size=n)] + rng.standard_normal((n, d))).astype(np.float32)


@pytest.mark.parametrize("n", [2, 3, 40, 700])
def test_tiles_find_what_looking_at_all_pairs_finds(n, monkeypatch):
    monkeypatch.setattr(neighbours, "SMALL_ROWS", 1)
    monkeypatch.setattr(tiles, "TILE", 48)
    x = blobs(n, 5) + 100  # far from 0
    x[-1] = x[0]
    found = neighbours.nearest_rows(x, 7)
    apart, rows = true_neighbours(x, min(7, n - 1))
    assert np.array_equal(found.rows, rows) and found.recall == 1
    assert found.distances == pytest.approx(apart, abs=1e-9) and found.distances[0, 0] == 0


def test_of_equally_near_rows_the_lower_come_first(monkeypatch):
    monkeypatch.setattr(neighbours, "SMALL_ROWS", 1)
    monkeypatch.setattr(tiles, "TILE", 8)
    found = neighbours.nearest_rows(np.zeros((30, 2), np.float32), 4).rows
    assert found[9].tolist() == [0, 1, 2, 3] and found[2].tolist() == [0, 1, 3, 4]


@pytest.fixture
def by_lists(monkeypatch):
    monkeypatch.setattr(neighbours, "SMALL_ROWS", 1)
    monkeypatch.setattr(neighbours, "EXACT_ROWS", 1)
    monkeypatch.setattr(neighbours, "LIST", 40)
    monkeypatch.setattr(neighbours, "REACH", 2)
    monkeypatch.setattr(tiles, "TILE", 64)


def test_lists_reach_the_recall_that_they_state(by_lists):
    x = np.random.default_rng(0).standard_normal((3000, 8)).astype(np.float32)
    found = neighbours.nearest_rows(x, 10)
    apart, rows = true_neighbours(x, 10)
    recall = np.mean([np.isin(mine, true).mean() for mine, true in zip(found.rows, rows, strict=True)])
    assert 0.95 <= found.recall < 1 and recall > 0.9
    assert (found.distances >= apart - 1e-9).all() and (np.diff(found.distances, axis=1) >= 0).all()
    mine = np.linalg.norm(x[:, None].astype(float) - x[found.rows], axis=2)
    assert found.distances == pytest.approx(mine)
    assert not (found.rows == np.arange(3000)[:, None]).any()
    assert all(len(set(row)) == 10 for row in found.rows)


def test_lists_are_the_same_every_time_and_go_on_until_all_is_looked_at(by_lists, monkeypatch):
    x = blobs(1200, 8)
    once = neighbours.nearest_rows(x, 10)
    assert np.array_equal(once.rows, neighbours.nearest_rows(x, 10).rows)
    monkeypatch.setattr(neighbours, "RECALL", 2.0)
    assert np.array_equal(neighbours.nearest_rows(x, 10).rows, true_neighbours(x, 10)[1])


@pytest.mark.parametrize("d", [2, 8])
def test_how_many_cores_look_changes_nothing(d, monkeypatch):
    monkeypatch.setattr(neighbours, "EXACT_ROWS", 1)
    monkeypatch.setattr(neighbours, "RECALL", 2.0)
    monkeypatch.setattr(tiles, "TILE", 32)
    x = np.round(blobs(1500, d), 1 if d == 2 else 6)  # with many rows equally far in two dimensions
    found = []
    for cores in (1, 8):
        monkeypatch.setattr(tiles.os, "cpu_count", lambda cores=cores: cores)
        found.append(neighbours.nearest_rows(x, 10))
    assert np.array_equal(found[0].rows, found[1].rows) and np.array_equal(found[0].distances, found[1].distances)
    assert found[0].distances == pytest.approx(true_neighbours(x, 10)[0], abs=1e-6)
