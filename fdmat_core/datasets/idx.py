"""MNIST's own files: images and labels as `...-images-idx3-ubyte` and `...-labels-idx1-ubyte`, in one folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fdmat_core.datasets import Seed, TestShare, fashion_mnist
from fdmat_core.reading import archives, places
from fdmat_core.reading.idx import read as read_idx
from fdmat_core.reading.places import listed, short
from fdmat_core.reading.records import Records, assemble
from fdmat_core.registry import Claim, dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset

#: What the parts of MNIST are called, and the splits that they are.
SPLITS = {"train": "train", "t10k": "test", "test": "test", "val": "val", "valid": "val"}

#: The first of the SHA-256 of Fashion-MNIST's labels, train and test.
FASHION = {"657fbd221bfc9f41", "3d0e6c6ea990b53b"}


class Part(NamedTuple):
    """The two files of a split."""

    name: str  # as the files are called: "t10k"
    images: Path
    labels: Path


def _recognises(path: Path) -> Claim | None:
    found = _parts(path)
    names = listed([part.name for part in found])
    return Claim(f"a folder of MNIST's file format ({names})", 0.93) if found else None


@dataset(
    "idx",
    title="Files of MNIST's format (IDX)",
    licence="of the data",
    source="a folder on this machine",
    recognises=_recognises,
)
def idx(*, path: str = "", test_share: TestShare = 0.2, seed: Seed = 0) -> Dataset:
    """Read images and labels from IDX files as MNIST, Fashion-MNIST and others are published, packed or not.

    Ids are positions, train items first. Classes are numbers, but of Fashion-MNIST,
    which is known by its labels.

    Parameters
    ----------
    path
        The folder with `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-...`, each maybe with `.gz`.
    test_share
        Share of every class held out if there are no files of test items.
    seed
        Which items are held out.
    """
    place = archives.inside(places.existing(path))
    parts = _parts(place)
    if not parts:
        raise ValueError(
            f"path is {short(path)!r}, where no images and labels of one name lie side by side; give a folder with "
            "train-images-idx3-ubyte and train-labels-idx1-ubyte"
        )
    read = [_read(part) for part in parts]
    _require_alike(parts, [images for images, _ in read])
    images, numbers = (np.concatenate(arrays) for arrays in zip(*read, strict=True))
    names = np.concatenate([np.full(len(part[1]), SPLITS[parts[i].name], object) for i, part in enumerate(read)])
    content = provenance.data("idx", 1, files=[places.digest(file) for part in parts for file in part[1:]])
    records = Records(
        name=place.name,
        n=len(numbers),
        where=lambda row: f"item {row:,} of {place.name}",
        labels=numbers.astype(np.int64),
        classes=_classes([labels for _, labels in read]),
        splits=names,
        images=lambda rows: images[rows][..., None],
    )
    key = provenance.data("idx", 1, content=content, settings=[test_share, seed])
    return assemble(records, key, test_share=test_share, seed=seed)


def _parts(path: Path) -> list[Part]:
    """The parts whose images and labels lie in a folder, train items first."""
    found = ((name, _file(path, name, "images", 3), _file(path, name, "labels", 1)) for name in SPLITS)
    return [Part(name, images, labels) for name, images, labels in found if images and labels]


def _file(folder: Path, part: str, what: str, axes: int) -> Path | None:
    """The file of a part by one of its usual names, packed or not; None if there is none."""
    names = (f"{part}-{what}{sign}idx{axes}-ubyte{packed}" for sign in "-." for packed in ("", ".gz"))
    return next((file for name in names if (file := folder / name).is_file()), None)


def _read(part: Part) -> tuple[np.ndarray, np.ndarray]:
    images, numbers = read_idx(part.images), read_idx(part.labels)
    if images.ndim != 3 or numbers.ndim != 1 or len(images) != len(numbers):
        raise ValueError(
            f"{part.images.name} has shape {images.shape} and {part.labels.name} {numbers.shape}; "
            "give images (n, height, width) and one label for each"
        )
    return images, numbers


def _require_alike(parts: list[Part], images: list[np.ndarray]) -> None:
    shapes = {array.shape[1:] for array in images}
    if len(shapes) > 1:
        names = listed([part.images.name for part in parts])
        raise ValueError(f"{names} hold images of different sizes ({listed(map(str, shapes))}); give one size")


def _classes(labels: list[np.ndarray]) -> tuple[str, ...]:
    """The names of Fashion-MNIST's classes if these are its labels, else numbers."""
    if {hashlib.sha256(array.tobytes()).hexdigest()[:16] for array in labels} & FASHION:
        return fashion_mnist.CLASSES
    return tuple(map(str, range(max(int(array.max(initial=0)) for array in labels) + 1)))
