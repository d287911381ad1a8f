"""Where everything is kept, small JSON files, and what to say when the disk refuses."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
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
            os.replace(partial, file)
        finally:
            Path(partial).unlink(missing_ok=True)


@contextmanager
def whole(file: Path) -> Generator[IO[bytes]]:
    """A stream for what a file of people's is to hold: it is there whole when all went well, else what was there."""
    partial = file.with_name(f".{file.name}.partial")
    try:
        with partial.open("wb") as stream:
            yield stream
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def read_json(file: Path) -> Any | None:
    """What `write_json` wrote, or None if the file is not there or is no JSON."""
    try:
        return json.loads(file.read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
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
    return OSError(
        getattr(error, "errno", None) or errno.EIO,
        f"cannot {deed} under {home()}: {cause}; free disk space there, or let FDMAT_HOME name a folder to write in",
    )


def bytes_of(file: Path) -> int:
    """The size of a file; 0 if it is no file, or gone meanwhile."""
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:  # finished or deleted while we looked
        return 0
