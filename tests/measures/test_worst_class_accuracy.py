import numpy as np
import pytest

from fdmat_core import registry
from fdmat_core.measures import linear_probe
from tests.conftest import make_table

WORST = registry.measures.get("worst_class_accuracy")


def test_it_is_the_lowest_share_of_any_class(monkeypatch):
    table, test = make_table((20, 20, 20)), make_table((10, 20, 5), seed=3)
    said = test.labels.copy()
    said[np.flatnonzero(test.labels == 0)[:3]] = 1  # 7 of 10 right
    said[np.flatnonzero(test.labels == 1)[:4]] = 0  # 16 of 20
    said[np.flatnonzero(test.labels == 2)[:1]] = 0  # 4 of 5
    monkeypatch.setattr("fdmat_core.measures.linear_probe.predictor", lambda *_, **__: lambda *_: said)
    assert WORST(table, test=test, seed=0)(np.arange(5), None) == pytest.approx(0.7)


def test_it_is_of_the_same_probe_as_the_mean():
    table, test = make_table((40, 30, 20)), make_table((30, 30, 30), seed=5)
    rows = np.arange(12)
    labels = linear_probe.predictor(table, test, steps=50, seed=1)(rows, None)
    shares = [np.mean(labels[test.labels == label] == label) for label in range(3)]
    assert WORST(table, params={"steps": 50}, test=test, seed=1)(rows, None) == pytest.approx(min(shares))
    probe = registry.measures.get("linear_probe")(table, params={"steps": 50}, test=test, seed=1)
    assert probe(rows, None) == pytest.approx(np.mean(shares))


def test_a_class_that_was_forgotten_scores_nothing_and_one_without_test_items_does_not_count():
    table, test = make_table((20, 20)), make_table((30, 10), seed=3)
    rows = np.flatnonzero(table.labels == 0)
    assert WORST(table, test=test, seed=0)(rows, None) == 0
    only = test.take(np.flatnonzero(test.labels == 0))
    assert WORST(table, test=only, seed=0)(rows, None) == 1
    assert WORST(table, test=test, seed=0)(np.array([], dtype=int), None) == 0
