from itertools import combinations

import numpy as np
import pytest

from fdmat_core.numerics import distances, greedy
from tests.methods.tables import cloud, kept, order, points


def at(*degrees):
    """Rows in these directions of the plane, of different lengths."""
    angles = np.radians(degrees)
    return np.arange(1, 1 + len(degrees))[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])


def coverage(z, rows, radius=1.0):
    unit = np.asarray(z, dtype=np.float64)
    unit = unit / np.linalg.norm(unit, axis=1)[:, None]
    apart = np.linalg.norm(unit[:, None] - unit[list(rows)][None], axis=2)
    return np.exp(-((apart / radius) ** 2)).max(axis=1).mean()


def test_known_answer():
    """Three rows near 0 degrees and two opposite: the middle of the three first, then one of the two.

    The squared distance of rows t apart is 2 - 2 cos t.
    """
    table = points(at(-10, 0, 10, 175, 185))
    picks = order(table, "max_herding")
    assert picks[0] == 1 and picks[1] in (3, 4) and set(picks[:3]) != {1, 3, 4}
    near, far = np.exp(2 * np.cos(np.radians([10, 175])) - 2)
    assert coverage(table.embedding, [1]) == pytest.approx((1 + 2 * near + 2 * far) / 5, abs=1e-6)


def test_every_pick_adds_most():
    z = cloud(40).embedding
    picks = order(points(z), "max_herding", radius=0.5)
    for step in range(8):
        best = max(coverage(z, [*picks[:step], row], 0.5) for row in set(range(40)) - set(picks[:step]))
        assert coverage(z, picks[: step + 1], 0.5) == pytest.approx(best, abs=1e-6)


def test_greedy_is_worth_most_of_the_best():
    z = np.random.default_rng(4).standard_normal((12, 3))
    best = max(coverage(z, rows) for rows in combinations(range(12), 3))
    assert coverage(z, kept(points(z), "max_herding", 3)) >= (1 - 1 / np.e) * best


def test_outliers_are_not_first():
    z = np.concatenate([np.random.default_rng(0).normal(5, 1, (60, 2)), [[-9, 1], [2, -9]]])
    assert min(kept(points(z), "max_herding", 1)) < 60
    assert {60, 61} & set(kept(points(z), "k_center", 3))


def test_a_small_radius_counts_rows_within_it():
    """Groups of 5, 3 and 1 equal directions: nothing is covered but copies, so the largest group comes first."""
    table = points(at(*[0] * 5, *[60] * 3, 120))
    assert kept(table, "max_herding", 3, radius=0.05) == [0, 5, 8]


def test_all_zero_rows_are_survived():
    table = points(np.concatenate([np.zeros((2, 2)), at(0, 30, 60)]))
    assert len(set(kept(table, "max_herding", 5))) == 5


def test_what_is_covered_is_spread_over_large_tables(monkeypatch):
    monkeypatch.setattr(greedy, "SIMILARITIES", 40 * 15)
    monkeypatch.setattr(distances, "BLOCK", 200)
    table = cloud(40)
    rows = kept(table, "max_herding", 5)
    assert len(set(rows)) == 5
    best = np.mean([coverage(table.embedding, rows) for rows in np.random.default_rng(0).integers(0, 40, (50, 5))])
    assert coverage(table.embedding, rows) > best
