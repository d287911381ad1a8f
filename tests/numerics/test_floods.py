"""Which rows are near copies of each other."""

import numpy as np
import pytest

from fdmat_core.numerics import floods
from fdmat_core.numerics.neighbours import nearest_rows


def first(x, labels=None, k=20):
    labels = np.zeros(len(x), dtype=int) if labels is None else labels
    return floods.first_copies(nearest_rows(x, k), labels)


def cloud(n, d=6, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d))


def with_copies(sources, times, noise, n=60):
    x = cloud(n)
    copies = np.repeat(x[sources], times, axis=0)
    return np.concatenate([x, copies + noise * cloud(len(copies), seed=1)])


@pytest.mark.parametrize("noise", [0, 0.02])
def test_each_copy_is_of_the_first_row_of_its_group(noise):
    found = first(with_copies([7, 30], 25, noise))
    assert found.tolist() == [*range(60), *[7] * 25, *[30] * 25]


def test_groups_may_be_larger_than_there_are_neighbours():
    assert first(with_copies([7], 50, 0.01), k=6)[60:].tolist() == [7] * 50


@pytest.mark.parametrize("x", [cloud(300), 3 * cloud(50, 2), np.concatenate([cloud(50), 40 + cloud(50, seed=1)])])
def test_rows_of_one_kind_are_no_copies(x):
    assert first(x).tolist() == list(range(len(x)))


def test_a_close_pair_is_no_flood():
    assert first(with_copies([7, 20, 30], 1, 1e-4)).tolist() == list(range(63))


def test_only_rows_of_one_label_are_copies():
    x = with_copies([7], 40, 0.01)
    labels = np.where(np.arange(100) >= 80, 1, 0)
    found = first(x, labels)
    assert found[60:80].tolist() == [7] * 20 and found[80:].tolist() == list(range(80, 100))


def test_a_class_of_few_values_is_not_flooded():
    """Most rows have one of eight values, a tenth lies anywhere: nothing says that the eight are copies of one row."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.integers(0, 2, (90, 3)).astype(float), 5 * rng.random((10, 3))])
    assert first(x).tolist() == list(range(100))


def test_without_neighbours_or_rows_there_are_none():
    assert first(cloud(4), k=3).tolist() == [0, 1, 2, 3]
    assert first(np.zeros((0, 3))).shape == (0,)
    assert first(np.zeros((30, 3))).tolist() == list(range(30))
