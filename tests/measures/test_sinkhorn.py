import numpy as np
import pytest

from tests.conftest import make_table
from tests.measures import table_of, value


def test_zero_against_zero_and_two_by_hand():
    epsilon = 0.05 * 2  # the median of the squared distances 0, 4, 4, 0 is 2
    self_cost = -epsilon * np.log((1 + np.exp(-4 / epsilon)) / 2)
    assert value("sinkhorn", table_of([0, 2]), [0]) == pytest.approx(2 - self_cost / 2, rel=1e-6)


def test_little_entropy_gives_the_squared_wasserstein_distance():
    table = make_table((40,))
    rows = np.arange(0, 40, 4)
    squared = value("exact_wasserstein", table, rows) ** 2
    assert value("sinkhorn", table, rows, epsilon=0.001, rounds=2000) == pytest.approx(squared, rel=0.02)


def test_much_entropy_gives_the_squared_gap_of_the_means():
    table = make_table((40,))
    rows = np.arange(0, 40, 4)
    gap = table.embedding[rows].mean(axis=0) - table.embedding.mean(axis=0)
    far = value("sinkhorn", table, rows, epsilon=10)
    assert np.sum(gap**2) < far < 1.5 * np.sum(gap**2)


def test_it_warns_when_the_rounds_do_not_suffice():
    with pytest.warns(RuntimeWarning, match="after 3 rounds"):
        value("sinkhorn", make_table((40,)), np.arange(10), rounds=3)
