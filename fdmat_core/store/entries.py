"""Entries: folders of `.npy` arrays and JSON, named by what made them, written all or nothing."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import time
import zlib
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fdmat_core.store.files import bytes_of, explained, home, put_in_place

#: Files up to this size are checked byte by byte when an entry is opened; larger ones by their size, and by `verify`.
CHECKED_BYTES = 32 * 2**20
#: An unfinished folder this old (seconds) belongs to a process that was killed.
ABANDONED = 24 * 3600
#: The file in a folder of half-done work that its process holds.
LOCK = "held.sqlite"
#: Kinds that cannot be made again: on the disk before anyone hears of them, and never swept away.
LASTING = ("imported",)
#: What a damaged entry raises when it is read.
DAMAGE = (FileNotFoundError, NotADirectoryError, EOFError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Item:
    """What a stored entry holds: arrays by name, and JSON-able facts."""

    arrays: Mapping[str, np.ndarray]
    facts: Mapping[str, Any]


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
            _write(partial, item, lasting=kind in LASTING)
            put_in_place(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return _read(folder)


def delete(kind: str, key: str) -> None:
    """Remove an entry, and what was done of it by a process that was killed; one that is not there is fine."""
    shutil.rmtree(path(kind, key), ignore_errors=True)
    if not _held(work := half_done(kind, key)):
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def working(kind: str, key: str) -> Generator[Path | None]:
    """The folder for what is half done of an entry: a killed process leaves it to the next, an ended one removes it.

    None if another process works on the same entry just now; then nothing of this one's can be kept.
    """
    folder = half_done(kind, key)
    with explained(f"work on {kind} {key}"):
        folder.mkdir(parents=True, exist_ok=True)
        lock = sqlite3.connect(folder / LOCK, timeout=0, isolation_level=None)
    with closing(lock):
        mine = _taken(lock)
        yield folder if mine else None
        if mine:
            shutil.rmtree(folder, ignore_errors=True)


def half_done(kind: str, key: str) -> Path:
    """Where `working` keeps what is half done of an entry."""
    return path(kind, f".{key}.work")


def _taken(lock: sqlite3.Connection) -> bool:
    """Whether a lock was free and is held from now on; the system frees it when its process ends, however that ends."""
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError:
        return False
    return True


def _held(work: Path) -> bool:
    """Whether a process works in a folder just now."""
    if not (work / LOCK).exists():
        return False
    with closing(sqlite3.connect(work / LOCK, timeout=0, isolation_level=None)) as lock:
        return not _taken(lock)


def keys(kind: str) -> Iterator[str]:
    """The keys stored under a kind, whether whole or damaged."""
    for folder in _folders(kind):
        if not folder.name.startswith(".") and ".damaged-" not in folder.name:
            yield folder.name


def usage() -> dict[str, int]:
    """Bytes on disk by kind, and of the SQLite file."""
    kinds = sorted(folder.name for folder in home().iterdir() if folder.is_dir()) if home().exists() else []
    sizes = {kind: sum(bytes_of(file) for file in (home() / kind).rglob("*")) for kind in kinds}
    beside = {"points and jobs": "fdmat.sqlite*", "decisions": "decisions.*"}
    return sizes | {name: sum(map(bytes_of, home().glob(pattern))) for name, pattern in beside.items()}


def verify(kind: str) -> Iterator[tuple[str, bool]]:
    """Read every entry of a kind byte by byte: its key, and whether it is whole. A damaged one is set aside."""
    for key in list(keys(kind)):
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
        if (".damaged-" in folder.name and kind not in LASTING)
        or (folder.name.startswith(".") and folder.stat().st_mtime < old and not _held(folder))
    ]
    for folder in waste:
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in waste]


def _folders(kind: str) -> list[Path]:
    folder = home() / kind
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _set_aside(folder: Path) -> None:
    try:
        os.replace(folder, folder.with_name(f"{folder.name}.damaged-{time.time_ns()}"))
    except FileNotFoundError:  # another process was first
        pass
    except OSError as error:
        raise OSError(error.errno, f"{folder} is damaged and cannot be moved aside: {error.strerror}") from error


def _write(folder: Path, item: Item, *, lasting: bool) -> None:
    files = {}
    for name, array in item.arrays.items():
        np.save(folder / f"{name}.npy", np.asarray(array), allow_pickle=False)
        files[f"{name}.npy"] = {"bytes": (folder / f"{name}.npy").stat().st_size, "crc32": _crc(folder / f"{name}.npy")}
    facts = json.loads(json.dumps(dict(item.facts)))
    manifest = {"facts": facts, "files": files, "made": time.strftime("%Y-%m-%d %H:%M:%S")}
    manifest["crc32"] = _seal(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    for file in folder.iterdir() if lasting else ():
        with file.open("rb") as stream:
            os.fsync(stream.fileno())


def _read(folder: Path, deep: bool = False) -> Item:
    manifest = json.loads((folder / "manifest.json").read_text())
    if manifest["crc32"] != _seal(manifest):
        raise ValueError(f"{folder / 'manifest.json'} is not what was written")
    for name, mark in manifest["files"].items():
        _check(folder / name, mark, deep)
    arrays = {Path(name).stem: np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in manifest["files"]}
    return Item(arrays, manifest["facts"])


def _seal(manifest: Mapping[str, Any]) -> int:
    sealed = json.dumps([manifest["facts"], manifest["files"], manifest["made"]], sort_keys=True)
    return zlib.crc32(sealed.encode())


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
