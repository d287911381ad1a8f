import numpy as np
import pytest

from tests.conftest import make_table
from tests.measures import table_of, value


def test_on_a_line_it_is_exact():
    assert value("sliced_wasserstein", table_of([0, 2]), [0]) == pytest.approx(np.sqrt(2), abs=1e-6)
    for rows in ([0, 2], [1, 2, 3], [3]):
        table = table_of([0, 1, 10, 11])
        exact = value("exact_wasserstein", table, rows)
        assert value("sliced_wasserstein", table, rows) == pytest.approx(exact, rel=1e-6)


def test_weights_on_a_line_are_exact():
    table, weights = table_of([0, 1, 5, 11]), [0.3, 1.9, 0.8]
    exact = value("exact_wasserstein", table, [3, 0, 2], weights)
    assert value("sliced_wasserstein", table, [3, 0, 2], weights) == pytest.approx(exact, rel=1e-6)


def test_it_is_below_the_exact_distance():
    table = make_table((60,))
    rows = np.arange(0, 60, 7)
    sliced, exact = (value(name, table, rows) for name in ("sliced_wasserstein", "exact_wasserstein"))
    assert exact / np.sqrt(8) * 0.5 < sliced < exact / np.sqrt(8) * 1.0001


def test_more_directions_agree_with_few():
    table = make_table((60,))
    rows = np.arange(0, 60, 7)
    few, many = (value("sliced_wasserstein", table, rows, projections=count) for count in (200, 4000))
    assert few == pytest.approx(many, rel=0.05)
