"""Zip files: unpacked once into the store, checked before, and then read like the folder or file that they hold."""

from __future__ import annotations

import errno
import shutil
import tempfile
import threading
import zipfile
from pathlib import Path, PurePosixPath

from fdmat_core.errors import plain
from fdmat_core.reading import tables
from fdmat_core.reading.places import digest, short
from fdmat_core.store import files

#: More files than this are not unpacked.
MOST_FILES = 5_000_000
#: Held while an archive is unpacked.
UNPACKING = threading.Lock()
#: What the system says where the store, and not the archive, is at fault.
REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)


def inside(path: Path) -> Path:
    """What a path stands for: itself, or the folder or the one file in a .zip."""
    if path.suffix.lower() != ".zip" or not path.is_file():
        return path
    place = files.home() / "unpacked" / digest(path)[:16]
    with UNPACKING:  # who opens the same archive meanwhile waits for it
        if not place.exists():
            _unpack(path, place)
    return _only(place)


def _only(place: Path) -> Path:
    """The one folder or file in a folder, or the folder itself."""
    children = [child for child in sorted(place.iterdir()) if not child.name.startswith((".", "__MACOSX"))]
    if len(children) != 1:
        return place
    usual = children[0].is_dir() and children[0].name.lower() not in ("train", "test", "val", "valid", "validation")
    return _only(children[0]) if usual else children[0] if children[0].is_file() else place


def _unpack(path: Path, place: Path) -> None:
    """Unpack all regular files of an archive below a place, under a temporary name first."""
    place.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        with zipfile.ZipFile(path) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            _check(members)
            for member in members:
                _write(packed, member, work / member.filename)
        files.put_in_place(work, place)
    except Exception as error:  # whatever broken bytes make zipfile or a decompressor raise
        if isinstance(error, MemoryError) or getattr(error, "errno", 0) in REFUSED:
            raise
        why = short(" ".join(plain(error).split()).replace(str(work), ""), 160)
        raise ValueError(
            f"{short(path.name)} cannot be unpacked ({why}); unpack it yourself and give the folder"
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_FILES:
        raise ValueError(f"it holds {len(members):,} files")
    if not members:
        raise ValueError("it holds no files")
    names = {member.filename for member in members}
    if len(names) < len(members):
        raise ValueError("it holds several files of one name")
    if any(member.flag_bits & 1 for member in members):
        raise ValueError("it is encrypted")
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if not name.parts:
            raise ValueError("it holds a file without a name")
        if name.is_absolute() or ".." in name.parts or "\0" in member.filename:
            raise ValueError(f"{short(member.filename)} would be written outside of its folder")
    tables.check_growth(members)


def _write(packed: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(member) as source, target.open("xb") as sink:
        shutil.copyfileobj(source, sink, 2**20)
