from typing import Any

import numpy as np
import pytest

from tests.conftest import make_table
from tests.measures import table_of, value


def test_zero_against_zero_and_two():
    assert value("exact_wasserstein", table_of([0, 2]), [0], p=1) == pytest.approx(1, abs=1e-9)
    assert value("exact_wasserstein", table_of([0, 2]), [0], p=2) == pytest.approx(np.sqrt(2), abs=1e-9)


def test_two_of_four_on_a_line():
    assert value("exact_wasserstein", table_of([0, 1, 10, 11]), [0, 2], p=1) == pytest.approx(0.5)


def test_weights_move_the_mass():
    assert value("exact_wasserstein", table_of([0, 2]), [0, 1], [1.5, 0.5], p=1) == pytest.approx(0.5)


@pytest.mark.parametrize("p", [1, 2])
def test_it_agrees_with_pot_class_by_class(p):
    import ot

    table = make_table((30, 20))
    rows = np.arange(0, 50, 3)
    total = 0
    for label in (0, 1):
        inside = np.flatnonzero(table.labels == label)
        picks = rows[table.labels[rows] == label]
        pair = (table.embedding[these].astype(float) for these in (picks, inside))
        costs: Any = ot.dist(*pair, metric="euclidean")
        cost: Any = ot.emd2(np.full(len(picks), 1 / len(picks)), np.full(len(inside), 1 / len(inside)), costs**p)
        total += len(inside) / 50 * cost
    assert value("exact_wasserstein", table, rows, p=p) == pytest.approx(total ** (1 / p), rel=1e-6)


def test_it_is_at_least_the_gap_of_the_means():
    table = make_table((80,))
    rng = np.random.default_rng(0)
    for k in (1, 5, 20, 60):
        rows = rng.permutation(80)[:k]
        gap = np.linalg.norm(table.embedding[rows].mean(axis=0) - table.embedding.mean(axis=0))
        assert value("exact_wasserstein", table, rows, p=1) >= gap - 1e-6
        assert value("exact_wasserstein", table, rows, p=2) >= value("exact_wasserstein", table, rows, p=1) - 1e-9


def test_distant_items_cost_as_much_as_their_distance():
    x = np.random.default_rng(0).standard_normal((20, 3))
    table = table_of(np.concatenate([x, x + np.array([300, 0, 0])]))  # half of the mass moves by 300
    assert value("exact_wasserstein", table, np.arange(20), p=1) == pytest.approx(150, abs=1)
    assert value("exact_wasserstein", table, np.arange(20), p=2) == pytest.approx(300 / np.sqrt(2), abs=1)
