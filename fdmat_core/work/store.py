"""The one disk cache: folders of `.npy` arrays and JSON, named by what made them, written all or nothing.

Beside the folders lies one SQLite file for what is many small rows: curve points, jobs, decisions.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

#: Files up to this size are checked byte by byte when an entry is opened; larger ones by their size, and by `verify`.
CHECKED_BYTES = 32 * 2**20
#: An unfinished folder this old (seconds) belongs to a process that was killed.
ABANDONED = 24 * 3600
#: How long (seconds) one process waits for another that holds the SQLite file.
PATIENCE = 30
#: What a damaged entry raises when it is read.
DAMAGE = (FileNotFoundError, NotADirectoryError, EOFError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Item:
    """What a stored entry holds: arrays by name, and JSON-able facts."""

    arrays: Mapping[str, np.ndarray]
    facts: Mapping[str, Any]


def home() -> Path:
    """Where everything is kept: `FDMAT_HOME`, or `fdmat` in the user's cache directory."""
    if chosen := os.environ.get("FDMAT_HOME"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fdmat"


def path(kind: str, key: str) -> Path:
    """The folder of an entry, whether it exists or not."""
    if not key or not all(character.isalnum() or character in "-_." for character in kind + key) or ".." in kind + key:
        raise ValueError(f"store key is {key!r} of kind {kind!r}; use letters, digits, '-', '_' and '.'")
    return home() / kind / key


def get(kind: str, key: str, make: Callable[[], Item]) -> Item:
    """The stored entry, made first if it is not there or is damaged."""
    return find(kind, key) or put(kind, key, make())


def find(kind: str, key: str) -> Item | None:
    """The stored entry, or None. A damaged one is set aside as `<key>.damaged-<time>` and counts as not there."""
    folder = path(kind, key)
    if not folder.exists():
        return None
    try:
        return _read(folder)
    except DAMAGE:
        _set_aside(folder)
        return None


def put(kind: str, key: str, item: Item) -> Item:
    """Write an entry so that a reader sees all of it or nothing, and return it as read back from disk."""
    folder = path(kind, key)
    with explained(f"store {kind} {key}"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{key}.", dir=folder.parent))
        try:
            _write(partial, item)
            _move(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return _read(folder)


def delete(kind: str, key: str) -> None:
    """Remove an entry; one that is not there is fine."""
    shutil.rmtree(path(kind, key), ignore_errors=True)


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


def read_json(file: Path) -> Any | None:
    """What `write_json` wrote, or None if the file is not there or is no JSON."""
    try:
        return json.loads(file.read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def entries(kind: str) -> Iterator[str]:
    """The keys stored under a kind, whether whole or damaged."""
    for folder in _folders(kind):
        if not folder.name.startswith(".") and ".damaged-" not in folder.name:
            yield folder.name


def usage() -> dict[str, int]:
    """Bytes on disk by kind, and of the SQLite file."""
    kinds = sorted(folder.name for folder in home().iterdir() if folder.is_dir()) if home().exists() else []
    sizes = {kind: sum(_bytes(file) for file in (home() / kind).rglob("*")) for kind in kinds}
    return sizes | {"points and jobs": sum(_bytes(file) for file in home().glob("fdmat.sqlite*"))}


def verify(kind: str) -> Iterator[tuple[str, bool]]:
    """Read every entry of a kind byte by byte: its key, and whether it is whole. A damaged one is set aside."""
    for key in list(entries(kind)):
        folder = path(kind, key)
        try:
            _read(folder, deep=True)
        except DAMAGE:
            _set_aside(folder)
            yield key, False
        else:
            yield key, True


def sweep(kind: str) -> list[str]:
    """Remove what was set aside as damaged and what killed processes left half-written; returns the names."""
    old = time.time() - ABANDONED
    waste = [
        folder
        for folder in _folders(kind)
        if ".damaged-" in folder.name or (folder.name.startswith(".") and folder.stat().st_mtime < old)
    ]
    for folder in waste:
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in waste]


@contextmanager
def database(schema: str) -> Iterator[sqlite3.Connection]:
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
            raise _told(deed, error) from error


@contextmanager
def explained(deed: str) -> Iterator[None]:
    """Say what could not be done, and what helps, when the disk refuses."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise _told(deed, error) from error


def _told(deed: str, error: OSError | sqlite3.Error) -> OSError:
    cause = getattr(error, "strerror", None) or str(error)
    return OSError(
        getattr(error, "errno", None) or errno.EIO,
        f"cannot {deed} under {home()}: {cause}; free disk space there, or let FDMAT_HOME name a folder to write in",
    )


def _open(file: Path, schema: str) -> sqlite3.Connection:
    try:
        return _connect(file, schema)
    except sqlite3.OperationalError:  # locked, full, read-only: the file itself may be fine
        raise
    except sqlite3.DatabaseError:
        for part in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
            if part.exists():
                os.replace(part, part.with_name(f"{part.name}.damaged-{time.time_ns()}"))
        return _connect(file, schema)


def _connect(file: Path, schema: str) -> sqlite3.Connection:
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


def _folders(kind: str) -> list[Path]:
    folder = home() / kind
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:  # finished or deleted while we looked
        return 0


def _set_aside(folder: Path) -> None:
    try:
        os.replace(folder, folder.with_name(f"{folder.name}.damaged-{time.time_ns()}"))
    except FileNotFoundError:  # another process was first
        pass
    except OSError as error:
        raise OSError(error.errno, f"{folder} is damaged and cannot be moved aside: {error.strerror}") from error


def _move(partial: Path, folder: Path) -> None:
    try:
        os.replace(partial, folder)
    except OSError:
        if not folder.exists():  # otherwise another process was first, with the same content
            raise


def _write(folder: Path, item: Item) -> None:
    files = {}
    for name, array in item.arrays.items():
        np.save(folder / f"{name}.npy", np.asarray(array), allow_pickle=False)
        files[f"{name}.npy"] = {"bytes": (folder / f"{name}.npy").stat().st_size, "crc32": _crc(folder / f"{name}.npy")}
    facts = json.loads(json.dumps(dict(item.facts)))
    manifest = {"facts": facts, "files": files, "made": time.strftime("%Y-%m-%d %H:%M:%S")}
    manifest["crc32"] = _seal(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _read(folder: Path, deep: bool = False) -> Item:
    manifest = json.loads((folder / "manifest.json").read_text())
    if manifest["crc32"] != _seal(manifest):
        raise ValueError(f"{folder / 'manifest.json'} is not what was written")
    for name, mark in manifest["files"].items():
        _check(folder / name, mark, deep)
    arrays = {Path(name).stem: np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in manifest["files"]}
    return Item(arrays, manifest["facts"])


def _seal(manifest: Mapping[str, Any]) -> int:
    told = json.dumps([manifest["facts"], manifest["files"], manifest["made"]], sort_keys=True)
    return zlib.crc32(told.encode())


def _check(file: Path, mark: Mapping[str, int], deep: bool) -> None:
    whole = file.stat().st_size == mark["bytes"]
    if whole and (deep or mark["bytes"] <= CHECKED_BYTES):
        whole = _crc(file) == mark["crc32"]
    if not whole:
        raise ValueError(f"{file} is not what was written")


def _crc(file: Path) -> int:
    total = 0
    with file.open("rb") as stream:
        while chunk := stream.read(2**22):
            total = zlib.crc32(chunk, total)
    return total
