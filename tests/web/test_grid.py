"""What the grid of removed items is given: every item and its issue, row by row."""

from dataclasses import replace

import numpy as np

from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.types import Issue, Truth
from fdmat_core.web import grid
from tests.web.reading import unpack

ISSUES = (Issue.MISLABELLED, Issue.OUTLIER, Issue.NONE)
ITEMS = grid.Items(
    ids=np.array([30, 10, 20, 70, 50]),
    labels=np.array([0, 1, 0, 1, 1]),
    preferred=np.array([1, 1, 0, 0, 1]),
    issue=np.array([Issue.NONE, Issue.OUTLIER, Issue.NONE, Issue.MISLABELLED, Issue.NONE]),
    worst=np.array([3, 1, 2, 0, 4]),
    classes=("cat", "Hündin"),
    issues=ISSUES,
    suspected=np.array([0, 1, 0, 1, 0], bool),
)
ADDRESSES = grid.Addresses(items="run", evidence="evidence/run/", method="a%28b%29")
RANKINGS = Rankings.nested_in(ITEMS.ids, Ranking(np.array([4, 2, 0, 1, 3])))


def test_columns_come_out_by_row():
    facts, columns = unpack(grid.pack(ITEMS, RANKINGS, ADDRESSES, fractions=(0.5, 0.1)))
    assert facts["sizes"] == [0.1, 0.5, 1.0] and facts["classes"] == ["cat", "Hündin"]
    assert (facts["items"], facts["method"], facts["evidence"]) == ("run", "a%28b%29", "evidence/run/")
    assert facts["issues"] == ["suspected mislabelled", "outlier", "redundant"]
    assert {name: column.tolist() for name, column in columns.items()} == {
        "worst": [3, 1, 2, 0, 4],
        "ids": [30, 10, 20, 70, 50],
        "labels": [0, 1, 0, 1, 1],
        "preferred": [1, 1, 0, 0, 1],
        "issue": [2, 1, 2, 0, 2],
        "suspected": [0, 1, 0, 1, 0],
        "flags": [0, 0, 0, 0, 0],
        "order": [4, 2, 0, 1, 3],
    }


def test_truth_and_fields_come_along_if_there_are_any():
    truth = Truth(np.array([0, 1, 1, 1, 1]), np.array([0, 0, 1, 0, 0], bool), np.array([0, 0, 0, 0, 1], bool))
    features = np.arange(30, dtype=np.float64).reshape(5, 6)
    items = replace(ITEMS, truth=truth, features=features)
    _, columns = unpack(grid.pack(items, RANKINGS, ADDRESSES, fractions=(0.5,)))
    assert columns["flags"].tolist() == [0, 0, 2, 0, 4] and columns["clean_labels"].tolist() == [0, 1, 1, 1, 1]
    assert columns["fields"].reshape(5, 4).tolist() == features[:, :4].tolist()


def test_a_method_without_one_order_sends_who_is_kept_at_each_count():
    orders = {
        2: Ranking(np.array([4, 2, 0, 1, 3]), nested=False),
        1: Ranking(np.array([3, 2, 0, 1, 4]), nested=False),
    }
    rankings = Rankings(ITEMS.ids, orders)
    facts, columns = unpack(grid.pack(ITEMS, rankings, ADDRESSES, fractions=(0.5,)))
    assert facts["sizes"] == [0.2, 0.4] and "order" not in columns
    assert columns["kept_bits"].tolist() == [0, 0, 2, 1, 2]
