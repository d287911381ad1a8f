"""Nearest rows within cells are the nearest of all, but for few at the edges."""

import numpy as np

from fdmat_core.numerics import cells


def unit(n, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, 12)).astype(np.float32)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def test_in_one_cell_the_nearest_are_those_of_all():
    x = unit(300)
    away = np.linalg.norm(x[:, None] - x, axis=2)
    away[range(300), range(300)] = np.inf
    divided = cells.divide(x)
    assert len(divided.centres) == 1
    distance, rows = cells.nearest(divided, x)
    np.testing.assert_array_equal(rows, away.argmin(axis=1))
    np.testing.assert_allclose(distance, away.min(axis=1), atol=1e-3)
    np.testing.assert_allclose(cells.usual(divided, 10), np.sort(away, axis=1)[:, 9], atol=1e-3)


def test_across_cells_a_close_copy_is_found_nearly_always():
    x = unit(3000)
    near = x + np.random.default_rng(1).normal(0, 0.01, x.shape).astype(np.float32)
    both = np.concatenate([x, near / np.linalg.norm(near, axis=1, keepdims=True)])
    divided = cells.divide(both)
    assert len(divided.centres) == 10
    _, rows = cells.nearest(divided, both)
    assert (rows[:3000] == np.arange(3000, 6000)).mean() > 0.95
    assert (rows != np.arange(6000)).all()


def test_a_row_alone_has_no_nearest():
    distance, rows = cells.nearest(cells.divide(unit(1)), unit(1))
    assert np.isinf(distance).all() and rows.tolist() == [0]
