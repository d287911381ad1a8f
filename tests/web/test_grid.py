"""The bytes of the wall of removed items: what went in comes out, row by row, at offsets that a browser can read."""

import json
from dataclasses import replace

import numpy as np

from fdmat_core.types import Ranking, Truth
from fdmat_core.web import grid

ISSUES = ("mislabelled", "outlier", "redundant")
SHEET = grid.Sheet(
    ids=np.array([30, 10, 20, 70, 50]),
    labels=np.array([0, 1, 0, 1, 1]),
    preferred=np.array([1, 1, 0, 0, 1]),
    issue=np.array(["redundant", "outlier", "redundant", "mislabelled", "redundant"], dtype=object),
    worst=np.array([3, 1, 2, 0, 4]),
    classes=("cat", "Hündin"),
    issues=ISSUES,
)
WORDS = grid.Words(key="run", method="a%28b%29", only="", filters={"issue": "outlier"})
RANKING = Ranking(np.array([4, 2, 0, 1, 3]))


def unpack(blob):
    """The words and columns of a wall's bytes, read as its JavaScript reads them."""
    magic, version, _, n, told = grid.HEADER.unpack_from(blob)
    assert (magic, version) == (b"FTRI", 1)
    at = grid.HEADER.size
    facts = json.loads(blob[at : at + told])
    at += told
    columns = {}
    for name, kind, length in facts["columns"]:
        assert at % 4 == 0
        columns[name] = np.frombuffer(blob, "<" + kind, length, at)
        at += -(-columns[name].nbytes // 4) * 4
    assert at == len(blob)
    return facts | {"n": n}, columns


def test_columns_come_out_by_row():
    facts, columns = unpack(grid.pack(SHEET, RANKING, WORDS, fractions=(0.5, 0.1), start=0.25))
    assert (facts["n"], facts["nested"], facts["start"]) == (5, True, 0.25)
    assert facts["fractions"] == [0.1, 0.5] and facts["classes"] == ["cat", "Hündin"]
    assert facts["filters"] == {"issue": "outlier"} and facts["method"] == "a%28b%29"
    assert {name: column.tolist() for name, column in columns.items()} == {
        "column": [4, 2, 0, 1, 3],
        "worst": [3, 1, 2, 0, 4],
        "ids": [30, 10, 20, 70, 50],
        "labels": [0, 1, 0, 1, 1],
        "preferred": [1, 1, 0, 0, 1],
        "issue": [2, 1, 2, 0, 2],
        "flags": [0, 0, 0, 0, 0],
    }


def test_truth_and_fields_come_along_if_there_are_any():
    truth = Truth(np.array([0, 1, 1, 1, 1]), np.array([0, 0, 1, 0, 0], bool), np.array([0, 0, 0, 0, 1], bool))
    features = np.arange(30, dtype=np.float64).reshape(5, 6)
    sheet = replace(SHEET, truth=truth, features=features)
    _, columns = unpack(grid.pack(sheet, RANKING, WORDS, fractions=(0.5,)))
    assert columns["flags"].tolist() == [0, 0, 2, 0, 4] and columns["real"].tolist() == [0, 1, 1, 1, 1]
    assert columns["fields"].reshape(5, 4).tolist() == features[:, :4].tolist()


def test_a_method_without_one_order_tells_who_is_kept_at_each_count():
    rankings = {
        2: Ranking(np.array([4, 2, 0, 1, 3]), nested=False),
        1: Ranking(np.array([3, 2, 0, 1, 4]), nested=False),
    }
    facts, columns = unpack(grid.pack(SHEET, rankings, WORDS, fractions=(0.5,)))
    assert facts["fractions"] == [0.2, 0.4] and not facts["nested"]
    assert columns["column"].tolist() == [0, 0, 2, 1, 2]
