"""The bundled dataset: 8,000 train and 2,000 test images of Fashion-MNIST, as many of every class."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from fdmat_core.datasets import getter
from fdmat_core.datasets.fashion_mnist import CLASSES, TRAIN
from fdmat_core.registry import dataset
from fdmat_core.store import provenance
from fdmat_core.types import Dataset

#: Written by scripts/make_fashion_mnist_8k.py; the .txt beside it has its licence and how it was drawn.
FILE = Path(__file__).with_suffix(".npz")


@dataset(
    "fashion_mnist_8k",
    title="Fashion-MNIST sample",
    licence="MIT, Zalando SE 2017",
    source="a seeded, class-balanced subset of Xiao, Rasul, Vollgraf, arXiv 1708.07747, 2017",
)
def fashion_mnist_8k() -> Dataset:
    """Load the subset of Fashion-MNIST that comes with this program; nothing is downloaded.

    Item ids are those of `fashion_mnist`: positions in the original files, test after train.
    """
    ids, labels, images = _read()
    return Dataset(
        name="fashion_mnist_8k",
        ids=ids,
        labels=labels,
        classes=CLASSES,
        splits={"train": ids[ids < TRAIN], "test": ids[ids >= TRAIN]},
        key=provenance.data("fashion_mnist_8k", 1),
        images=getter(ids, images),
    )


@lru_cache(maxsize=1)
def _read() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with np.load(FILE, allow_pickle=False) as stored:
        return stored["ids"].astype(np.int64), stored["labels"].astype(np.int64), stored["images"][..., None]
