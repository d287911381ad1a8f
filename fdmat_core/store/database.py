"""SQLite files beside the entries, for what is many small rows: curve points and jobs in one, decisions in another."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from fdmat_core.store import notices
from fdmat_core.store.files import explained, home, refusal

#: How long (seconds) one process waits for another that holds the SQLite file.
PATIENCE = 30
#: What SQLite keeps beside a file while it is in use.
BESIDE = ("-wal", "-shm")
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
#: What SQLite says where the disk has no room, or gives no leave, for the memory that processes share.
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


def sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with a file; one that is small is looked through in a few ms."""
    return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)


def set_aside(file: Path) -> Path | None:
    """Move a database with what lies beside it to `<name>.damaged-<time>`; returns that, or None if nothing was there.

    A log that is left without its file would be taken for that of the next one.
    """
    place = file.with_name(f"{file.name}.damaged-{time.time_ns()}")
    parts = [end for end in ("", *BESIDE) if file.with_name(file.name + end).exists()]
    for end in parts:
        os.replace(file.with_name(file.name + end), place.with_name(place.name + end))
    return place if parts else None


def _start_again(file: Path) -> None:
    if place := set_aside(file):
        notices.note(
            f"{file.name}, which held points of curves and jobs, was damaged; it lies as {place.name} now. "
            "Resume makes the points of a run again; decisions are kept elsewhere"
        )


class Kind(NamedTuple):
    """A database: its file below the home, when it is whole, and what is done with a damaged one."""

    name: str = "fdmat.sqlite"
    whole: Callable[[sqlite3.Connection], bool] = sound
    mend: Callable[[Path], None] = _start_again  # afterwards the file is whole, or gone
    synchronous: str = "NORMAL"  # a loss of power may take the last points
    lost: Callable[[], bool] = lambda: False  # whether a file that is not there should be
    opened: Callable[[sqlite3.Connection], None] = lambda connection: None  # called when it was looked through


RESULTS = Kind()
#: The files that were looked through by this process, by their numbers on the disk.
_CHECKED: dict[Path, int] = {}
_CHECKING = threading.RLock()


@contextmanager
def connect(schema: str, kind: Kind = RESULTS) -> Generator[sqlite3.Connection]:
    """A SQLite file that all processes share, open for one piece of work; every statement commits by itself.

    A process looks a file through when it opens it first; a damaged one is set aside as `<name>.damaged-<time>`, and
    that is said (`store.notices`). Write-ahead logging needs a local disk.
    """
    file = home() / kind.name
    deed = f"use {file.name}"
    with explained(deed):
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = _checked(file, schema, kind)
    try:
        with closing(connection):
            yield connection
    except sqlite3.Error as error:
        if is_damage(error):
            look_again(kind)  # whoever comes next sets it aside
        raise refusal(deed, error) from error


def is_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite says that a file is damaged, or no database."""
    return _number(error) in DAMAGE


def _number(error: sqlite3.Error) -> int:
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def look_again(kind: Kind) -> None:
    """Let this process look a file through when it opens it next."""
    _CHECKED.pop(home() / kind.name, None)


def _checked(file: Path, schema: str, kind: Kind) -> sqlite3.Connection:
    """A connection to a file that this process has looked through, mended before if it was damaged."""
    with _CHECKING:
        if file.exists() and _CHECKED.get(file) == file.stat().st_ino:
            return _connection(file, schema, kind)
        if not _whole(file, kind):
            with _mending(file):
                if not _whole(file, kind):  # no other process was first
                    kind.mend(file)
        connection = _connection(file, schema, kind)
        _CHECKED[file] = file.stat().st_ino
        kind.opened(connection)
        return connection


def _whole(file: Path, kind: Kind) -> bool:
    if not file.exists():
        return not kind.lost()
    try:
        with closing(_connection(file, "", kind)) as connection:
            return kind.whole(connection)
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return False
        raise


@contextmanager
def _mending(file: Path) -> Generator[None]:
    """Only one process at a time mends a file; the system ends this when the process ends, however that ends."""
    with closing(sqlite3.connect(file.with_name(f".{file.name}.mending"), timeout=PATIENCE)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def _connection(file: Path, schema: str, kind: Kind) -> sqlite3.Connection:
    try:
        return _shared(file, schema, kind)
    except sqlite3.OperationalError as error:
        if _number(error) not in NO_ROOM or not file.exists():
            raise
        return _alone(file) or _unchanged(file, error)


def _shared(file: Path, schema: str, kind: Kind) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    try:
        _log_ahead(connection)
        connection.execute(f"PRAGMA synchronous={kind.synchronous}")
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _alone(file: Path) -> sqlite3.Connection | None:
    """The file without the memory that processes share, for which a full disk has no room; None if that fails, too."""
    connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        return None
    return connection


def _unchanged(file: Path, error: sqlite3.OperationalError) -> sqlite3.Connection:
    """The file to read only, where nothing may be written beside it; the error if something waits to be written."""
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size:
        raise error
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise error from None
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. SQLite does not wait here by itself when two processes make the file at once."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if _number(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.01)
