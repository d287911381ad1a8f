"""The log of decisions: taken once, and there again after whatever happened to one of its files."""

import json
import shutil
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing

import pytest

from fdmat_core.runs import decision_log, decisions
from fdmat_core.runs.decisions import Decision
from fdmat_core.store import copies, database, files, notices
from fdmat_core.types import fingerprint

N = 40


def state(dataset="d"):
    return {row.item: row.decision for row in decisions.current(dataset).itertuples()}


@pytest.fixture
def log(store_home):
    """The file of a log with decisions on N items, and one that was taken back."""
    kinds = ("keep", "drop")
    decisions.decide_all("d", [Decision(item, kinds[item % 2], author="ann", session="one") for item in range(N)])
    decisions.decide("d", Decision(N, "drop", session="one"))
    decisions.undo("d", "one")
    return store_home / "decisions.sqlite"


ALL = {item: ("keep", "drop")[item % 2] for item in range(N)}


def at_the_next_start():
    """As a new process sees it."""
    database._CHECKED.clear()
    return state()


def test_a_decision_that_is_sent_again_is_taken_once():
    first = decisions.decide("d", Decision(1, "keep", session="one", request="r1"))
    decisions.decide("d", Decision(1, "drop", session="two", request="r2"))
    assert decisions.decide("d", Decision(1, "keep", session="one", request="r1")) == first
    assert state() == {1: "drop"} and len(decisions.history("d")) == 2
    decisions.decide("other", Decision(1, "keep", request="r1"))
    assert state("other") == {1: "keep"}


def test_an_undo_whose_answer_was_lost_takes_back_one_decision_not_two():
    decisions.decide("d", Decision(1, "keep", session="one", request="r1"))
    decisions.decide("d", Decision(2, "drop", session="one", request="r2"))
    assert [decisions.undo("d", "one", "r3") for _ in range(3)] == [[2], [2], [2]]
    assert state() == {1: "keep"}
    assert decisions.undo("d", "one", "r4") == [1] and state() == {}


def flip_a_bit(file, word):
    content = bytearray(file.read_bytes())
    content[content.index(word)] ^= 1
    file.write_bytes(content)


def checkpointed(file):
    with closing(sqlite3.connect(file)) as open_file:
        open_file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def flipped(file):
    flip_a_bit(file, b"keep")


def overwritten(file):
    content = bytearray(file.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    file.write_bytes(content)


def cut(file):
    file.write_bytes(file.read_bytes()[:5000])


def no_database(file):
    file.write_bytes(b"something else entirely" * 300)


def gone(file):
    file.unlink()


def older(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as open_file:
        open_file.execute("DELETE FROM decisions WHERE number > 10")


@pytest.mark.parametrize("damage", [flipped, overwritten, cut, no_database, gone, older])
@pytest.mark.parametrize("copy", ["lines", "backup"])
def test_a_damaged_log_is_noticed_said_and_there_again(log, damage, copy):
    if copy == "backup":
        shutil.rmtree(log.parent / "backups")
        database._CHECKED.clear()
        assert state() == ALL  # opened by a new process, which makes the backup of the day
        (log.parent / "decisions.jsonl").unlink()
        if damage is older:
            pytest.skip("nothing says that it was longer")
    checkpointed(log)
    damage(log)
    assert at_the_next_start() == ALL
    (said,) = notices.unread()
    assert f"{N + 2} lines were restored" in said
    assert len(list(log.parent.glob("decisions.sqlite.damaged-*[0-9]"))) == (damage is not gone)
    assert decisions.history("d").decision.tolist()[-2:] == ["drop", ""]
    assert at_the_next_start() == ALL and len(notices.unread()) == 1


def test_a_damaged_log_without_copies_keeps_what_can_be_read_and_says_what_is_lost(log):
    shutil.rmtree(log.parent / "backups")
    (log.parent / "decisions.jsonl").unlink()
    checkpointed(log)
    flipped(log)
    assert at_the_next_start() == {item: said for item, said in ALL.items() if item != first_flipped(log)}
    assert "1 are in no copy" in notices.unread()[0]


def first_flipped(log):
    (damaged,) = log.parent.glob("decisions.sqlite.damaged-*[0-9]")
    with closing(sqlite3.connect(damaged)) as open_file:
        rows = open_file.execute(decision_log.ALL).fetchall()
    return next(row[2] for *row, mark in rows if mark != decision_log.seal(row))


def test_damage_under_a_running_process_is_noticed_at_the_next_question(log):
    assert state() == ALL
    checkpointed(log)
    older(log)  # its file stays the same one
    assert state() == ALL and len(notices.unread()) == 1
    decisions.decide("d", Decision(99, "drop"))
    assert at_the_next_start() == ALL | {99: "drop"}


WRITER = """
import os, signal
from fdmat_core.runs import decisions
from fdmat_core.runs.decisions import Decision
for item in range(20):
    decisions.decide("d", Decision(item, "drop"))
keep = __import__("sqlite3").connect(os.environ["FDMAT_HOME"] + "/decisions.sqlite")
keep.execute("SELECT * FROM decisions").fetchone()
decisions.decide("d", Decision(20, "drop"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_log_whose_wal_is_gone_while_its_shm_was_kept_is_restored(store_home):
    subprocess.run([sys.executable, "-c", WRITER], check=False)
    assert (store_home / "decisions.sqlite-shm").exists()
    (store_home / "decisions.sqlite-wal").unlink()
    assert at_the_next_start() == dict.fromkeys(range(21), "drop")
    assert "21 lines were restored" in notices.unread()[0]


def test_the_copy_has_every_line_and_is_made_anew_when_it_is_damaged(log):
    twin = log.parent / "decisions.jsonl"
    lines = [json.loads(line) for line in twin.read_text().splitlines()]
    assert [line["number"] for line in lines] == list(range(1, N + 3)) and lines[-1]["undoes"] == N + 1
    text = twin.read_text().splitlines(keepends=True)
    twin.write_text("".join([*text[:3], text[3].replace("ann", "bob"), *text[4:10], "{half", *text[10:]]))
    assert at_the_next_start() == ALL
    assert [json.loads(line)["author"] for line in twin.read_text().splitlines()[:N]] == ["ann"] * N
    assert "was damaged; it is made anew" in notices.unread()[0]


def test_a_copy_that_a_killed_process_left_half_written_goes_on(log):
    twin = log.parent / "decisions.jsonl"
    twin.write_text(twin.read_text()[:-30])
    decisions.decide("d", Decision(77, "drop"))
    numbers = [line["number"] for line in copies.lines(twin)]
    assert sorted(numbers) == list(range(1, N + 4))


def test_a_copy_that_cannot_be_written_stops_no_decision_and_catches_up(log, capsys):
    twin = log.parent / "decisions.jsonl"
    kept = twin.read_bytes()
    twin.unlink()
    twin.mkdir()
    decisions.decide("d", Decision(50, "drop"))
    assert "could not be written" in capsys.readouterr().err
    twin.rmdir()
    twin.write_bytes(kept)
    decisions.decide("d", Decision(51, "drop"))
    assert state() == ALL | {50: "drop", 51: "drop"}
    assert [line["item"] for line in copies.lines(twin)][-2:] == [50, 51]


def test_a_backup_is_made_of_each_day_and_ten_are_kept(log, monkeypatch):
    folder = files.home() / "backups"
    for day in range(1, 15):
        monkeypatch.setattr(copies.time, "strftime", lambda form, *_, day=day: f"2026-01-{day:02}")
        decisions.decide("d", Decision(day, "unsure"))
    names = [file.name for file in copies.backups(folder, "decisions")]
    assert len(names) == copies.DAYS and names[0] >= "decisions-2026-01-14.sqlite"
    assert [file.suffix for file in folder.iterdir()] == [".sqlite"] * copies.DAYS


def test_the_seal_of_a_line_is_that_of_its_words():
    row = (1, "d", 7, "drop", "", "ann", fingerprint("r"), "2026-01-01 10:00:00", None, "one", "", 0)
    assert decision_log.seal(row) != decision_log.seal((*row[:3], "keep", *row[4:]))
    assert decision_log.seal(row) == decision_log.seal(list(row))
    assert decision_log.seal(row) == zlib.crc32(json.dumps(row[:-1]).encode())  # as before there were steps
    assert decision_log.seal((*row[:-1], 1)) not in (decision_log.seal(row), decision_log.seal((*row[:-1], 2)))


#: A log as it was before there were steps.
ALONE = """
CREATE TABLE decisions (
    number INTEGER PRIMARY KEY, dataset TEXT NOT NULL, item INTEGER NOT NULL, decision TEXT NOT NULL,
    label TEXT NOT NULL, author TEXT NOT NULL, run TEXT NOT NULL, made TEXT NOT NULL, undoes INTEGER,
    session TEXT NOT NULL, request TEXT NOT NULL, seal INTEGER NOT NULL
);
"""


def begun_before_there_were_steps(file):
    """Two decisions in such a log, and their copy in lines."""
    file.parent.mkdir(parents=True, exist_ok=True)
    names = decision_log.COLUMNS[:-1]
    rows = [(n, "d", n, "drop", "", "ann", "", "2026-01-01 10:00:00", None, "one", f"r{n}") for n in (1, 2)]
    with closing(sqlite3.connect(file, isolation_level=None)) as log:
        log.executescript(ALONE)
        for row in rows:
            log.execute(f"INSERT INTO decisions VALUES ({', '.join('?' * 12)})", (*row, decision_log.seal((*row, 0))))
    copies.append(
        file.with_suffix(".jsonl"),
        ({**dict(zip(names, row, strict=True)), "seal": decision_log.seal((*row, 0))} for row in rows),
    )


def test_a_log_from_before_there_were_steps_is_read_as_it_is_and_grows_when_it_is_written_to(store_home):
    file = store_home / "decisions.sqlite"
    begun_before_there_were_steps(file)
    assert at_the_next_start() == {1: "drop", 2: "drop"} and decision_log.verify() == 2
    assert notices.unread() == []
    decisions.decide_all("d", [Decision(item, "keep", session="one") for item in (2, 3)], request="r")
    assert at_the_next_start() == {1: "drop", 2: "keep", 3: "keep"} and notices.unread() == []
    assert decisions.undo("d", "one") == [2, 3] and decisions.undo("d", "one") == [2]
    assert state() == {1: "drop"}


@pytest.mark.parametrize("copy", ["lines", "backup"])
def test_copies_from_before_there_were_steps_are_brought_back(store_home, copy):
    file = store_home / "decisions.sqlite"
    begun_before_there_were_steps(file)
    if copy == "lines":
        file.unlink()
    else:
        (store_home / "backups").mkdir()
        file.replace(store_home / "backups" / "decisions-2026-01-01.sqlite")
        file.with_suffix(".jsonl").unlink()
    assert at_the_next_start() == {1: "drop", 2: "drop"}
    assert "2 lines were restored" in notices.unread()[0]


BULK = """
import os, signal, sys
from fdmat_core.runs import decision_log, decisions
from fdmat_core.store import copies

def kill(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def after(calls, real):
    left = [calls]
    def counted(*args):
        left[0] -= 1
        return kill() if left[0] < 0 else real(*args)
    return counted

def half(file, lines):
    text = "".join(__import__("json").dumps(dict(line)) + chr(10) for line in lines)
    with file.open("a") as stream:
        stream.write(text[: len(text) // 2])
    kill()

where = sys.argv[1]
decisions.decide("d", decisions.Decision(7, "keep", author="bob", session="two", request="r0"))
if where == "lines":
    decision_log.seal = after(700, decision_log.seal)
elif where == "before commit":
    add = decision_log.add
    decision_log.add = lambda log, lines: (add(log, lines), kill())
elif where == "after commit":
    decision_log._copy = kill
elif where == "copy":
    copies.append = half
wishes = [decisions.Decision(item, "relabel", "Coat", "ann", session="one") for item in range(1500)]
if sys.argv[2] == "undo":
    decisions.undo("d", "one", "u")
else:
    decisions.decide_all("d", wishes, request="r1")
"""


def killed_in(where, deed="decide"):
    done = subprocess.run([sys.executable, "-c", BULK, where, deed], check=False)
    assert done.returncode == -9


@pytest.mark.parametrize(
    ("where", "written"), [("lines", 0), ("before commit", 0), ("after commit", 1500), ("copy", 1500)]
)
def test_a_bulk_decision_in_the_middle_of_which_the_server_is_killed_is_there_whole_or_not_at_all(
    store_home, where, written
):
    killed_in(where)
    before, whole = {7: "keep"}, dict.fromkeys(range(1500), "relabel")
    assert at_the_next_start() == (whole if written else before) and notices.unread() == []
    wishes = [Decision(item, "relabel", "Coat", "ann", session="one") for item in range(1500)]
    decisions.decide_all("d", wishes, request="r1")  # the browser, which had no answer, sends it again
    assert state() == whole and len(decisions.history("d")) == 1501
    assert [line["number"] for line in copies.lines(store_home / "decisions.jsonl")] == list(range(1, 1502))
    assert decisions.undo("d", "one") == list(range(1500)) and state() == before


@pytest.mark.parametrize(("where", "left"), [("before commit", 1500), ("after commit", 1)])
def test_an_undo_of_a_bulk_decision_is_whole_or_nothing_too(store_home, where, left):
    wishes = [Decision(item, "drop", author="ann", session="one") for item in range(1500)]
    decisions.decide_all("d", wishes, request="r1")
    killed_in(where, "undo")  # after somebody else has overruled one of them, which stands
    drops = sum(decision == "drop" for decision in at_the_next_start().values())
    assert drops == (1499 if left == 1500 else 0) and state()[7] == "keep"
    assert decisions.undo("d", "one", "u") == decisions.undo("d", "one", "u")
    assert state() == {7: "keep"}
