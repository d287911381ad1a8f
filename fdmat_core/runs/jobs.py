"""Runs in processes of their own: submitted, watched, cancelled, resumed; who asks for the same run shares one job.

A job is `python -m fdmat_core run --spec FILE`. Only that process writes its status; that it is gone is seen by looking
for it. Jobs of one device take turns in the order of submission: each waits, asleep, until those before it are gone.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fdmat_core import errors
from fdmat_core.progress import Progress
from fdmat_core.runs import artifacts, library
from fdmat_core.runs.heartbeat import beating, last
from fdmat_core.spec import Spec
from fdmat_core.store.database import connect

STATES = ("queued", "running", "done", "outdated", "failed", "cancelled", "lost")
FINAL = ("done", "failed", "cancelled")
#: What a job is; the file of its spec follows.
COMMAND = (sys.executable, "-P", "-m", "fdmat_core", "run", "--spec")
#: Seconds that a cancelled process has to finish what it is in the middle of, before it is killed.
GRACE = 1.2
#: The place of the start of a process in its line of facts, behind its name.
STARTED = 19
#: Where the system counts no ticks, a process is the one we mean if it started within this many seconds of the time
#: that was written down.
SAME_START = 2.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE, device TEXT NOT NULL,
    pid INTEGER NOT NULL, born NOT NULL, cancelled INTEGER NOT NULL DEFAULT 0, over INTEGER NOT NULL DEFAULT 0
)
"""


@dataclass(frozen=True)
class Job:
    """Which process works, or worked last, on a run."""

    number: int
    run: str
    device: str
    pid: int
    born: str | float  # see `_born`
    cancelled: bool  # someone asked it to stop
    over: bool  # it said that it ended

    @property
    def mark(self) -> dict[str, int]:
        """What its status lines are known by."""
        return {"job": self.number, "pid": self.pid}


@dataclass(frozen=True)
class Status:
    """How a run is doing."""

    key: str
    state: str  # one of STATES
    stage: str = ""
    done: int = 0  # of `total` in this stage
    total: int = 0
    seconds_left: float | None = None  # in this stage, as far as is known
    message: str = ""  # what it is at, or why it stopped
    advice: str = ""  # what to do when it stopped
    ahead: int = 0  # jobs that have their turn before it
    started: float = 0.0  # seconds since 1970
    heartbeat: float = 0.0  # when it was last heard of

    @property
    def live(self) -> bool:
        """Whether it is still going on."""
        return self.state in ("queued", "running")


def submit(spec: Spec) -> str:
    """Start a run in a process of its own, or join the one that is on it already; returns the run's key.

    What an earlier attempt finished is kept, so this is also how a run is resumed.
    """
    key = library.save(spec)
    with _exclusive() as database:
        job = _job(database, key)
        if job is None or not alive(job):
            _enter(database, key, *_spawn(key))
    return key


def status(key: str) -> Status | None:
    """How a run is doing; it is done if its parts are all there, and only then. None if not so, and never submitted.

    A run that came whole from elsewhere, by `library.execute` or an import, is done without a job.
    """
    with connect(SCHEMA) as database:
        job = _job(database, key)
        if job is None:
            return None if library.lacking(key) else Status(key, "done")
        line = last(artifacts.folder(key), job.mark)
        known: dict[str, Any] = {"key": key, "state": "queued"}
        known |= {name: line[name] for name in Status.__dataclass_fields__ if name in line}
        now = Status(**(known | _inferred(job, line)))
        now = replace(now, ahead=len(_ahead(database, job))) if now.state == "queued" else now
    if now.live:
        return now
    if not (parts := library.lacking(key)):
        return replace(now, state="done", message="", advice="")
    outdated = {"state": "outdated", "stage": "", "message": "", "advice": errors.outdated(parts)}  # at no stage
    return replace(now, **outdated) if now.state == "done" else now


def cancel(key: str) -> None:
    """Stop a run within two seconds; finished stages are kept. One that is not going on is left as it is."""
    with connect(SCHEMA) as database:
        job = _job(database, key)
        if job is None or not alive(job):
            return
        database.execute("UPDATE jobs SET cancelled = 1 WHERE number = ?", (job.number,))
    _signal(job, signal.SIGTERM)
    if not _gone(job, GRACE):
        _signal(job, getattr(signal, "SIGKILL", signal.SIGTERM))
        _gone(job, 2 - GRACE)


def delete(key: str) -> None:
    """Stop a run if need be, and remove it with everything that no other run shares.

    The job is forgotten last: on a full disk that needs the room that the run leaves.
    """
    cancel(key)
    library.delete(key)
    with connect(SCHEMA) as database:
        database.execute("DELETE FROM jobs WHERE run = ?", (key,))


def log(key: str, lines: int = 40) -> str:
    """The last lines of what a run's processes printed."""
    try:
        text = (artifacts.folder(key) / "log.txt").read_text(errors="replace")
    except OSError:  # none yet, or one that cannot be read
        return ""
    return "\n".join(text.splitlines()[-lines:])


def work(spec: Spec, draw: Progress | None = None) -> Status:
    """Do a run in this process, in its turn; if another process is on it already, watch that one instead.

    The status at the end tells whether it is done, failed or cancelled.
    """
    key = library.save(spec)
    with _exclusive() as database:
        job = _job(database, key)
        if job is None or not alive(job):
            job = _enter(database, key, os.getpid(), _born(os.getpid()))
    if job.pid == os.getpid():
        _do(spec, job, draw)
    else:
        _follow(key, draw)
    ended = status(key)
    if ended is None:
        raise ValueError(f"run {key} was deleted while it was worked on; start it again if you want it")
    return ended


def alive(job: Job) -> bool:
    """Whether a job goes on: its process did not say that it ended, exists, and is no other of the same number."""
    import psutil

    if job.over:
        return False
    try:
        process = psutil.Process(job.pid)
        if isinstance(job.born, str):
            same = _born(job.pid) == job.born
        else:
            same = abs(process.create_time() - job.born) < SAME_START
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _do(spec: Spec, job: Job, draw: Progress | None) -> None:
    with beating(artifacts.folder(job.run), job.mark, draw) as heart:
        _take_turn(job, heart)
        library.execute(spec, heart)
    with connect(SCHEMA) as database:
        database.execute("UPDATE jobs SET over = 1 WHERE number = ?", (job.number,))


def _take_turn(job: Job, heart: Progress) -> None:
    """Sleep until no job of this device is before this one."""
    while True:
        with connect(SCHEMA) as database:
            ahead = _ahead(database, job)
        if not ahead:
            return
        heart(0, 0, f"queued: {len(ahead)} before this one")
        time.sleep(0.3)


def _follow(key: str, draw: Progress | None) -> None:
    while (now := status(key)) and now.live:
        if draw:
            draw(now.done, now.total, f"{now.stage}: {now.message}")
        time.sleep(0.3)


def _inferred(job: Job, line: Mapping[str, Any]) -> dict[str, Any]:
    """What the absence of the process says about its state."""
    if line.get("state") in FINAL or alive(job):
        return {}
    if job.cancelled:
        return {"state": "cancelled", "message": "Cancelled.", "advice": errors.RESUME}
    return {"state": "lost", "message": errors.LOST, "advice": errors.RESUME}


def _spawn(key: str) -> tuple[int, str | float]:
    package = Path(__file__).resolve().parents[2]
    paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
    with (artifacts.folder(key) / "log.txt").open("ab") as log_file:
        process = subprocess.Popen(
            [*COMMAND, str(artifacts.folder(key) / "spec.json")],
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
    born = _born(process.pid)
    threading.Thread(target=process.wait, daemon=True).start()  # so that it leaves no zombie
    return process.pid, born


def _born(pid: int) -> str | float:
    """What tells a process from a later one of the same number, whatever is done to the clock.

    That is the boot of the machine and the ticks since then, where the system says so; else seconds since 1970.
    """
    import psutil

    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        facts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return f"{boot} {facts[STARTED]}"
    except (OSError, IndexError):
        return psutil.Process(pid).create_time()


def _signal(job: Job, number: int) -> None:
    """Signal a job's process group if it leads one; a run at a terminal shares the group of its shell."""
    try:
        if hasattr(os, "killpg") and os.getpgid(job.pid) == job.pid:
            os.killpg(job.pid, number)
        else:
            os.kill(job.pid, number)
    except ProcessLookupError:
        pass


def _gone(job: Job, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while alive(job):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def _exclusive() -> Generator[sqlite3.Connection]:
    """The database, held so that no other process enters or finds a job meanwhile."""
    with connect(SCHEMA) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield database
        except BaseException:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")


def _enter(database: sqlite3.Connection, key: str, pid: int, born: str | float) -> Job:
    database.execute("DELETE FROM jobs WHERE run = ?", (key,))
    device = os.environ.get("FDMAT_DEVICE", "default")
    database.execute("INSERT INTO jobs (run, device, pid, born) VALUES (?, ?, ?, ?)", (key, device, pid, born))
    return _job_of(_row(database, key))


def _job(database: sqlite3.Connection, key: str) -> Job | None:
    found = _row(database, key)
    return _job_of(found) if found else None


def _row(database: sqlite3.Connection, key: str) -> Any:
    return database.execute("SELECT * FROM jobs WHERE run = ?", (key,)).fetchone()


def _ahead(database: sqlite3.Connection, job: Job) -> list[Job]:
    before = database.execute("SELECT * FROM jobs WHERE device = ? AND number < ?", (job.device, job.number))
    return [other for other in map(_job_of, before) if alive(other)]


def _job_of(row: tuple[Any, ...]) -> Job:
    return Job(*row[:-2], *map(bool, row[-2:]))
