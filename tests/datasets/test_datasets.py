"""Datasets: what is bundled is what was published, and files of one's own are read or refused in words."""

import gzip
import importlib.util
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fdmat_core import datasets, registry
from fdmat_core.datasets import fashion_mnist, fashion_mnist_8k
from fdmat_core.reading import idx, places, splits
from fdmat_core.spec import Choice

BUILT_IN = ("digits", "fashion_mnist_8k", "mixture")
packaged = pytest.mark.skipif(not fashion_mnist.PACKAGED.is_dir(), reason="needs the package dataset-fashion-mnist")


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_dataset_keeps_the_contract(name):
    data, again = datasets.load(name), datasets.load(name)
    train, test = data.split("train"), data.split("test")
    assert data.name == name and data.key == again.key
    assert not set(train.ids) & set(test.ids) and len(train.ids) + len(test.ids) == len(data.ids)
    assert set(np.unique(train.labels)) == set(np.unique(test.labels)) == set(range(len(data.classes)))
    if registry.datasets.get(name).facts.images:
        images = data.images(test.ids[:3])
        assert images.dtype == np.uint8 and images.ndim == 4 and images.shape[-1] in (1, 3)
        assert np.array_equal(images[::-1], data.images(test.ids[:3][::-1]))
    else:
        assert data.images is None and data.features.shape[0] == len(data.ids)


@pytest.mark.parametrize("name", registry.datasets.all())
def test_every_dataset_says_what_it_is(name):
    entry = registry.datasets.get(name)
    assert entry.title and entry.facts.licence and entry.facts.source and entry.summary.endswith(".")
    assert all(parameter.help for parameter in entry.parameters)


def test_the_bundled_subset_is_small_and_balanced():
    data = datasets.load("fashion_mnist_8k")
    assert fashion_mnist_8k.FILE.stat().st_size < 6e6
    assert np.bincount(data.split("train").labels).tolist() == [800] * 10
    assert np.bincount(data.split("test").labels).tolist() == [200] * 10
    licence = fashion_mnist_8k.FILE.with_suffix(".txt").read_text()
    assert "MIT License" in licence and "make_fashion_mnist_8k.py" in licence


@packaged
def test_the_bundled_subset_is_part_of_the_original_with_the_same_ids():
    small, full = datasets.load("fashion_mnist_8k"), datasets.load("fashion_mnist")
    assert np.array_equal(small.labels, full.labels[full.rows_of(small.ids)])
    assert np.array_equal(small.images(small.ids), full.images(small.ids))
    assert set(small.splits["test"]) <= set(full.splits["test"]) and len(full.splits["train"]) == 60_000


@packaged
def test_the_script_makes_the_bundled_file_again(tmp_path):
    path = Path(__file__).parents[2] / "scripts" / "make_fashion_mnist_8k.py"
    spec = importlib.util.spec_from_file_location("make", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    images, labels = fashion_mnist.read(fashion_mnist.PACKAGED)
    ids = script.choose(labels)
    assert np.array_equal(ids, datasets.load("fashion_mnist_8k").ids)
    script.write(tmp_path / "one.npz", {"ids": ids, "images": images[ids[:50]]})
    script.write(tmp_path / "two.npz", {"ids": ids, "images": images[ids[:50]]})
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def write_idx(folder, packed):
    """A Fashion-MNIST of 3 train and 2 test items, each image filled with its place."""
    folder.mkdir(parents=True)
    for name, n in zip(fashion_mnist.FILES, (3, 2, 3, 2), strict=True):
        images = "images" in name
        shape = (n, 28, 28) if images else (n,)
        values = np.arange(n, dtype=np.uint8).reshape((n, 1, 1) if images else (n,)) + (100 if "t10k" in name else 0)
        head = bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}i", *shape)
        body = head + np.broadcast_to(values, shape).tobytes()
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(body) if packed else body)


@pytest.mark.parametrize("packed", [True, False])
def test_fashion_mnist_is_found_in_a_torchvision_folder(tmp_path, monkeypatch, packed):
    monkeypatch.setattr(fashion_mnist, "PACKAGED", tmp_path / "nowhere")
    write_idx(tmp_path / "FashionMNIST" / "raw", packed)
    images, labels = fashion_mnist.read(fashion_mnist.find(tmp_path))
    assert images.shape == (5, 28, 28, 1) and images[:, 5, 5, 0].tolist() == labels.tolist() == [0, 1, 2, 100, 101]


def test_fashion_mnist_says_where_it_looked(tmp_path, monkeypatch):
    import torchvision

    def offline(root, download):
        raise RuntimeError("no network")

    monkeypatch.setattr(fashion_mnist, "PACKAGED", tmp_path / "nowhere")
    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", offline)
    with pytest.raises(ValueError, match="package dataset-fashion-mnist") as error:
        datasets.load(Choice.of("fashion_mnist", root=str(tmp_path)))
    assert str(tmp_path / "FashionMNIST" / "raw") in str(error.value)


def test_a_damaged_file_is_named(tmp_path):
    file = tmp_path / "train-images-idx3-ubyte.gz"
    file.write_bytes(gzip.compress(bytes(500))[:20])
    with pytest.raises(ValueError, match=r"train-images-idx3-ubyte\.gz is damaged"):
        idx.read(file)


def test_a_seed_chooses_what_is_held_out():
    one, other = (datasets.load(Choice.of("digits", seed=seed)) for seed in (0, 1))
    assert one.key != other.key and set(one.splits["test"]) != set(other.splits["test"])
    assert np.array_equal(one.labels, other.labels)


def test_hold_out_takes_a_share_of_every_class_and_leaves_one():
    labels = np.repeat([0, 1, 2], [50, 10, 1])
    test = splits.hold_out(labels, 0.2, seed=0)
    assert np.bincount(labels[test], minlength=3).tolist() == [10, 2, 0]


def test_the_mixture_is_as_large_as_asked():
    data = datasets.load(Choice.of("mixture", n=100, classes=4, d=3, seed=5))
    assert data.features.shape == (100, 3) and len(data.split("test").ids) == 20 and data.features.min() >= 0
    with pytest.raises(ValueError, match="n is 5; give 10 to"):
        datasets.load(Choice.of("mixture", n=5))


def test_an_unknown_image_is_refused():
    data = datasets.load("digits")
    with pytest.raises(ValueError, match="no image with id 5000"):
        data.images(np.array([1, 5000]))


def test_a_folder_is_walked_once(tmp_path, monkeypatch):
    """By four recognisers and the loader; a file that comes later is seen the next time."""
    for number in range(8):
        file = tmp_path / "set" / "ab"[number % 2] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9), (number, 0, 0)).save(file)
    walked = []
    look = places._children
    monkeypatch.setattr(places, "_children", lambda top, skipped: walked.append(top.name) or look(top, skipped))
    assert len(datasets.open(tmp_path / "set").ids) == 8
    assert sorted(walked) == ["a", "b", "set"]
    Image.new("RGB", (9, 9)).save(tmp_path / "set" / "a" / "9.png")
    assert len(datasets.open(tmp_path / "set").ids) == 9


def test_what_is_passed_over_is_said_by_everyone_who_walks(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "gone.png").symlink_to(tmp_path / "nowhere")
    with places.walked_once():
        for _ in range(2):
            skipped = []
            assert not list(places.walk(tmp_path, tmp_path, skipped))
            assert [one.why for one in skipped] == ["a link that leads nowhere"]


def test_data_are_loaded_once_where_that_is_asked_for(tmp_path):
    np.save(tmp_path / "mine.npy", np.random.default_rng(0).random((20, 3)))
    choice = Choice.of("arrays", path=str(tmp_path / "mine.npy"))
    with datasets.loaded_once():
        first = datasets.load(choice)
        assert datasets.load(Choice.of("arrays", path=str(tmp_path / "mine.npy"), seed=0)) is first
        assert datasets.load(Choice.of("arrays", path=str(tmp_path / "mine.npy"), seed=1)) is not first
    assert datasets.load(choice) is not first
