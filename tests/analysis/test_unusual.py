"""Which features of an item are least usual in its class, by hand."""

import numpy as np
import pytest

from fdmat_core.analysis import unusual
from fdmat_core.types import Dataset


def items(**changes):
    """Class 0 has rows 0 to 4, class 1 the rest; the third feature is the same in all of class 0 but in row 4."""
    features = np.array(
        [[1, 10, 7], [2, 20, 7], [3, 30, 7], [4, 40, 7], [9, 35, 8], [100, 1, 1], [101, 2, 1]], dtype=np.float32
    )
    given = {"features": features, "columns": ("age", "dose", "site")} | changes
    ids, labels = np.arange(7), np.array([0] * 5 + [1] * 2)
    return Dataset("d", ids, labels, ("a", "b"), {"train": ids}, "k", **given)


def test_features_come_by_how_far_they_lie_from_what_is_usual_in_the_class():
    found = unusual.least_usual(items(), 4, 3)
    assert found == [
        ("site", 8, 7),
        ("age", 9, 3),
        ("dose", 35, 30),
    ]
    assert [one.name for one in unusual.least_usual(items(), 0, 2)] == ["age", "dose"]  # 1.3 each: in their order
    assert unusual.least_usual(items(), 2, 3)[-1] == ("site", 7, 7)


def test_features_without_names_are_numbered_and_pictures_have_none():
    assert unusual.least_usual(items(columns=()), 4, 1) == [("feature 2", 8, 7)]
    assert unusual.least_usual(items(features=None, columns=()), 4, 3) == []


def test_what_was_standardised_is_told_as_it_was_read():
    """Times the first, plus the second: the order is that of the features as they are compared."""
    units = np.array([[2.0, 0.5, 100], [1, -5, 0]])
    found = unusual.least_usual(items(units=units), 4, 3)
    assert found == [("site", 800, 700), ("age", 19, 7), ("dose", 12.5, 10)]


def test_a_large_class_is_told_by_rows_of_all_of_it(monkeypatch):
    monkeypatch.setattr(unusual, "ROWS", 2)
    assert unusual.least_usual(items(), 0, 1) == [("age", 1, 5)]  # by rows 0 and 4, not by the first two


def test_names_are_of_all_features_or_none():
    with pytest.raises(ValueError, match="columns are 2 names; give one for each feature"):
        items(columns=("age", "dose"))
    assert items(features=None).columns == ("age", "dose", "site")  # of data whose values were left behind
