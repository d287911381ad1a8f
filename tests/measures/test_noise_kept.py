import dataclasses

import numpy as np
import pytest

from fdmat_core import datasets, registry, selection
from fdmat_core.corruptions import corrupt
from fdmat_core.learning import features
from fdmat_core.spec import Choice
from fdmat_core.types import Truth
from tests.conftest import make_table
from tests.test_measures import items

NOISE = registry.measures.get("noise_kept")


def measured(rows, weights=None):
    table = make_table((5, 5))
    data = items(table, make_table((4, 4), seed=1))
    bad = np.zeros(18, dtype=bool)
    bad[[int(data.rows_of([table.ids[2]])[0]), int(data.rows_of([table.ids[7]])[0])]] = True
    flipped, replaced = bad & (np.cumsum(bad) == 1), bad & (np.cumsum(bad) == 2)
    data = dataclasses.replace(data, truth=Truth(data.labels, flipped, replaced))
    return NOISE(table, dataset=data)(np.asarray(rows, dtype=int), weights)


def test_flipped_and_replaced_items_count_alike():
    assert measured(np.arange(10)) == pytest.approx(0.2)
    assert measured([2, 3, 4, 5]) == pytest.approx(0.25) and measured([7]) == 1 and measured([]) == 0


def test_weights_count():
    assert measured([2, 3], np.array([3.0, 1.0])) == pytest.approx(0.75)


def test_without_truth_it_says_how_to_get_one():
    table = make_table((5, 5))
    with pytest.raises(ValueError, match="symmetric"):
        NOISE(table, dataset=dataclasses.replace(items(table, table), truth=None))


def test_random_keeps_the_share_that_there_is_and_fdmat_next_to_none():
    data = corrupt(datasets.load("mixture"), Choice.of("symmetric", rate=0.2))
    table = features.extract(data, "given")[0]
    kept = {}
    for name in ("random", "fdmat"):
        order = selection.rank(table, Choice(name), budget=table.n // 4, balance="proportional", seed=0).order
        kept[name] = NOISE(table, dataset=data)(order[: table.n // 4], None)
    assert kept["random"] == pytest.approx(0.2, abs=0.05) and kept["fdmat"] < 0.03
