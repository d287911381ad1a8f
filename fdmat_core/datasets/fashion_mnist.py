"""Fashion-MNIST in full: 60,000 train and 10,000 test images of clothes, 28 x 28 pixels."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from fdmat_core.datasets import getter
from fdmat_core.reading import idx
from fdmat_core.registry import dataset
from fdmat_core.store import files, provenance
from fdmat_core.types import Dataset

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
TRAIN = 60_000
#: Where the Debian package `dataset-fashion-mnist` puts its files.
PACKAGED = Path("/usr/share/datasets/fashion-mnist")
FILES = (
    "train-images-idx3-ubyte",
    "t10k-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-labels-idx1-ubyte",
)


@dataset(
    "fashion_mnist",
    title="Fashion-MNIST (60,000 + 10,000)",
    licence="MIT, Zalando SE 2017",
    source="Xiao, Rasul, Vollgraf, arXiv 1708.07747, 2017",
)
def fashion_mnist(*, root: str = "") -> Dataset:
    """Load all of Fashion-MNIST from the Debian package, a torchvision folder, or the network, in this order.

    Item ids are positions in the original files: train 0 to 59,999, then test 60,000 to 69,999.

    Parameters
    ----------
    root
        Folder that holds or will hold torchvision's `FashionMNIST/raw`; by default a folder of the program's cache.
    """
    images, labels = read(find(Path(root).expanduser() if root else files.home() / "datasets"))
    ids = np.arange(len(labels))
    return Dataset(
        name="fashion_mnist",
        ids=ids,
        labels=labels,
        classes=CLASSES,
        splits={"train": ids[:TRAIN], "test": ids[TRAIN:]},
        key=provenance.data("fashion_mnist", 1),
        images=getter(ids, images),
    )


def find(root: Path) -> Path:
    """The folder with the four files, downloaded by torchvision below `root` if they are nowhere."""
    raw = root / "FashionMNIST" / "raw"
    for folder in (PACKAGED, raw):
        if all(_file(folder, name).exists() for name in FILES):
            return folder
    _download(root, raw)
    return raw


def _download(root: Path, raw: Path) -> None:
    from torchvision.datasets import FashionMNIST

    try:
        FashionMNIST(str(root), download=True)
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"Fashion-MNIST is neither in {PACKAGED} nor in {raw}, and the download failed ({error}); install the "
            f"Debian package dataset-fashion-mnist, or put {', '.join(FILES)} (or their .gz) into {raw}"
        ) from error


def _file(folder: Path, name: str) -> Path:
    packed = folder / f"{name}.gz"
    return packed if packed.exists() else folder / name


@lru_cache(maxsize=1)
def read(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (70000, 28, 28, 1) uint8 and labels (70000,), train before test; kept in memory after the first call."""
    train, test, train_labels, test_labels = (idx.read(_file(folder, name)) for name in FILES)
    labels = np.concatenate([train_labels, test_labels]).astype(np.int64)
    return np.concatenate([train, test])[..., None], labels
