import numpy as np
import pytest

from tests.conftest import make_table
from tests.measures import table_of, value


def test_a_line_of_ten_by_hand():
    table = table_of(np.arange(10))  # the nearest other item is 1 away, so a pick covers three
    assert value("coverage", table, [4], neighbour=1) == pytest.approx(0.3)
    assert value("coverage", table, [0], neighbour=1) == pytest.approx(0.2)
    assert value("coverage", table, [1, 4, 7], neighbour=1) == pytest.approx(0.9)
    assert value("coverage", table, [1, 2], neighbour=1) == pytest.approx(0.4)


def test_all_items_cover_all():
    table = make_table()
    assert value("coverage", table, np.arange(table.n)) == 1
    assert value("coverage", table, np.arange(table.n), sample=13) == 1


def test_it_agrees_with_all_distances():
    table = make_table((60, 40))
    x = table.embedding.astype(float)
    distances = np.linalg.norm(x[:, None] - x[None], axis=2)
    radius = np.median(np.sort(distances, axis=1)[:, 10])
    rows = np.arange(0, 100, 9)
    expected = (distances[:, rows].min(axis=1) <= radius * (1 + 1e-9)).mean()
    assert value("coverage", table, rows) == pytest.approx(expected)
    assert 0.1 < expected < 0.95


def test_more_picks_than_are_joined_at_a_time(monkeypatch):
    table = make_table()
    rows = np.arange(0, table.n, 3)
    whole = value("coverage", table, rows)
    monkeypatch.setattr("fdmat_core.measures.coverage.STEP", 4)
    monkeypatch.setattr("fdmat_core.measures.coverage.BLOCK", 100)
    assert value("coverage", table, rows) == whole


def test_copies_cover_each_other():
    assert value("coverage", table_of([0, 0, 0, 5]), [0], neighbour=1) == pytest.approx(0.75)
