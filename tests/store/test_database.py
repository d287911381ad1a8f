"""A database that cannot be used says why and what helps, each cause its own; a full disk can be read and cleared."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from fdmat_core import errors
from fdmat_core.store import database, files, notices
from fdmat_core.store.database import connect

SCHEMA = "CREATE TABLE IF NOT EXISTS t (a INTEGER)"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(store_home):
    with connect(SCHEMA) as open_file:
        open_file.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(2000)])
    database._CHECKED.clear()
    return store_home / "fdmat.sqlite"


def refused():
    """What a person is told who asks for the rows."""
    with pytest.raises(OSError, match="cannot use") as caught, connect(SCHEMA) as open_file:
        open_file.execute("INSERT INTO t VALUES (1)")
    return str(caught.value), errors.explain(caught.value)


def test_a_file_that_another_program_holds_says_so(file, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        text, (cause, advice) = refused()
    assert "another program holds it" in text and "disk space" not in text
    assert cause.startswith("Another program holds") and "free" not in advice.lower()


def test_a_folder_that_cannot_be_written_can_still_be_read(file, monkeypatch):
    """As on a drive that is mounted to be read only: what SQLite then says, said by it."""
    for beside in file.parent.glob("fdmat.sqlite-*"):
        beside.unlink()
    shared = database._shared

    def read_only(place, schema, kind):
        with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as open_file:
            open_file.execute("INSERT INTO t VALUES (1)")
        return shared(place, schema, kind)

    monkeypatch.setattr(database, "_shared", read_only)
    monkeypatch.setattr(database, "_alone", lambda place: None)
    with connect(SCHEMA) as open_file:
        assert open_file.execute("SELECT count(*) FROM t").fetchone() == (2000,)
    text, (cause, advice) = refused()
    assert "let your account write there" in text and "free disk space" not in text
    assert cause.startswith("The folder where results are kept cannot be written") and "account" in advice


def test_a_damaged_page_is_noticed_said_and_set_aside(file):
    with closing(sqlite3.connect(file)) as open_file:
        open_file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with connect(SCHEMA):
        pass  # looked through, and whole
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)
    with pytest.raises(OSError, match="malformed; it is damaged: try again") as caught, connect(SCHEMA) as open_file:
        open_file.execute("SELECT sum(a) FROM t").fetchone()
    assert errors.explain(caught.value)[0].startswith("A file of the folder where results are kept is damaged")
    with connect(SCHEMA) as open_file:
        assert open_file.execute("SELECT count(*) FROM t").fetchone() == (0,)
    assert "was damaged" in notices.unread()[0] and len(list(file.parent.glob("fdmat.sqlite.damaged-*[0-9]"))) == 1


def test_a_log_without_its_file_is_not_taken_for_that_of_the_next(file):
    (file.parent / "fdmat.sqlite-wal").write_bytes(b"x" * 5000)
    file.write_bytes(b"no database" * 1000)
    with connect(SCHEMA) as open_file:
        assert open_file.execute("SELECT count(*) FROM t").fetchone() == (0,)


@pytest.mark.parametrize("text", ["6400000 requested and 12345 written", "database or disk is full"])
def test_what_numpy_says_of_a_full_disk_is_understood(text):
    told = files.refusal("store ranking x", OSError(text))
    assert "free disk space" in str(told) and errors.explain(told)[0].startswith("The disk is full.")


def test_a_home_of_another_account_is_named_as_such(file, monkeypatch):
    assert files.of_another() == ""
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(file).st_uid + 1)
    assert "belongs to another account" in files.of_another() and "FDMAT_HOME" in files.of_another()
    assert files.of_another() in str(files.refusal("write x", PermissionError(13, "Permission denied")))


@contextmanager
def small_disk(place, size):
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(place)]
    done = subprocess.run(mount, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def fill(file):
    handle = os.open(file, os.O_CREAT | os.O_WRONLY)
    with pytest.raises(OSError, match="No space left"):
        while True:
            os.write(handle, b"0" * 4096)
    os.close(handle)


MAKE = """
from fdmat_core import projection
projection.umap = lambda table, seed=0: projection.pca(table)  # which takes no minute to compile
from fdmat_core.cli import main
from fdmat_core.runs import decisions
from fdmat_core.store import entries
import numpy
main(["run", "--dataset", "mixture(n=120)", "--backbone", "given", "--methods", "random", "--measures", "energy",
      "--fractions", "0.5", "--band", "2", "--seeds", "1"])
decisions.decide("d", decisions.Decision(1, "drop"))
entries.put("ranking", "stale", entries.Item({"x": numpy.zeros(40_000)}, {}))
"""
ASK = """
import sys
from fdmat_core.cli import main
from fdmat_core.runs import decisions, jobs, library
from fdmat_core.runs.run import Run
(key,) = library.listing()
assert jobs.status(key).state == "done" and len(Run.open(key).curve()) >= 3, jobs.status(key)
assert len(decisions.current("d")) == 1
try:
    decisions.decide("d", decisions.Decision(2, "keep"))
    sys.exit("a full disk took a decision")
except OSError as error:
    assert "free disk space" in str(error), error
assert len(decisions.current("d")) == 1
assert main(["cache", "prune"]) == 0
assert len(decisions.current("d")) == 1
"""
CLEAR = """
from fdmat_core.cli import main
from fdmat_core.runs import decisions, jobs, library
(key,) = library.listing()
assert main(["cache", "delete", key]) == 0 and library.listing() == []
decisions.decide("d", decisions.Decision(2, "keep"))
assert len(decisions.current("d")) == 2
"""


@pytest.mark.slow
def test_a_full_disk_is_read_pruned_and_cleared(tmp_path, monkeypatch):
    with small_disk(tmp_path / "disk", "6M") as disk:
        monkeypatch.setenv("FDMAT_HOME", str(disk / "home"))
        for number, code in enumerate((MAKE, ASK, CLEAR)):
            if number:
                fill(disk / f"filled{number}")
            done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr[-2000:]
