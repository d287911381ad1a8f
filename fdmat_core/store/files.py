"""Where everything is kept, small JSON files, and what to say when the disk refuses."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import platformdirs


def home() -> Path:
    """Where everything is kept: `FDMAT_HOME`, or `fdmat` in the user's cache directory."""
    if chosen := os.environ.get("FDMAT_HOME"):
        return Path(chosen).expanduser()
    return platformdirs.user_cache_path("fdmat", appauthor=False)


def write_json(file: Path, value: Any) -> None:
    """Write a small JSON file so that a reader sees the old one or the new one, never a part."""
    with explained(f"write {file.name}"):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        try:
            with os.fdopen(handle, "w") as stream:
                stream.write(json.dumps(value, indent=1))
                settle(stream)
            os.replace(partial, file)
            settle_folder(file.parent)
        finally:
            Path(partial).unlink(missing_ok=True)


def settle(stream: IO[Any]) -> None:
    """Return when what was written to a file is on the disk, and a loss of power cannot take it."""
    stream.flush()
    os.fsync(stream.fileno())


def settle_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk, where the system can say so."""
    with suppress(OSError):  # Windows opens no folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def whole(file: Path) -> Generator[IO[bytes]]:
    """A stream for what a file of people's is to hold: it is there whole when all went well, else what was there."""
    if not file.parent.is_dir():
        raise FileNotFoundError(f"{file.name} cannot be written: there is no folder {file.parent}; make it first")
    partial = file.with_name(f".{file.name}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
            settle(stream)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def put_in_place(made: Path, place: Path) -> None:
    """Move a folder to its place, unless another process was first, with the same content."""
    try:
        os.replace(made, place)
    except OSError:
        if not place.exists():
            raise


def read_json(file: Path) -> Any | None:
    """What `write_json` wrote, or None if the file is not there, cannot be read or is no JSON."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


@contextmanager
def explained(deed: str) -> Generator[None]:
    """Say what could not be done, and what helps, when the disk refuses."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise refusal(deed, error) from error


def refusal(deed: str, error: OSError | sqlite3.Error) -> OSError:
    """The error that says what could not be done, why, and what helps."""
    cause = getattr(error, "strerror", None) or str(error)
    number = getattr(error, "errno", None) or errno.EIO
    return OSError(number, f"cannot {deed} under {home()}: {cause}; {_remedy(error, cause)}")


FREE = "free disk space there, or let FDMAT_HOME name a folder to write in"
WRITABLE = "let your account write there, or let FDMAT_HOME name a folder to write in"
WAIT = "another program holds it: wait until that has ended, or end it, and try again"
DAMAGED = "it is damaged: try again, and it is set aside, and decisions are taken from their copies"
LOCAL = "the disk did not answer as it should: let FDMAT_HOME name a folder on a local disk that is sound"
ELSEWHERE = "see the log, or let FDMAT_HOME name another folder"
#: What helps, by the number that the system or SQLite gives.
BY_NUMBER = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), FREE),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR), WRITABLE),
}
BY_SQLITE = {
    sqlite3.SQLITE_FULL: FREE,
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM), WRITABLE),
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), WAIT),
    **dict.fromkeys((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB), DAMAGED),
    sqlite3.SQLITE_IOERR: LOCAL,
}


def _remedy(error: OSError | sqlite3.Error, cause: str) -> str:
    """What helps against a cause; of a full disk, NumPy says only how many bytes were `requested and written`."""
    if theirs := of_another():
        return theirs
    if "requested and" in cause or "is full" in cause:
        return FREE
    if isinstance(error, sqlite3.Error):
        return BY_SQLITE.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF, ELSEWHERE)
    return BY_NUMBER.get(error.errno or 0, ELSEWHERE)


def of_another() -> str:
    """That the home belongs to another account, and what to do; "" if it does not: what one writes others cannot."""
    try:
        strange = hasattr(os, "geteuid") and os.geteuid() not in (0, home().stat().st_uid)
    except OSError:  # not made yet
        return ""
    told = "the folder belongs to another account, and is for one account: let FDMAT_HOME name a folder of your own"
    return told if strange else ""


def bytes_of(file: Path) -> int:
    """The size of a file; 0 if it is no file, or gone meanwhile."""
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:  # finished or deleted while we looked
        return 0
