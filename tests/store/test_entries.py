"""The disk cache: all or nothing, damage seen and repaired, errors that name the way out."""

import errno
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from fdmat_core.store import entries
from fdmat_core.store.database import connect
from fdmat_core.store.entries import Item
from fdmat_core.store.files import home, read_json, write_json

ARRAYS = {"order": np.arange(50), "evidence.reason": np.arange(50, dtype=np.uint8), "empty": np.zeros((0, 3))}


def put(key="one", **facts):
    return entries.put("ranking", key, Item(ARRAYS, {"notes": {"a": [1, None]}} | facts))


def damaged():
    return [folder for folder in (home() / "ranking").iterdir() if ".damaged-" in folder.name]


def test_what_was_stored_comes_back_memory_mapped_and_read_only():
    put(classes=("a", "b"))
    item = entries.find("ranking", "one")
    assert item.facts == {"notes": {"a": [1, None]}, "classes": ["a", "b"]}
    for name, array in ARRAYS.items():
        assert np.array_equal(item.arrays[name], array) and item.arrays[name].dtype == array.dtype
    assert isinstance(item.arrays["order"], np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        item.arrays["order"][0] = 1


def test_get_makes_an_entry_once():
    made = []

    def make():
        made.append(1)
        return Item(ARRAYS, {})

    for _ in range(3):
        assert np.array_equal(entries.get("ranking", "one", make).arrays["order"], np.arange(50))
    assert made == [1]


def flip(file):
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(content)


def flip_in_facts(folder):
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("798", "799"))


DAMAGE = {
    "flipped byte": lambda folder: flip(folder / "order.npy"),
    "truncated": lambda folder: os.truncate(folder / "order.npy", 200),
    "empty file": lambda folder: os.truncate(folder / "order.npy", 0),
    "missing array": lambda folder: (folder / "evidence.reason.npy").unlink(),
    "missing manifest": lambda folder: (folder / "manifest.json").unlink(),
    "manifest cut off": lambda folder: os.truncate(folder / "manifest.json", 30),
    "manifest of another shape": lambda folder: (folder / "manifest.json").write_text("[1]"),
    "manifest is binary": lambda folder: (folder / "manifest.json").write_bytes(b"\xff\xfe\x00"),
    "a fact changed": flip_in_facts,
    "a file instead of a folder": lambda folder: (
        [file.unlink() for file in folder.iterdir()],
        folder.rmdir(),
        folder.write_text("x"),
    ),
}


@pytest.mark.parametrize("harm", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_entry_is_set_aside_and_made_again(harm):
    put(survivors=798)
    harm(entries.path("ranking", "one"))
    assert entries.find("ranking", "one") is None
    assert len(damaged()) == 1
    again = entries.get("ranking", "one", lambda: Item(ARRAYS, {"survivors": 798}))
    assert np.array_equal(again.arrays["order"], np.arange(50))
    assert entries.find("ranking", "one").facts["survivors"] == 798


def test_large_files_are_checked_by_size_at_once_and_in_full_by_verify(monkeypatch):
    monkeypatch.setattr(entries, "CHECKED_BYTES", 100)
    put()
    flip(entries.path("ranking", "one") / "order.npy")
    assert entries.find("ranking", "one") is not None
    assert list(entries.verify("ranking")) == [("one", False)]
    assert entries.find("ranking", "one") is None


def test_verify_and_sweep_leave_whole_entries_alone():
    put("whole")
    put("broken")
    flip(entries.path("ranking", "broken") / "order.npy")
    assert dict(entries.verify("ranking")) == {"whole": True, "broken": False}
    assert [name.split(".")[0] for name in entries.sweep("ranking")] == ["broken"]
    assert list(entries.keys("ranking")) == ["whole"] and damaged() == []


def test_sweep_takes_what_a_killed_process_left_only_when_it_is_old():
    put()
    fresh, old = home() / "ranking" / ".two.abc", home() / "ranking" / ".three.abc"
    fresh.mkdir()
    old.mkdir()
    os.utime(old, times=(time.time() - 2 * entries.ABANDONED,) * 2)
    assert entries.sweep("ranking") == [".three.abc"]
    assert fresh.exists() and list(entries.keys("ranking")) == ["one"]


def test_nothing_is_left_when_writing_fails(monkeypatch):
    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match=r"cannot store ranking one .*No space left on device; free disk space") as caught:
        put()
    assert caught.value.errno == errno.ENOSPC
    assert list((home() / "ranking").iterdir()) == []


def test_the_first_of_two_writers_wins_and_both_read_the_same():
    first = put()
    second = entries.put("ranking", "one", Item({"order": np.arange(50)[::-1]}, {}))
    assert np.array_equal(first.arrays["order"], second.arrays["order"])
    assert [folder.name for folder in (home() / "ranking").iterdir()] == ["one"]


@pytest.mark.parametrize("key", ["", "../up", "a/b", "..", "a b"])
def test_a_key_never_leaves_the_store(key):
    with pytest.raises(ValueError, match="use letters"):
        entries.find("ranking", key)


def test_a_home_that_is_a_file_is_explained(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "file"))
    assert entries.find("ranking", "one") is None
    for deed in (put, lambda: write_json(home() / "runs" / "x.json", 1), lambda: read_database("SELECT 1")):
        with pytest.raises(OSError, match="FDMAT_HOME"):
            deed()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_without_permission_is_explained(store_home):
    store_home.mkdir()
    store_home.chmod(0o500)
    try:
        with pytest.raises(PermissionError, match="FDMAT_HOME"):
            put()
    finally:
        store_home.chmod(0o700)


def test_json_is_replaced_in_one_go(store_home):
    file = store_home / "runs" / "a" / "spec.json"
    assert read_json(file) is None
    write_json(file, {"a": 1})
    write_json(file, {"a": 2})
    assert read_json(file) == {"a": 2}
    assert [part.name for part in file.parent.iterdir()] == ["spec.json"]
    file.write_text("{")
    assert read_json(file) is None


def test_usage_counts_bytes_by_kind():
    assert entries.usage() == {"points and jobs": 0, "decisions": 0}
    put()
    sizes = entries.usage()
    files = [file for file in (home() / "ranking").rglob("*") if file.is_file()]
    assert sizes["ranking"] == sum(file.stat().st_size for file in files) > 400


SCHEMA = "CREATE TABLE IF NOT EXISTS t (a INTEGER PRIMARY KEY, b TEXT)"


def read_database(query, *values):
    with connect(SCHEMA) as database:
        return database.execute(query, values).fetchall()


def test_the_database_is_write_ahead_and_commits_each_statement():
    read_database("INSERT INTO t VALUES (1, 'x')")
    assert read_database("SELECT * FROM t") == [(1, "x")]
    assert read_database("PRAGMA journal_mode") == [("wal",)]


def test_a_file_that_is_no_database_is_set_aside(store_home):
    store_home.mkdir()
    (store_home / "fdmat.sqlite").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    assert read_database("SELECT * FROM t") == []
    assert len(list(store_home.glob("fdmat.sqlite.damaged-*"))) == 1


def test_an_error_inside_the_work_stays_itself():
    with pytest.raises(KeyError), connect(SCHEMA):
        raise KeyError("mine")
    with pytest.raises(OSError, match=r"cannot use fdmat\.sqlite .*no such table"):
        read_database("SELECT * FROM missing")


WRITER = """
import sys
from fdmat_core.store.database import connect
for number in range(60):
    with connect("CREATE TABLE IF NOT EXISTS t (a TEXT PRIMARY KEY)") as database:
        database.execute("INSERT INTO t VALUES (?)", (f"{sys.argv[1]}-{number}",))
"""


def test_processes_that_open_a_new_database_at_once_do_not_disturb_each_other():
    command = [sys.executable, "-c", WRITER]
    root = Path(__file__).parents[2]
    writers = [subprocess.Popen([*command, str(number)], cwd=root) for number in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    with connect("") as database:
        assert database.execute("SELECT count(*) FROM t").fetchone() == (240,)


def test_a_new_database_waits_for_the_process_that_makes_it(store_home):
    store_home.mkdir(parents=True, exist_ok=True)
    maker = sqlite3.connect(store_home / "fdmat.sqlite", isolation_level=None, check_same_thread=False)
    maker.execute("BEGIN IMMEDIATE")  # SQLite itself does not wait for this one
    release = threading.Timer(0.3, maker.rollback)
    release.start()
    read_database("INSERT INTO t VALUES (2, 'y')")
    assert not release.is_alive()
    maker.close()
    assert read_database("SELECT * FROM t") == [(2, "y")]


def test_half_done_work_survives_a_failure_and_is_removed_at_the_end():
    with pytest.raises(KeyboardInterrupt), entries.working("ranking", "one") as work:
        (work / "half.npy").write_text("x")
        raise KeyboardInterrupt
    assert list(entries.keys("ranking")) == []
    with entries.working("ranking", "one") as work:
        assert (work / "half.npy").read_text() == "x"
        put()
    assert [folder.name for folder in (home() / "ranking").iterdir()] == ["one"]


WORKER = """
import sys, time
from fdmat_core.store import entries
with entries.working("ranking", "one") as work:
    (work / "half.npy").write_text("x")
    print("here", flush=True)
    time.sleep(60)
"""


def test_work_is_one_process_s_until_it_is_gone():
    """Whoever comes second, sweeps or deletes meanwhile leaves the folder alone; a kill frees it."""
    worker = subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE, text=True)
    assert worker.stdout.readline() == "here\n"
    folder = home() / "ranking" / ".one.work"
    os.utime(folder, (0, 0))
    with entries.working("ranking", "one") as work:
        assert work is None
    entries.delete("ranking", "one")
    assert entries.sweep("ranking") == [] and (folder / "half.npy").exists()
    worker.kill()
    worker.wait()
    with pytest.raises(KeyboardInterrupt), entries.working("ranking", "one") as work:
        assert (work / "half.npy").exists()
        raise KeyboardInterrupt
    assert entries.sweep("ranking") == []  # of today: somebody may want to go on
    os.utime(folder, (0, 0))
    assert entries.sweep("ranking") == [".one.work"] and not folder.exists()


def test_a_deleted_entry_takes_its_half_done_work_along():
    with pytest.raises(KeyboardInterrupt), entries.working("ranking", "one"):
        raise KeyboardInterrupt
    entries.delete("ranking", "one")
    assert list((home() / "ranking").iterdir()) == []
