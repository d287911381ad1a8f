"""How people agree: known answers, and what does not count as a word."""

import math

import pandas
import pytest

from fdmat_core.analysis import reviewers


def words(*lines):
    return pandas.DataFrame(lines, columns=["item", "author", "decision", "label"])


SAID = words(
    *((item, "ann", "keep", "") for item in range(6)),
    *((item, "ann", "drop", "") for item in range(6, 10)),
    *((item, "bob", "keep", "") for item in range(4)),
    *((item, "bob", "drop", "") for item in range(4, 9)),
    (9, "bob", "unsure", ""),
    (20, "bob", "relabel", "Coat"),
    (20, "cat", "relabel", "Shirt"),
)


def test_two_people_agree_beyond_chance():
    """On 9 items: 7 the same. Chance: ann keeps 6 of 9, bob 4; (6 * 4 + 3 * 5) / 81 = 39 / 81."""
    first, second = reviewers.agreement(SAID).to_dict("records")
    assert (first["first"], first["second"], first["both"], first["agree"]) == ("ann", "bob", 9, 7)
    assert first["share"] == pytest.approx(7 / 9)
    assert first["kappa"] == pytest.approx((7 / 9 - 39 / 81) / (1 - 39 / 81))
    assert (second["first"], second["second"], second["both"], second["agree"]) == ("bob", "cat", 1, 0)


def test_conflicts_are_items_on_which_sure_people_differ_also_about_the_label():
    found = reviewers.conflicts(SAID)
    assert found["item"].tolist() == [4, 5, 20]
    assert found["words"].tolist()[::2] == ["ann: keep; bob: drop", "bob: relabel Coat; cat: relabel Shirt"]


def test_kappa_at_its_ends():
    assert reviewers.kappa(["a", "b"], ["a", "b"]) == 1
    assert reviewers.kappa(["a", "b"], ["b", "a"]) == -1
    assert reviewers.kappa(list("aabb"), list("abab")) == 0
    assert math.isnan(reviewers.kappa(["a"], ["a"]))
    with pytest.raises(ValueError, match="second 1"):
        reviewers.kappa([], ["a"])


def test_nobody_agrees_where_nobody_or_one_has_said_anything():
    for frame in (words(), SAID[SAID["author"] == "ann"]):
        assert reviewers.agreement(frame).empty and reviewers.conflicts(frame).empty
    assert reviewers.counts(words()).empty


def test_who_has_decided_how_much():
    table = reviewers.counts(SAID).to_dict("records")
    assert table[0] == {"author": "bob", "items": 11, "keep": 4, "drop": 5, "relabel": 1, "unsure": 1}
    assert [one["author"] for one in table] == ["bob", "ann", "cat"]
