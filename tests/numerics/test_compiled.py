"""Compiled loops give what the plain code gives that stands in for them."""

import numpy as np
import pytest

from fdmat_core.numerics import compiled, distances, neighbours, spaces

KINDS = (np.float32, np.float64)


def rows(n, d, kind=np.float64, seed=0):
    x = np.random.default_rng(seed).standard_normal((n, d)).astype(kind)
    x[-1] = x[0]
    return x


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("k", [1, 5, 90])
def test_the_smallest_is_that_of_a_sort(kind, k):
    values = np.round(rows(40, 90, kind), 1)  # with ties
    values[3, :30] = np.inf
    values[4] = -(values[4] ** 2)
    assert np.array_equal(compiled.smallest(values, k), np.sort(values, axis=1)[:, k - 1 : k])
    assert np.array_equal(compiled.smallest(values, k), spaces._smallest(values, k))


def test_roots_are_the_same_to_the_last_bit():
    x = rows(70, 9)
    norms, floor = distances.squares(x), 1e-13 * 30
    one, two = (of(x @ x.T, norms, norms, floor) for of in (compiled.roots, distances._roots))
    assert np.array_equal(one, two)
    assert one[0, 69] == 0 and one[0, 1] == pytest.approx(np.linalg.norm(x[0] - x[1]))


def test_distances_of_many_rows_are_those_of_few(monkeypatch):
    x = rows(300, 6)
    few = distances.distance_rows(x)(slice(0, 300))
    monkeypatch.setattr(distances, "LONG", 1)
    assert np.array_equal(distances.distance_rows(x)(slice(0, 300)), few)


@pytest.mark.parametrize("kind", KINDS)
def test_distances_to_neighbours(kind):
    x = rows(60, 7, kind) + kind(100)
    near = np.random.default_rng(1).integers(60, size=(60, 4))
    near[0, 2], near[5, 0] = 59, 5
    by_loop, plain = np.full((60, 4), -1.0), np.full((60, 4), -1.0)
    compiled.measure(x, near, 3, 50, by_loop)
    compiled.measure(x, near, 0, 3, by_loop)
    neighbours._measure(x, near, 0, 50, plain)
    assert by_loop == pytest.approx(plain, rel=1e-13) and (by_loop[50:] == -1).all()
    assert by_loop[0, 2] == 0 and by_loop[5, 0] == 0
    assert by_loop[9] == pytest.approx(np.linalg.norm(x[9].astype(float) - x[near[9]], axis=1))


def test_neighbours_of_half_floats(monkeypatch):
    monkeypatch.setattr(neighbours, "SMALL_ROWS", 1)
    x = rows(50, 4, np.float16)
    half, whole = neighbours.nearest_rows(x, 3), neighbours.nearest_rows(x.astype(np.float32), 3)
    assert np.array_equal(half.rows, whole.rows) and half.distances == pytest.approx(whole.distances)
    assert half.distances[0, 0] == 0
