"""Folder: images of your own, one folder per class."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from fdmat_core.datasets import Seed, hold_out
from fdmat_core.registry import Range, dataset
from fdmat_core.store import entries, provenance
from fdmat_core.types import Dataset

#: Names that images end in; other files are passed over.
ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff")


class Found(NamedTuple):
    """The images of a folder in a fixed order, those for training first; an image's place is its id."""

    files: list[Path]
    classes: list[str]  # one name per file
    test: np.ndarray  # (n,) bool


@dataset("folder", title="Your own images (folder)", licence="yours", source="a folder on this machine")
def folder(
    *,
    path: str = "",
    size: Annotated[int, Range(8, 512)] = 64,
    test_share: Annotated[float, Range(0.01, 0.5)] = 0.2,
    seed: Seed = 0,
) -> Dataset:
    """Read images from a folder with one sub-folder per class, or from its `train` and `test` folders made like that.

    Images become colour squares of one size: the shorter side is scaled, the middle is cut out. They are read when they
    are needed. Files that cannot be read are left out with a warning; the others keep their numbers.

    Parameters
    ----------
    path
        The folder, on the machine that this program runs on.
    size
        Side of the images in pixels.
    test_share
        Share of every class held out if there is no `test` folder.
    seed
        Which images are held out.
    """
    root = Path(path).expanduser()
    if not path or not root.is_dir():
        raise ValueError(f"path is {path!r}, which is no folder; give the path of a folder with one folder per class")
    found = find(root)
    content = _digest(root, found.files)
    ids = np.flatnonzero(_readable(found.files, content))
    _report_unreadable(found.files, ids, root)
    names = np.array(found.classes)[ids]
    classes, labels = np.unique(names, return_inverse=True)
    test = found.test[ids] if found.test.any() else hold_out(labels, test_share, seed)
    return Dataset(
        name=root.name,
        ids=ids,
        labels=labels.astype(np.int64),
        classes=tuple(classes.tolist()),
        splits={"train": ids[~test], "test": ids[test]},
        key=provenance.data("folder", 1, content=content, size=size, test_share=test_share, seed=seed),
        images=reader(found.files, size),
    )


def find(root: Path) -> Found:
    """The image files below a folder, sorted by name, train before test."""
    folders = [root / "train", root / "test"] if (root / "train").is_dir() else [root]
    listed = [(file, group.name, top.name) for top in folders for group in _groups(top) for file in _images(group)]
    if not listed:
        raise ValueError(
            f"no images in folders below {root}; put the images of each class into a folder named like the class "
            f"({', '.join(ENDINGS)})"
        )
    files, classes, split = zip(*listed, strict=True)
    return Found(
        list(files), list(classes), np.array(split) == "test" if len(folders) > 1 else np.zeros(len(files), bool)
    )


def _groups(folder: Path) -> list[Path]:
    return (
        sorted(item for item in folder.iterdir() if item.is_dir() and not item.name.startswith("."))
        if folder.is_dir()
        else []
    )


def _images(group: Path) -> list[Path]:
    return sorted(file for file in group.rglob("*") if file.suffix.lower() in ENDINGS and not file.name.startswith("."))


def _digest(root: Path, files: list[Path]) -> str:
    """What names the content: every file's name, length and time of change. Reading all bytes would take too long."""
    marks = hashlib.sha256()
    for file in files:
        facts = file.stat()
        marks.update(f"{file.relative_to(root)}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    return marks.hexdigest()


def _readable(files: list[Path], content: str) -> np.ndarray:
    """Which files (n,) are images that can be read to their end; tried once, and remembered."""

    def try_all() -> entries.Item:
        with ThreadPoolExecutor() as pool:
            return entries.Item({"readable": np.array(list(pool.map(_can_be_read, files)))}, {"files": len(files)})

    return np.array(entries.get("folder", content[:16], try_all).arrays["readable"])


def _can_be_read(file: Path) -> bool:
    from PIL import Image

    try:
        with Image.open(file) as image:
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _report_unreadable(files: list[Path], ids: np.ndarray, root: Path) -> None:
    bad = sorted(set(range(len(files))) - set(ids.tolist()))
    if len(bad) == len(files):
        raise ValueError(f"none of the {len(files)} images below {root} can be read; save them as PNG or JPEG")
    if bad:
        first = files[bad[0]].relative_to(root)
        warnings.warn(f"{len(bad)} of {len(files)} images cannot be read and are left out, first {first}", stacklevel=2)


def reader(files: list[Path], size: int) -> Callable[[np.ndarray], np.ndarray]:
    """A function that reads the images (m, size, size, 3) of some ids from their files."""

    def read(ids: np.ndarray) -> np.ndarray:
        images = np.empty((len(ids), size, size, 3), dtype=np.uint8)
        for place, item in enumerate(ids):
            images[place] = _square(files[int(item)], size)
        return images

    return read


def _square(file: Path, size: int) -> np.ndarray:
    """An image as a colour square (size, size, 3), turned as the camera was held."""
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except OSError as error:
        raise ValueError(f"{file} can no longer be read ({error}); put it back or load the folder again") from error
    return np.asarray(ImageOps.fit(upright, (size, size)))
