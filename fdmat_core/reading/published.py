"""Published datasets on disk: where torchvision keeps each, of which parts and files, and which lie at a path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

Name = Literal[
    "auto",
    "CIFAR10",
    "CIFAR100",
    "MNIST",
    "FashionMNIST",
    "KMNIST",
    "QMNIST",
    "EMNIST-balanced",
    "EMNIST-byclass",
    "EMNIST-bymerge",
    "EMNIST-letters",
    "EMNIST-digits",
    "EMNIST-mnist",
    "USPS",
    "SVHN",
    "STL10",
    "SEMEION",
    "Flowers102",
    "Food101",
    "GTSRB",
    "DTD",
    "OxfordIIITPet",
    "FGVCAircraft",
    "Caltech101",
    "EuroSAT",
    "Country211",
    "RenderedSST2",
    "Imagenette",
    "Imagenette-320px",
    "Imagenette-160px",
]
#: What torchvision's constructors take for the parts of a dataset, by the split that they are.
BY_TRAIN = {"train": {"train": True}, "test": {"train": False}}
BY_SPLIT = {"train": {"split": "train"}, "test": {"split": "test"}}
WITH_VAL = {"train": {"split": "train"}, "validation": {"split": "val"}, "test": {"split": "test"}}
WHOLE: dict[str, dict[str, Any]] = {"": {}}
IDX = tuple(
    f"{part}-{what}-ubyte" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1")
)  # as MNIST and its like are kept


class Known(NamedTuple):
    """A dataset that torchvision reads: its class, its place below the root, its parts, what must lie in the place."""

    made: str
    place: str
    parts: Mapping[str, Mapping[str, Any]]
    files: tuple[str, ...] = ()  # in the place; of those with published sums they are not repeated here
    packed: str = ""  # what is downloaded, and how large it is
    memory: bool = True  # all of it is read at once


def _emnist(split: str) -> Known:
    names = tuple(
        f"emnist-{split}-{part}-{what}-ubyte" for part in ("train", "test") for what in ("images-idx3", "labels-idx1")
    )
    parts = {"train": {"split": split, "train": True}, "test": {"split": split, "train": False}}
    return Known("EMNIST", "EMNIST/raw", parts, names, "gzip.zip, 562 MB")


def _imagenette(size: str, folder: str, packed: str) -> Known:
    parts = {"train": {"split": "train", "size": size}, "validation": {"split": "val", "size": size}}
    return Known("Imagenette", folder, parts, ("train", "val"), packed, memory=False)


def _qmnist() -> tuple[str, ...]:
    return tuple(
        f"qmnist-{part}-{what}" for part in ("train", "test") for what in ("images-idx3-ubyte", "labels-idx2-int")
    )


KNOWN = {
    "CIFAR10": Known("CIFAR10", "cifar-10-batches-py", BY_TRAIN, (), "cifar-10-python.tar.gz, 170 MB"),
    "CIFAR100": Known("CIFAR100", "cifar-100-python", BY_TRAIN, (), "cifar-100-python.tar.gz, 169 MB"),
    "MNIST": Known("MNIST", "MNIST/raw", BY_TRAIN, IDX, "12 MB"),
    "FashionMNIST": Known("FashionMNIST", "FashionMNIST/raw", BY_TRAIN, IDX, "31 MB"),
    "KMNIST": Known("KMNIST", "KMNIST/raw", BY_TRAIN, IDX, "21 MB"),
    "QMNIST": Known("QMNIST", "QMNIST/raw", BY_TRAIN, _qmnist(), "20 MB"),
    "EMNIST-balanced": _emnist("balanced"),
    "EMNIST-byclass": _emnist("byclass"),
    "EMNIST-bymerge": _emnist("bymerge"),
    "EMNIST-letters": _emnist("letters"),
    "EMNIST-digits": _emnist("digits"),
    "EMNIST-mnist": _emnist("mnist"),
    "USPS": Known("USPS", "usps.bz2", BY_TRAIN, (), "8 MB"),
    "SVHN": Known("SVHN", "train_32x32.mat", BY_SPLIT, (), "246 MB"),
    "STL10": Known("STL10", "stl10_binary", BY_SPLIT, (), "stl10_binary.tar.gz, 2.6 GB"),
    "SEMEION": Known("SEMEION", "semeion.data", WHOLE, (), "3 MB"),
    "Flowers102": Known("Flowers102", "flowers-102", WITH_VAL, ("jpg",), "102flowers.tgz, 345 MB", memory=False),
    "Food101": Known(
        "Food101", "food-101", BY_SPLIT, ("images", "meta/train.json", "meta/test.json"), "5 GB", memory=False
    ),
    "GTSRB": Known(
        "GTSRB",
        "gtsrb",
        BY_SPLIT,
        ("GTSRB/Training", "GTSRB/Final_Test/Images", "GT-final_test.csv"),
        "368 MB",
        memory=False,
    ),
    "DTD": Known(
        "DTD", "dtd/dtd", WITH_VAL, ("images", "labels/train1.txt"), "dtd-r1.0.1.tar.gz, 625 MB", memory=False
    ),
    "OxfordIIITPet": Known(
        "OxfordIIITPet",
        "oxford-iiit-pet",
        {"train": {"split": "trainval"}, "test": {"split": "test"}},
        ("images", "annotations/trainval.txt", "annotations/test.txt"),
        "images.tar.gz and annotations.tar.gz, 811 MB",
        memory=False,
    ),
    "FGVCAircraft": Known(
        "FGVCAircraft",
        "fgvc-aircraft-2013b",
        WITH_VAL,
        ("data/images", "data/variants.txt", "data/images_variant_train.txt"),
        "fgvc-aircraft-2013b.tar.gz, 2.8 GB",
        memory=False,
    ),
    "Caltech101": Known(
        "Caltech101", "caltech101", WHOLE, ("101_ObjectCategories/BACKGROUND_Google",), "137 MB", memory=False
    ),
    "EuroSAT": Known("EuroSAT", "eurosat/2750", WHOLE, (), "EuroSAT.zip, 94 MB", memory=False),
    "Country211": Known(
        "Country211",
        "country211",
        {"train": {"split": "train"}, "validation": {"split": "valid"}, "test": {"split": "test"}},
        ("train", "valid", "test"),
        "country211.tgz, 11 GB",
        memory=False,
    ),
    "RenderedSST2": Known(
        "RenderedSST2", "rendered-sst2", WITH_VAL, ("train", "valid", "test"), "rendered-sst2.tgz, 131 MB", memory=False
    ),
    "Imagenette": _imagenette("full", "imagenette2", "imagenette2.tgz, 1.5 GB"),
    "Imagenette-320px": _imagenette("320px", "imagenette2-320", "imagenette2-320.tgz, 326 MB"),
    "Imagenette-160px": _imagenette("160px", "imagenette2-160", "imagenette2-160.tgz, 94 MB"),
}


def root_of(path: Path, known: Known) -> Path | None:
    """The folder that torchvision calls root, if a path is that, or lies between it and the dataset's place."""
    whole = path.absolute()
    for root in (whole, *whole.parents[:2]):
        place = root / known.place
        if place.is_relative_to(whole) and place.exists():
            return root
    return None


def lying(path: Path) -> list[str]:
    """The datasets that lie at a path; of those that share a place, the first of which a file is there."""
    found: dict[Path, str] = {}
    for name, known in KNOWN.items():
        root = root_of(path, known)
        if root and (not known.files or any((root / known.place / file).exists() for file in known.files)):
            found.setdefault(root / known.place, name)
    return list(found.values())
