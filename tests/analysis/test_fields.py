"""What stands for an item without a picture."""

import numpy as np
import pytest

from fdmat_core.analysis import fields
from fdmat_core.types import Dataset


def items(**columns):
    ids = np.arange(3)
    return Dataset("items", ids, 0 * ids, ("unlabelled",), {"train": ids}, "items", fields=columns)


TEXTS = np.array(["A Red fox", "x" * 500, "<b>bold</b>"], dtype=object)


def test_a_text_comes_before_all_fields_and_is_shortened():
    data = items(year=np.array([1999, 2000, 2001]), text=TEXTS)
    assert fields.short(data, 0) == "A Red fox"
    assert fields.short(data, 1) == "x" * 119 + "…" and len(fields.full(data, 1)) > 500
    assert fields.full(data, 0) == "A Red fox\nyear: 1999"


def test_without_a_text_the_first_fields_stand_by_name():
    data = items(**{name: np.array([1.5, np.nan, 3]) for name in "abcde"})
    assert fields.short(data, 0) == "a: 1.5\nb: 1.5\nc: 1.5\nd: 1.5"
    assert fields.short(data, 1).startswith("a: \n")
    assert fields.pairs(data, 2)[4] == ("e", "3")


def test_where_there_is_little_room_fields_have_no_names_and_what_is_not_there_no_line():
    data = items(camera=np.array(["canon", "fuji", ""], dtype=object), year=np.array([1999, np.nan, 2001]))
    assert [fields.values(data, row) for row in range(3)] == ["canon\n1999", "fuji", "2001"]
    assert fields.values(items(year=np.array([1999, 2000, 2001]), text=TEXTS), 0) == "A Red fox"
    assert fields.values(items(), 0) == ""


def test_nothing_stands_for_an_item_without_fields():
    assert fields.short(items(), 0) == fields.full(items(), 0) == ""


@pytest.mark.parametrize(("text", "rows"), [("red FOX", [0]), ("x", [0, 1]), ("1999", [0]), ("zebra", [])])
def test_a_search_looks_into_every_field_whatever_the_case(text, rows):
    data = items(year=np.array([1999, 2000, 2001]), text=TEXTS)
    assert fields.matching(fields.searchable(data), text).tolist() == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("year:21", [1]),
        ("YEAR: 2001 ", [2]),
        ("text:1999", [1]),
        ("year:fox", []),
        ("1999:a", [1]),
        ("nowhere:fox", []),
    ],
)
def test_a_search_that_names_a_field_looks_into_that_alone(text, rows):
    said = fields.searchable(items(Year=np.array([1999, 2100, 2001]), text=np.array(["1", "1999:a", "fox"])))
    assert fields.matching(said, text).tolist() == rows
