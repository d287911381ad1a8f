"""Findings in one line: how many, and the one that people must not miss."""

from fdmat_core.analysis import findings
from fdmat_core.types import Finding

KEPT = Finding("4 of 40 items have the same features as an item before them", "kept")
LOST = Finding("12 of 40 rows have no label", "left out", "unlabelled=class", ("line 5 of my.csv",))


def test_what_cost_items_is_told_first():
    assert findings.line([]) == ""
    assert findings.line([KEPT, LOST]) == "2 findings about the data: 12 of 40 rows have no label: left out"
    assert findings.line([KEPT]) == f"1 finding about the data: {KEPT.text}: kept"


def test_a_long_finding_is_cut_between_words():
    words = "many words " * 40
    said = findings.line([Finding(words, "left out")])
    assert len(said) < 130 and said.endswith("words …")
