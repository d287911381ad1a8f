"""Neighbours that are kept beside features: searched once, the same as without, and gone with the run."""

import numpy as np
import pytest

from fdmat_core.numerics import neighbours
from fdmat_core.runs import graphs, jobs, library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import entries
from tests.runs.conftest import make_spec

REAL = neighbours._search
SHARP = Choice.of("fdmat", tau=0.0)


@pytest.fixture
def searched(monkeypatch):
    """How many rows were searched for how many neighbours, each time; few rows count as many."""
    found = []

    def search(x, k):
        found.append((len(x), k))
        return REAL(x, k)

    monkeypatch.setattr(neighbours, "_search", search)
    monkeypatch.setattr(neighbours, "SMALL_ROWS", 20)
    return found


def rows(n=60, d=4, seed=0):
    return np.random.default_rng(seed).standard_normal((n, d)).astype(np.float32)


def test_what_was_searched_is_found_and_the_same(searched):
    x = rows()
    x[7] = x[3]
    plain = neighbours.nearest_rows(x, 5)
    with graphs.kept("mine"):
        first, second = neighbours.nearest_rows(x, 5), neighbours.nearest_rows(x.copy(), 5)
    assert searched == [(60, 5)] * 2
    for kept in (first, second):
        assert np.array_equal(kept.rows, plain.rows) and np.array_equal(kept.distances, plain.distances)
        assert kept.rows.dtype == plain.rows.dtype and kept.recall == 1
    assert neighbours.nearest_rows(x, 5).rows[3, 0] == 7 and len(searched) == 3  # outside nothing is kept


def test_anything_that_decides_makes_another_search(searched):
    x = rows()
    others = [x * 2, x.astype(np.float64), x[:, [1, 0, 2, 3]], x.reshape(80, 3)]
    with graphs.kept("mine"):
        neighbours.nearest_rows(x, 5)
        for other in others:
            neighbours.nearest_rows(other, 5)
        neighbours.nearest_rows(x, 6)
    with graphs.kept("another"):
        neighbours.nearest_rows(x, 5)
    assert len(searched) == len(others) + 3 == len(list(entries.keys(graphs.KIND)))
    assert len(graphs.owned("mine")) == len(others) + 2 and len(graphs.owned("min")) == 0


def test_few_rows_are_not_kept(searched):
    with graphs.kept("mine"):
        neighbours.nearest_rows(rows(20), 5)
    assert not searched and not list(entries.keys(graphs.KIND))


def test_how_many_are_true_is_kept_as_well(searched, monkeypatch):
    for name, value in (("EXACT_ROWS", 1), ("LIST", 40), ("REACH", 2)):
        monkeypatch.setattr(neighbours, name, value)
    with graphs.kept("mine"):
        found = [neighbours.nearest_rows(rows(2000, 8), 10) for _ in range(2)]
    assert len(searched) == 1 and found[0].recall == found[1].recall and 0.9 < found[0].recall < 1


def test_a_damaged_one_is_searched_again(searched):
    with graphs.kept("mine"):
        first = neighbours.nearest_rows(rows(), 5)
        (key,) = entries.keys(graphs.KIND)
        (entries.path(graphs.KIND, key) / "rows.npy").write_bytes(b"")
        again = neighbours.nearest_rows(rows(), 5)
    assert len(searched) == 2 and np.array_equal(again.rows, first.rows)


def test_a_run_with_other_settings_searches_nothing(searched):
    """FDMat with another threshold, and with another share for each class, judges by the same neighbours."""
    flips = Choice("symmetric")
    one, two = make_spec("fdmat", corruption=flips), make_spec(methods=(SHARP,), corruption=flips, balance="equal")
    assert jobs.work(one).state == "done" and len(searched) > 0
    searched.clear()
    assert jobs.work(two).state == "done" and not searched
    orders = [Run(spec).ranking(method).order for spec, method in ((one, Choice("fdmat")), (two, SHARP))]
    assert not np.array_equal(*orders)
    kept = list(entries.keys(graphs.KIND))
    for spec in (one, two):
        assert kept and library.prune() == []
        library.delete(spec.key)
    assert not list(entries.keys(graphs.KIND))


def test_its_order_is_that_of_a_run_that_keeps_nothing(searched, monkeypatch, tmp_path):
    spec = make_spec(methods=(SHARP,))
    jobs.work(make_spec("fdmat"))
    jobs.work(spec)
    by_kept = np.array(Run(spec).ranking(SHARP).order)
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "other"))
    monkeypatch.setattr(graphs, "_keep", lambda features, x, k, search: search())
    jobs.work(spec)
    assert np.array_equal(Run(spec).ranking(SHARP).order, by_kept)
