"""The SQLite file beside the entries, for what is many small rows: curve points, jobs, decisions."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from fdmat_core.store.files import explained, home, refusal

#: How long (seconds) one process waits for another that holds the SQLite file.
PATIENCE = 30


@contextmanager
def connect(schema: str) -> Generator[sqlite3.Connection]:
    """The SQLite file that all processes share, open for one piece of work; every statement commits by itself.

    A file that is no database is set aside as `fdmat.sqlite.damaged-<time>`. Write-ahead logging needs a local disk.
    """
    file = home() / "fdmat.sqlite"
    deed = f"use {file.name}"
    with explained(deed):
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = _open(file, schema)
    with closing(connection):
        try:
            yield connection
        except sqlite3.Error as error:
            raise refusal(deed, error) from error


def _open(file: Path, schema: str) -> sqlite3.Connection:
    try:
        return _connection(file, schema)
    except sqlite3.OperationalError:  # locked, full, read-only: the file itself may be fine
        raise
    except sqlite3.DatabaseError:
        for part in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            if part.exists():
                os.replace(part, part.with_name(f"{part.name}.damaged-{time.time_ns()}"))
        return _connection(file, schema)


def _connection(file: Path, schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    try:
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(schema)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. SQLite does not wait here by itself when two processes make the file at once."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.01)
