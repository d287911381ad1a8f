"""Make the bundled subset of Fashion-MNIST: `python scripts/make_fashion_mnist_8k.py [ROOT]`.

Reads the Debian package `dataset-fashion-mnist` or torchvision's files below ROOT (downloaded if need be), draws 800
train and 200 test images of each class with a fixed seed, and writes the same bytes every time.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from fdmat_core.datasets import fashion_mnist
from fdmat_core.datasets.fashion_mnist_8k import FILE

SEED, PER_CLASS = 0, {"train": 800, "test": 200}


def choose(labels: np.ndarray) -> np.ndarray:
    """The ids (10000,) of the subset, ascending: per class, 800 train and 200 test items drawn without replacement."""
    rng = np.random.default_rng(SEED)
    chosen = []
    for split, first, last in (("train", 0, fashion_mnist.TRAIN), ("test", fashion_mnist.TRAIN, len(labels))):
        for label in range(len(fashion_mnist.CLASSES)):
            members = first + np.flatnonzero(labels[first:last] == label)
            chosen.append(rng.choice(members, PER_CLASS[split], replace=False))
    return np.sort(np.concatenate(chosen))


def write(file: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write a compressed .npz whose bytes do not depend on the time of day."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, 9)


def main() -> None:
    """Find Fashion-MNIST, choose, write."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else "data")
    images, labels = fashion_mnist.read(fashion_mnist.find(root))
    ids = choose(labels)
    write(
        FILE,
        {
            "ids": ids.astype(np.int32),
            "labels": labels[ids].astype(np.uint8),
            "images": np.ascontiguousarray(images[ids, ..., 0]),
        },
    )
    print(f"{FILE.name}: {len(ids)} images, {FILE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
