"""Files of MNIST's format: read as they are published, named as published, refused where they do not fit."""

import gzip
import struct

import numpy as np
import pytest

from fdmat_core import datasets
from fdmat_core.datasets import fashion_mnist
from fdmat_core.spec import Choice


def idx(array):
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write(folder, part, labels, *, packed=False, side=5, sign="-"):
    """Images whose first pixel is their number, and the labels given."""
    images = np.zeros((len(labels), side, side), np.uint8)
    images[:, 0, 0] = np.arange(len(labels))
    for name, array in (
        (f"{part}-images{sign}idx3-ubyte", images),
        (f"{part}-labels{sign}idx1-ubyte", np.uint8(labels)),
    ):
        content = idx(array)
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)


@pytest.mark.parametrize(("packed", "sign"), [(False, "-"), (True, "-"), (False, ".")])
def test_parts_become_splits_and_ids_are_positions(tmp_path, packed, sign):
    write(tmp_path, "train", [2, 0, 1, 2], packed=packed, sign=sign)
    write(tmp_path, "t10k", [1, 0], packed=packed, sign=sign)
    found = datasets.recognise(tmp_path)
    data = datasets.open(tmp_path)
    assert found.choice.name == "idx" and data.classes == ("0", "1", "2")
    assert data.splits["train"].tolist() == [0, 1, 2, 3] and data.splits["test"].tolist() == [4, 5]
    assert data.labels.tolist() == [2, 0, 1, 2, 1, 0]
    assert data.images_of(np.array([5, 2])).shape == (2, 5, 5, 1)
    assert data.images_of(np.array([5, 2]))[:, 0, 0, 0].tolist() == [1, 2]


def test_without_test_files_a_share_of_every_class_is_held_out(tmp_path):
    write(tmp_path, "train", [0, 1] * 10)
    data = datasets.load(Choice.of("idx", path=str(tmp_path), test_share=0.3))
    assert len(data.splits["train"]) == 14 and np.bincount(data.split("test").labels).tolist() == [3, 3]


@pytest.mark.skipif(not fashion_mnist.PACKAGED.is_dir(), reason="needs the package dataset-fashion-mnist")
def test_published_files_have_the_published_names():
    data = datasets.open(fashion_mnist.PACKAGED)
    whole = datasets.load("fashion_mnist")
    assert data.classes == whole.classes and np.array_equal(data.labels, whole.labels)
    assert np.array_equal(data.images_of(np.array([69_999])), whole.images_of(np.array([69_999])))


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: f.write_bytes(f.read_bytes()[:-1]), "fewer or more bytes"),
        (lambda f: f.write_bytes(f.read_bytes() + b"x"), "fewer or more bytes"),
        (lambda f: f.write_bytes(b"\0\0\x08\x03" + b"\xff" * 12), "it says that it holds"),
        (lambda f: f.write_bytes(b"PK\x03\x04" + bytes(90)), "header"),
        (lambda f: f.write_bytes(idx(np.zeros((3, 5, 5), np.uint8))), "give images"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, break_it, said):
    write(tmp_path, "train", [0, 1] * 10)
    break_it(tmp_path / "train-images-idx3-ubyte")
    with pytest.raises(ValueError, match=said):
        datasets.open(tmp_path)


def test_parts_of_different_sizes_are_refused(tmp_path):
    write(tmp_path, "train", [0, 1] * 3)
    write(tmp_path, "t10k", [0, 1], side=6)
    with pytest.raises(ValueError, match="different sizes"):
        datasets.open(tmp_path)
