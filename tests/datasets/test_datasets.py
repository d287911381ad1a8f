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
        fashion_mnist.read_idx(file)


def test_a_seed_chooses_what_is_held_out():
    one, other = (datasets.load(Choice.of("digits", seed=seed)) for seed in (0, 1))
    assert one.key != other.key and set(one.splits["test"]) != set(other.splits["test"])
    assert np.array_equal(one.labels, other.labels)


def test_hold_out_takes_a_share_of_every_class_and_leaves_one():
    labels = np.repeat([0, 1, 2], [50, 10, 1])
    test = datasets.hold_out(labels, 0.2, seed=0)
    assert np.bincount(labels[test], minlength=3).tolist() == [10, 2, 0]


def test_the_mixture_is_as_large_as_asked():
    data = datasets.load(Choice.of("mixture", n=100, classes=4, d=3, seed=5))
    assert data.features.shape == (100, 3) and len(data.split("test").ids) == 20 and data.features.min() >= 0
    with pytest.raises(ValueError, match="n is 5; give 10 to"):
        datasets.load(Choice.of("mixture", n=5))


def save_npz(tmp_path, **arrays):
    rng = np.random.default_rng(0)
    whole = {"features": rng.random((40, 3)), "labels": np.repeat([3, 7], 20)} | arrays
    np.savez(tmp_path / "mine.npz", **{name: array for name, array in whole.items() if array is not None})
    return Choice.of("arrays", path=str(tmp_path / "mine.npz"))


def test_features_of_ones_own(tmp_path):
    choice = save_npz(tmp_path, ids=np.arange(40) * 10 + 5)
    data = datasets.load(choice)
    assert data.classes == ("3", "7") and data.ids[:2].tolist() == [5, 15] and data.features.dtype == np.float32
    assert np.bincount(data.split("test").labels).tolist() == [4, 4]
    first = data.key
    save_npz(tmp_path, ids=np.arange(40) * 10 + 6)
    assert datasets.load(choice).key != first


def test_test_items_of_ones_own_go_on_from_the_largest_id(tmp_path):
    choice = save_npz(
        tmp_path,
        labels=np.repeat(["cat", "dog"], 20),
        test_features=np.ones((2, 3)),
        test_labels=np.array(["dog", "eel"]),
    )
    data = datasets.load(choice)
    assert data.splits["test"].tolist() == [40, 41] and data.classes == ("cat", "dog", "eel")
    assert data.split("test").labels.tolist() == [1, 2] and data.split("test").features.tolist() == [[1, 1, 1]] * 2


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"labels": None}, "must hold features and labels"),
        ({"label": np.zeros(40)}, "may hold ids, test_features"),
        ({"labels": np.zeros(39)}, r"labels has shape \(39,\); give \(40,\)"),
        ({"labels": np.full(40, 0.5)}, "labels of type float64 are not all whole numbers"),
        ({"features": np.zeros(40)}, r"features has shape \(40,\); give \(n, d\)"),
        ({"features": np.where(np.eye(40, 3), np.nan, 0)}, r"not finite at row 0, column 0 \(3 such values\)"),
        ({"features": np.full((40, 3), "x")}, "features holds values that are no numbers"),
        ({"ids": np.zeros(40, int)}, "id 0 occurs more than once"),
        ({"test_features": np.zeros((2, 3))}, "test_labels is missing"),
        ({"test_features": np.zeros((2, 4)), "test_labels": np.zeros(2)}, "test_features is 4 wide, features 3"),
    ],
)
def test_wrong_arrays_are_refused_in_words(tmp_path, arrays, message):
    with pytest.raises(ValueError, match=message):
        datasets.load(save_npz(tmp_path, **arrays))


def test_pickles_and_missing_files_are_refused(tmp_path):
    np.savez(tmp_path / "mine.npz", features=np.array([{"a": 1}], dtype=object), labels=np.zeros(1))
    (tmp_path / "text.npz").write_text("hello")
    for name in ("mine.npz", "text.npz"):
        with pytest.raises(ValueError, match=r"is no \.npz file of plain arrays"):
            datasets.load(Choice.of("arrays", path=str(tmp_path / name)))
    with pytest.raises(ValueError, match="which is no file"):
        datasets.load("arrays")


def test_a_table_of_ones_own(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("id,width,kind,height\n" + "".join(f"{100 + i},{i},{'ab'[i % 2]},{i * i}\n" for i in range(20)))
    data = datasets.load(Choice.of("arrays", path=str(file), label="kind"))
    assert data.classes == ("a", "b") and data.ids[:2].tolist() == [100, 101]
    assert data.features[3].tolist() == [3, 9] and data.labels[:3].tolist() == [0, 1, 0]
    with pytest.raises(ValueError, match="no such column; it has id, width, kind, height"):
        datasets.load(Choice.of("arrays", path=str(file)))
    file.write_text("x,label\n1,a\n2,\n")
    with pytest.raises(ValueError, match="label is empty in row 1"):
        datasets.load(Choice.of("arrays", path=str(file)))


def save_image(file, colour, size=(20, 10)):
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(file)


def test_images_of_ones_own(tmp_path):
    for number in range(10):
        save_image(tmp_path / "red" / f"{number}.png", (200 + number, 0, 0))
        save_image(tmp_path / "blue" / "deep" / f"{number}.png", (0, 0, 200 + number), size=(9, 30))
    (tmp_path / "blue" / "notes.txt").write_text("not an image")
    data = datasets.load(Choice.of("folder", path=str(tmp_path), size=8))
    assert data.classes == ("blue", "red") and data.labels.tolist() == [0] * 10 + [1] * 10
    assert np.bincount(data.split("test").labels).tolist() == [2, 2]
    images = data.images(np.array([19, 3]))
    assert images.shape == (2, 8, 8, 3) and images[0, 4, 4].tolist() == [209, 0, 0] and images[1, 0, 0, 2] == 203
    save_image(tmp_path / "red" / "new.png", (1, 2, 3))
    assert datasets.load(Choice.of("folder", path=str(tmp_path), size=8)).key != data.key


def test_train_and_test_folders(tmp_path):
    for split, count in (("train", 4), ("test", 2)):
        for number in range(count):
            save_image(tmp_path / split / "cat" / f"{number}.png", (number, 0, 0))
            save_image(tmp_path / split / "dog" / f"{number}.png", (0, number, 0))
    data = datasets.load(Choice.of("folder", path=str(tmp_path)))
    assert data.splits["train"].tolist() == list(range(8)) and data.splits["test"].tolist() == [8, 9, 10, 11]
    assert data.split("test").labels.tolist() == [0, 0, 1, 1]
    assert data.images(data.ids[[11]])[0, 0, 0].tolist() == [0, 1, 0]


def test_unreadable_images_are_left_out_with_a_warning(tmp_path):
    for number in range(6):
        save_image(tmp_path / "a" / f"{number}.png", (number, 0, 0), size=(50, 50))
    whole = (tmp_path / "a" / "2.png").read_bytes()
    (tmp_path / "a" / "2.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a" / "4.png").write_text("no image")
    for _ in range(2):  # the second time from memory
        with pytest.warns(UserWarning, match=r"2 of 6 images cannot be read and are left out, first a.2\.png"):
            data = datasets.load(Choice.of("folder", path=str(tmp_path)))
        assert data.ids.tolist() == [0, 1, 3, 5] and data.images(np.array([5]))[0, 0, 0, 0] == 5


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no images in folders below"):
        datasets.load(Choice.of("folder", path=str(tmp_path)))
    with pytest.raises(ValueError, match="which is no folder"):
        datasets.load("folder")


def test_an_unknown_image_is_refused():
    data = datasets.load("digits")
    with pytest.raises(ValueError, match="no image with id 5000"):
        data.images(np.array([1, 5000]))
