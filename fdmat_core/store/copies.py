"""Second copies of what cannot be made again: lines of text that only grow, and a backup of a database for each day."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from fdmat_core.store.files import settle, settle_folder

#: So many days are kept, each as it was when something was last written on it.
DAYS = 10
#: Seconds after which the backup of a day is made anew, if something is written.
STALE = 600
#: Bytes read at a time from the end of a file.
BLOCK = 8192


def append(file: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write lines at the end of a file, and return when they are on the disk; half a line of a killed process ends."""
    text = "".join(json.dumps(dict(line)) + "\n" for line in lines)
    new = not file.exists()
    with file.open("ab+") as stream:
        if stream.tell() and not _ends_a_line(stream):
            stream.write(b"\n")
        stream.write(text.encode())
        settle(stream)
    if new:
        settle_folder(file.parent)


def _ends_a_line(stream: Any) -> bool:
    stream.seek(-1, os.SEEK_END)
    return stream.read(1) == b"\n"


def lines(file: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of a file that can be read, the first first; nothing if the file cannot be."""
    with suppress(OSError), file.open("rb") as stream:
        for line in stream:
            yield from _read(line)


def from_the_end(file: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of a file that can be read, the last first; nothing if the file cannot be."""
    with suppress(OSError), file.open("rb") as stream:
        at, rest = stream.seek(0, os.SEEK_END), b""
        while at:
            start = max(0, at - BLOCK)
            stream.seek(start)
            first, *whole = (stream.read(at - start) + rest).split(b"\n")
            for line in reversed(whole if start else [first, *whole]):
                yield from _read(line)
            at, rest = start, first


def _read(line: bytes) -> Iterator[Mapping[str, Any]]:
    with suppress(ValueError):
        one = json.loads(line)
        if isinstance(one, dict):
            yield one


def back_up(database: sqlite3.Connection, name: str, folder: Path, whole: Callable[[sqlite3.Connection], bool]) -> bool:
    """Copy a database to the file of today in a folder, unless that is fresh; returns whether it did.

    A copy takes the place of an earlier one only if it is whole. Of others the last `DAYS` are kept.
    """
    file = folder / f"{name}-{time.strftime('%Y-%m-%d')}.sqlite"
    if file.exists() and abs(time.time() - file.stat().st_mtime) < STALE:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with closing(sqlite3.connect(partial)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            if not whole(copy):
                return False
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        os.replace(partial, file)
        settle_folder(folder)
    finally:
        partial.unlink(missing_ok=True)
    for old in backups(folder, name)[DAYS:]:
        old.unlink(missing_ok=True)
    return True


def backups(folder: Path, name: str) -> list[Path]:
    """The backups in a folder, the newest first."""
    return sorted(folder.glob(f"{name}-*.sqlite"), reverse=True)
