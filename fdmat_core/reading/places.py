"""Files and folders of people: what is there, what may be read, and what names their content."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple

#: How many examples a finding names.
EXAMPLES = 3
#: What `walk` has found, within `walked_once`.
_WALKED: ContextVar[dict[object, tuple[list[Path], list[Skipped]]] | None] = ContextVar("walked", default=None)


#: The files and folders that name the content of data, within `noting`.
_NOTED: ContextVar[list[Path] | None] = ContextVar("noted", default=None)


class Skipped(NamedTuple):
    """A file or folder that is passed over, and why."""

    path: Path
    why: str


def existing(path: str) -> Path:
    """The file or folder that a path names; an error in words if there is none."""
    if not path.strip():
        raise ValueError("path is empty; give the path of a file or folder on the machine that this program runs on")
    if "\0" in path:
        raise ValueError("path holds a NUL character; give the path of a file or folder")
    try:
        whole = Path(path).expanduser()
        found = whole if whole.exists() else Path(path.strip()).expanduser()
        there = found.exists()
    except (RuntimeError, OSError, ValueError) as error:  # ~nobody; a name too long; a folder that may not be entered
        why = getattr(error, "strerror", None) or short(str(error))
        raise ValueError(f"path is {short(path)!r}, which cannot be looked up ({why}); give another path") from error
    if not there:
        raise ValueError(f"path is {short(path)!r}, but there is nothing there; check the spelling")
    return found


def file(path: str, *, what: str) -> Path:
    """The regular file that a path names."""
    found = existing(path)
    if not found.is_file():
        kind = "folder" if found.is_dir() else "device or pipe"
        raise ValueError(f"path is {short(path)!r}, which is a {kind}; give {what}")
    return found


def folder(path: str, *, what: str) -> Path:
    """The folder that a path names."""
    found = existing(path)
    if not found.is_dir():
        raise ValueError(f"path is {short(path)!r}, which is no folder; give {what}")
    return found


@contextmanager
def naming(path: str) -> Generator[None]:
    """Let errors about data name the file or folder that they are about."""
    try:
        yield
    except ValueError as error:
        name = short(Path(path.strip()).name)
        if not name or name in str(error) or str(error).startswith("path "):
            raise
        raise ValueError(f"{name}: {error}") from error


@contextmanager
def noting() -> Generator[list[Path]]:
    """The files by which the content of data is named within, as a list that grows."""
    noted: list[Path] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note(place: Path) -> None:
    """Say that the content of data is named by a file, or by which files are in a folder."""
    if (noted := _NOTED.get()) is not None:
        noted.append(place)


def digest(file: Path) -> str:
    """What names the content of a file."""
    note(file)
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def marks(root: Path, files: Iterable[Path]) -> str:
    """What names the content of many files: name, length and time of change of each. Reading all takes too long."""
    found, folders = hashlib.sha256(), {root}
    for file in files:
        note(file)
        folders.add(file.parent)
        facts = file.stat()
        name = os.fsencode(file.relative_to(root))
        found.update(name + f"\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    above = {one for folder in folders for one in folder.parents if one.is_relative_to(root)}
    for folder in sorted(folders | above):  # another file may be put into any of them
        note(folder)
    return found.hexdigest()


@contextmanager
def walked_once() -> Generator[None]:
    """Look through no folder twice within: several readers ask for the same files."""
    token = _WALKED.set({} if _WALKED.get() is None else _WALKED.get())
    try:
        yield
    finally:
        _WALKED.reset(token)


def walk(top: Path, root: Path, skipped: list[Skipped], *, links: bool = False) -> Iterator[Path]:
    """The regular files below a folder, sorted by name; what is passed over is added to a list.

    Parameters
    ----------
    root
        Links that lead out of this folder are followed only with `links`.
    """
    known = _WALKED.get()
    if known is None:
        yield from _walk(top, root, skipped, links=links)
        return
    if (top, root, links) not in known:
        passed: list[Skipped] = []
        known[top, root, links] = list(_walk(top, root, passed, links=links)), passed
    files, passed = known[top, root, links]
    skipped.extend(passed)
    yield from files


def _walk(top: Path, root: Path, skipped: list[Skipped], *, links: bool) -> Iterator[Path]:
    open_folders = [
        (_children(top, skipped), {_number(top)})
    ]  # from the top down, each with the numbers of those above
    while open_folders:
        children, above = open_folders[-1]
        child = next(children, None)
        if child is None:
            open_folders.pop()
            continue
        why = unfit(child, root, links=links)
        if not why and child.is_symlink() and child.is_dir() and _number(child) in above:
            why = "a link to a folder that holds it"
        if why:
            skipped.append(Skipped(child, why))
        elif child.is_dir():
            open_folders.append((_children(child, skipped), above | {_number(child)}))
        else:
            yield child


def _children(top: Path, skipped: list[Skipped]) -> Iterator[Path]:
    """What lies in a folder and is not hidden, sorted by name."""
    try:
        found = sorted(top.iterdir(), key=lambda child: os.fsencode(child.name))
    except OSError as error:
        skipped.append(Skipped(top, error.strerror or "cannot be opened"))
        found = []
    return (child for child in found if not child.name.startswith("."))


def _number(folder: Path) -> tuple[int, int]:
    """What names a folder on this machine, by whatever path."""
    facts = folder.stat()
    return facts.st_dev, facts.st_ino


def unfit(path: Path, root: Path, *, links: bool = False) -> str:
    """Why a file or folder cannot be used; empty if it can."""
    try:
        path.name.encode()
    except UnicodeEncodeError:
        return "its name is no valid text"
    try:
        mode = path.stat().st_mode
        outside = path.is_symlink() and not links and not path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to nothing or to itself
        return "a link that leads nowhere" if path.is_symlink() else "cannot be read"
    if outside:
        return "a link that leads out of the folder"
    if path.is_symlink() and stat.S_ISDIR(mode) and path.parent.resolve().is_relative_to(path.resolve()):
        return "a link to a folder that holds it"
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "no regular file"


def relative(path: Path, root: Path) -> str:
    """A path below a folder as text that can always be printed."""
    name = path.relative_to(root) if path.is_relative_to(root) else path
    return os.fsencode(name).decode("utf-8", "replace")


def short(text: str, most: int = 80) -> str:
    """A text that fits into a sentence."""
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= most else f"{text[: most - 1]}…"


def listed(names: Iterable[object], most: int = 8) -> str:
    """Names in a sentence, the first few, and how many more there are; a single one more is named, too."""
    named = [short(str(name), 40) for name in names]
    if len(named) <= most + 1:
        return ", ".join(named)
    return f"{', '.join(named[:most])} and {len(named) - most:,} more"
