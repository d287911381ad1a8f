"""What was found in a run's data stays with the run: what was left out, and what is odd about the whole."""

import dataclasses

import numpy as np
import pytest

from fdmat_core.reading import check
from fdmat_core.runs import artifacts
from fdmat_core.runs.run import Run
from fdmat_core.runs.settings import checked
from fdmat_core.types import Dataset, Finding
from tests.runs.conftest import make_spec, with_features

LOST = Finding("2 of 9 rows have no label", "left out", "unlabelled=class", ("line 3 of t.csv",))


def odd(key="odd"):
    """Test item 3 is train item 0 once more."""
    ids = np.arange(4)
    features = np.array([[0.0, 1], [2, 3], [4, 5], [0, 1]])
    splits = {"train": ids[:3], "test": ids[3:]}
    return Dataset("odd", ids, np.array([0, 1, 0, 0]), ("a", "b"), splits, key, features=features, findings=(LOST,))


def test_what_is_odd_is_told_with_what_was_left_out():
    spec = checked(make_spec())
    artifacts.note_findings(spec, odd())
    found = Run(spec).findings
    assert found == (LOST, *check.check(odd()))
    assert "1 of 1 test items has the same features as a train item" in [one.text for one in found]


def test_the_same_data_are_looked_through_once_and_others_again(monkeypatch):
    spec = checked(make_spec())
    artifacts.note_findings(spec, odd())
    found = Run(spec).findings
    with monkeypatch.context() as patch:
        patch.setattr(check, "check", lambda data: pytest.fail("looked through again"))
        artifacts.note_findings(spec, odd())
    assert Run(spec).findings == found
    artifacts.note_findings(spec, dataclasses.replace(odd("other"), labels=np.array([0, 0, 0, 0]), findings=()))
    assert "1 of 2 classes (b) has no item" in [one.text for one in Run(spec).findings]


def test_a_run_looks_through_its_data():
    spec = with_features(make_spec())
    assert Run(spec).findings == check.check(Run(spec).dataset())


def test_data_of_texts_alone_are_no_error():
    data = dataclasses.replace(odd(), features=None, fields={"text": np.array(list("wxyz"))})
    assert all("same" not in one.text for one in check.check(data))
