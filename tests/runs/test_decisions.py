"""Decisions: written at once, taken back in order, never lost between two people or to a kill."""

import os
import signal
import subprocess
import sys

import pandas
import pytest

from fdmat_core.runs import decisions
from fdmat_core.runs.decisions import Decision
from fdmat_core.store import notices
from fdmat_core.store.database import connect


def state(dataset="d"):
    return {row.item: row.decision for row in decisions.current(dataset).itertuples()}


def test_the_latest_decision_counts_and_history_keeps_all():
    decisions.decide("d", Decision(7, "drop", author="ann"))
    decisions.decide("d", Decision(7, "keep", author="bob"))
    decisions.decide("other", Decision(7, "unsure", author="bob"))
    assert state() == {7: "keep"} and decisions.history("d").decision.tolist() == ["drop", "keep"]


def test_undo_goes_back_one_by_one():
    decisions.decide("d", Decision(1, "keep", author="ann", session="one"))
    decisions.decide("d", Decision(1, "drop", author="ann", session="one"))
    decisions.decide("d", Decision(2, "relabel", label="Shirt", author="ann", session="one"))
    assert decisions.undo("d", "one") == [2] and state() == {1: "drop"}
    assert decisions.undo("d", "one") == [1] and state() == {1: "keep"}
    assert decisions.undo("d", "one") == [1] and state() == {}
    assert decisions.undo("d", "one") == []


def test_changes_tell_what_became_of_items_since_a_number():
    first = decisions.decide("d", Decision(1, "keep", author="ann", session="one"))
    decisions.decide("other", Decision(9, "keep", author="ann", session="one"))
    decisions.decide("d", Decision(2, "drop", author="ann", session="one"))
    decisions.decide("d", Decision(1, "unsure", author="bob", session="two"))
    last, told = decisions.changes("d", first)
    assert told[["item", "decision", "author"]].values.tolist() == [[1, "unsure", "bob"], [2, "drop", "ann"]]
    decisions.undo("d", "one")
    assert decisions.changes("d", last)[1][["item", "decision"]].values.tolist() == [[2, decisions.OPEN]]
    assert decisions.changes("d", last + 1)[1].empty
    assert decisions.changes("d")[0] == last + 1


def test_undo_does_not_touch_what_somebody_else_said():
    decisions.decide("d", Decision(1, "keep", author="ann", session="one"))
    decisions.decide("d", Decision(1, "drop", author="bob", session="two"))
    assert decisions.undo("d", "one") == [] and state() == {1: "drop"}


def test_undo_belongs_to_a_session_not_to_a_name():
    decisions.decide("d", Decision(1, "keep", author="me", session="one"))
    decisions.decide("d", Decision(2, "drop", author="me", session="two"))
    decisions.decide("d", Decision(3, "drop", author="me", session="one"))
    assert decisions.undo("d", "two") == [2] and state() == {1: "keep", 3: "drop"}
    assert decisions.undo("d", "two") == []
    assert decisions.undo("other", "one") == []
    assert [decisions.undo("d", "one") for _ in range(3)] == [[3], [1], []] and state() == {}


OLD = """
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, dataset TEXT NOT NULL, item INTEGER NOT NULL,
    decision TEXT NOT NULL, label TEXT NOT NULL, author TEXT NOT NULL, run TEXT NOT NULL, made TEXT NOT NULL,
    undoes INTEGER REFERENCES decisions (number)
);
"""
SESSIONS = """
CREATE TABLE decision_sessions (number INTEGER PRIMARY KEY REFERENCES decisions (number), session TEXT NOT NULL);
"""
OLD_LINES = """
INSERT INTO decisions VALUES
    (1, 'd', 1, 'drop', '', 'me', '', '2026-01-01 10:00:00', NULL), (2, 'd', 2, 'keep', '', 'me', '', '2026', NULL),
    (3, 'd', 2, '', '', 'me', '', '2026', 2);
"""


def test_a_log_from_before_there_were_sessions_is_read_and_written_on():
    with connect(OLD + OLD_LINES):
        pass
    decisions.decide("d", Decision(1, "keep", author="me", session="one"))
    assert decisions.undo("d", "one") == [1] and state() == {1: "drop"}
    assert decisions.undo("d", "one") == [] and decisions.undo("d", "") == []


def test_decisions_move_from_where_they_lay_before_to_a_database_of_their_own(store_home):
    with connect(OLD + SESSIONS + OLD_LINES + "INSERT INTO decision_sessions VALUES (1, 'one'), (2, 'one')"):
        pass
    assert state() == {1: "drop"} and decisions.history("d").decision.tolist() == ["drop", "keep", ""]
    assert notices.unread() == []
    (store_home / "fdmat.sqlite").unlink()
    assert decisions.undo("d", "one") == [1] and state() == {}


def both(*items, decision="drop", session="one", request=""):
    wishes = [Decision(item, decision, author="ann", session=session) for item in items]
    return decisions.decide_all("d", wishes, request=request)


def test_decisions_that_are_written_together_are_taken_back_together_and_get_back_what_they_had():
    decisions.decide("d", Decision(2, "relabel", "Coat", author="bob", session="two"))
    decisions.decide("d", Decision(9, "keep", author="ann", session="one"))
    assert both(1, 2, 3) == 5
    assert state() == {1: "drop", 2: "drop", 3: "drop", 9: "keep"}
    assert decisions.undo("d", "one") == [1, 2, 3]
    assert state() == {2: "relabel", 9: "keep"} and decisions.current("d").label.tolist() == ["Coat", ""]
    assert decisions.undo("d", "one") == [9] and state() == {2: "relabel"}


def test_what_somebody_has_overruled_of_a_step_stands_when_that_is_taken_back():
    both(1, 2, 3)
    decisions.decide("d", Decision(2, "keep", author="bob", session="two"))
    assert decisions.undo("d", "one") == [1, 3] and state() == {2: "keep"}
    assert decisions.undo("d", "one") == []


def test_a_step_on_a_step_goes_back_one_by_one():
    both(1, 2, 3)
    both(2, 3, 4, decision="keep")
    assert decisions.undo("d", "one") == [2, 3, 4] and state() == {1: "drop", 2: "drop", 3: "drop"}
    assert decisions.undo("d", "one") == [1, 2, 3] and state() == {}


def test_a_step_that_is_sent_again_is_taken_once():
    assert both(1, 2, request="r") == both(1, 2, request="r") == 2
    both(1, 2, decision="keep", request="s")
    both(1, 2, request="r")
    assert state() == {1: "keep", 2: "keep"} and len(decisions.history("d")) == 4
    assert [decisions.undo("d", "one", "u") for _ in range(3)] == [[1, 2]] * 3 and state() == {1: "drop", 2: "drop"}


def test_clearing_takes_decisions_off_and_can_be_taken_back():
    both(1, 2)
    decisions.decide("d", Decision(3, "keep", author="bob", session="two"))
    both(2, 3, decision=decisions.OPEN)
    assert state() == {1: "drop"}
    assert decisions.changes("d", 3)[1][["item", "decision"]].values.tolist() == [[2, ""], [3, ""]]
    assert decisions.undo("d", "one") == [2, 3] and state() == {1: "drop", 2: "drop", 3: "keep"}


def test_each_persons_latest_word_stays_whoever_had_the_last():
    decisions.decide("d", Decision(1, "keep", author="ann", session="one"))
    decisions.decide("d", Decision(1, "drop", author="bob", session="two"))
    decisions.decide("d", Decision(2, "drop", author="ann", session="one"))
    decisions.decide("d", Decision(2, "keep", author="ann", session="one"))
    both(7, 8)
    decisions.undo("d", "one")
    told = decisions.words("d")[["item", "author", "decision"]].values.tolist()
    assert told == [[1, "ann", "keep"], [1, "bob", "drop"], [2, "ann", "keep"]]
    decisions.undo("d", "one")
    assert decisions.words("d")["decision"].tolist() == ["keep", "drop", "drop"]
    assert decisions.words("other").empty


def test_an_item_cannot_be_twice_in_a_step():
    with pytest.raises(ValueError, match="occurs twice"):
        both(1, 2, 1)
    assert state() == {}


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
from fdmat_core.runs import decisions
from fdmat_core.runs.decisions import Decision
for item in range(int(sys.argv[1]), int(sys.argv[2])):
    decisions.decide("d", Decision(item, "drop", author="me", session=sys.argv[3]))
print("written", flush=True)
import time; time.sleep(30)
"""


def writer(first, last, session):
    command = [sys.executable, "-c", WRITER, str(first), str(last), session]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)


def test_two_sessions_at_once_and_a_kill_lose_nothing():
    writers = [writer(0, 60, "ann"), writer(60, 120, "bob")]
    for process in writers:
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert state() == dict.fromkeys(range(120), "drop")
    assert (decisions.undo("d", "bob"), decisions.undo("d", "ann")) == ([119], [59])
