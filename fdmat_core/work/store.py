"""The one disk cache: folders of `.npy` arrays and JSON, named by what made them, written all or nothing."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

#: Files up to this size are checked byte by byte when an entry is opened; larger ones by their size alone.
CHECKED_BYTES = 32 * 2**20


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
    except (OSError, ValueError, KeyError):
        if folder.exists():
            os.replace(folder, folder.with_name(f"{key}.damaged-{time.time_ns()}"))
        return None


def put(kind: str, key: str, item: Item) -> Item:
    """Write an entry so that a reader sees all of it or nothing, and return it as read back from disk."""
    folder = path(kind, key)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{key}.", dir=folder.parent))
    try:
        _write(partial, item)
        _move(partial, folder)
    except OSError as error:
        raise OSError(
            f"cannot store {kind} {key} under {home()}: {error.strerror}; free disk space or set FDMAT_HOME"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return _read(folder)


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
        files[f"{name}.npy"] = _mark(folder / f"{name}.npy")
    manifest = {"facts": dict(item.facts), "files": files, "made": time.strftime("%Y-%m-%d %H:%M:%S")}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _read(folder: Path) -> Item:
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, mark in manifest["files"].items():
        if _mark(folder / name) != mark:
            raise ValueError(f"{folder / name} is not what was written")
    arrays = {Path(name).stem: np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in manifest["files"]}
    return Item(arrays, manifest["facts"])


def _mark(file: Path) -> dict[str, int]:
    size = file.stat().st_size
    return {"bytes": size} | ({"crc32": zlib.crc32(file.read_bytes())} if size <= CHECKED_BYTES else {})
