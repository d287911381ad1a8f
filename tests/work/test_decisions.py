"""Decisions: written at once, taken back in order, never lost between two people or to a kill."""

import os
import signal
import subprocess
import sys

import pandas
import pytest

from fdmat_core.work import decisions
from fdmat_core.work.decisions import Decision


def state(dataset="d"):
    return {row.item: row.decision for row in decisions.current(dataset).itertuples()}


def test_the_latest_decision_counts_and_history_keeps_all():
    decisions.decide("d", Decision(7, "drop", author="ann"))
    decisions.decide("d", Decision(7, "keep", author="bob"))
    decisions.decide("other", Decision(7, "unsure", author="bob"))
    assert state() == {7: "keep"} and decisions.history("d").decision.tolist() == ["drop", "keep"]


def test_undo_goes_back_one_by_one():
    decisions.decide("d", Decision(1, "keep", author="ann"))
    decisions.decide("d", Decision(1, "drop", author="ann"))
    decisions.decide("d", Decision(2, "relabel", label="Shirt", author="ann"))
    assert decisions.undo("d", "ann") == 2 and state() == {1: "drop"}
    assert decisions.undo("d", "ann") == 1 and state() == {1: "keep"}
    assert decisions.undo("d", "ann") == 1 and state() == {}
    assert decisions.undo("d", "ann") is None


def test_changes_tell_what_became_of_items_since_a_number():
    first = decisions.decide("d", Decision(1, "keep", author="ann"))
    decisions.decide("other", Decision(9, "keep", author="ann"))
    decisions.decide("d", Decision(2, "drop", author="ann"))
    decisions.decide("d", Decision(1, "unsure", author="bob"))
    last, told = decisions.changes("d", first)
    assert told[["item", "decision", "author"]].values.tolist() == [[1, "unsure", "bob"], [2, "drop", "ann"]]
    decisions.undo("d", "ann")
    assert decisions.changes("d", last)[1][["item", "decision"]].values.tolist() == [[2, decisions.OPEN]]
    assert decisions.changes("d", last + 1)[1].empty
    assert decisions.changes("d")[0] == last + 1


def test_undo_does_not_touch_what_somebody_else_said():
    decisions.decide("d", Decision(1, "keep", author="ann"))
    decisions.decide("d", Decision(1, "drop", author="bob"))
    assert decisions.undo("d", "ann") is None and state() == {1: "drop"}


@pytest.mark.parametrize("wrong", [("maybe", ""), ("relabel", ""), ("keep", "Shirt")])
def test_a_wrong_decision_is_refused(wrong):
    with pytest.raises(ValueError, match="decision"):
        Decision(1, wrong[0], label=wrong[1])


def test_export_and_import_again():
    decisions.decide("d", Decision(1, "keep", author="ann", run="r1"))
    decisions.decide("d", Decision(2, "relabel", label="Shirt", author="bob"))
    table = decisions.current("d")
    decisions.decide_all("copy", decisions.read(table, ("Coat", "Shirt")))
    assert decisions.current("copy").drop(columns="made").equals(table.drop(columns="made"))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pandas.DataFrame({"item": [1]}), "lacks the column 'decision'"),
        (pandas.DataFrame({"item": [1], "decision": ["burn"]}), "burn"),
        (pandas.DataFrame({"item": [1], "decision": ["relabel"], "label": ["Hat"]}), "'Hat'"),
        (pandas.DataFrame({"item": ["x"], "decision": ["keep"]}), "'x'"),
    ],
)
def test_a_wrong_import_is_refused(frame, message):
    with pytest.raises(ValueError, match=message):
        decisions.read(frame, ("Coat",))


WRITER = """
import os, sys
from fdmat_core.work import decisions
from fdmat_core.work.decisions import Decision
for item in range(int(sys.argv[1]), int(sys.argv[2])):
    decisions.decide("d", Decision(item, "drop", author=sys.argv[3]))
print("written", flush=True)
import time; time.sleep(30)
"""


def writer(first, last, author):
    command = [sys.executable, "-c", WRITER, str(first), str(last), author]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)


def test_two_sessions_at_once_and_a_kill_lose_nothing():
    writers = [writer(0, 60, "ann"), writer(60, 120, "bob")]
    for process in writers:
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert state() == dict.fromkeys(range(120), "drop")
    assert decisions.undo("d", "bob") == 119
