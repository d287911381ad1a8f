import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import semdedup
from fdmat_core.numerics import cells, distances
from tests.methods.tables import order, points


def at(*degrees, length=1.0):
    """Rows in these directions of the plane."""
    angles = np.radians(degrees)
    return length * np.column_stack([np.cos(angles), np.sin(angles)])


def score(table, **params):
    return selection.rank(table, selection.Choice.of("semdedup", **params), balance="none").score


def test_known_answer():
    """One cell with its centre near 22 degrees: from far to near the rows are 3 (60), 0 (0), 2 (40), 1 (10), 4 (12).

    Their largest cosines with those before them: none, cos 60, cos 20, cos 10 and cos 2.
    """
    table = points(at(0, 10, 40, 60, 12))
    expected = np.cos(np.radians([60, 10, 20, 180, 2]))
    assert score(table) == pytest.approx(expected, abs=1e-6)
    assert order(table, "semdedup") == [3, 0, 2, 1, 4]


def test_the_inner_one_of_two_near_copies_stays_if_wanted():
    """The centre is near 40 degrees; of 40 and 41 the one that comes later goes first."""
    table = points(at(0, 40, 41, 80, 38))
    assert order(table, "semdedup") == [3, 0, 4, 2, 1]
    assert order(table, "semdedup", first="inner") == [1, 3, 0, 4, 2]


def test_of_a_chain_of_near_copies_the_outermost_stay():
    """Each row is like the next; both ends come first, and every other is like one before it."""
    table = points(np.concatenate([at(*range(0, 60, 5)), at(180, 190, 200)]))
    kept = score(table)[:12] < np.cos(np.radians(5)) - 1e-6
    assert np.flatnonzero(kept).tolist() == [0, 11]


def test_what_is_kept_is_what_the_paper_keeps_at_its_tolerance():
    """For every tolerance: the rows whose cosine with no row before them in the cell exceeds 1 - eps."""
    z = np.random.default_rng(0).standard_normal((150, 3))
    table = points(z)
    unit = table.embedding.astype(np.float64) / np.linalg.norm(table.embedding.astype(np.float64), axis=1)[:, None]
    assert len(cells.divide(unit).centres) == 1
    centre = unit.mean(axis=0)
    sort = np.argsort(unit @ centre)
    similar = np.triu(unit[sort] @ unit[sort].T, 1)
    for eps in (0.3, 0.1, 0.02):
        stays = set(sort[~(similar > 1 - eps).any(axis=0)].tolist())
        assert set(order(table, "semdedup")[: len(stays)]) == stays


def test_exact_copies_come_last_the_lower_first():
    z = np.random.default_rng(1).standard_normal((20, 4))
    table = points(np.concatenate([z, z[[3, 7, 3]]]))
    assert set(order(table, "semdedup")[-3:]) <= {3, 7, 20, 21, 22}
    last = score(table)
    assert (last == 1).sum() == 3 and order(table, "semdedup")[-3:] == sorted(order(table, "semdedup")[-3:])


def test_the_length_of_a_row_does_not_matter():
    table = points(np.concatenate([at(0, 50, 90), at(50, length=30)]))
    assert sorted(order(table, "semdedup")[-1:]) in ([1], [3]) and score(table).max() == 1


def test_blocks_give_what_the_whole_gives(monkeypatch):
    x = np.random.default_rng(2).standard_normal((40, 3))
    x /= np.linalg.norm(x, axis=1)[:, None]
    whole = np.array([max((x[i] @ x[j] for j in range(i)), default=-1) for i in range(40)])
    monkeypatch.setattr(distances, "BLOCK", 500)
    assert semdedup.before(x) == pytest.approx(whole)


def test_rows_of_many_cells_are_compared_within_theirs(monkeypatch):
    monkeypatch.setattr(cells, "ROWS", 40)
    rng = np.random.default_rng(3)
    centres = 10 * np.eye(4)[np.arange(200) % 4]
    z = centres + rng.standard_normal((200, 4))
    table = points(np.concatenate([z, z[:30] * 2]))
    assert set(order(table, "semdedup")[-30:]) <= {*range(30), *range(200, 230)}
    assert (score(table) == -1).sum() > 1


def test_all_zero_rows_are_like_no_other():
    table = points([[0, 0], [0, 0], [1, 0], [2, 0]])
    assert score(table).max() == 1 and score(table)[:2].max() <= 0
