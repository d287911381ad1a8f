"""Torchvision's forms on disk: small files in the real layout, sums that must agree, and what is missing or damaged."""

import bz2
import hashlib
import json
import pickle
import struct

import numpy as np
import pytest
import torchvision.datasets as published
from PIL import Image

from fdmat_core import datasets
from fdmat_core.reading.published import IDX, KNOWN
from fdmat_core.spec import Choice


def load(path, **settings):
    return datasets.load(Choice.of("torchvision", path=str(path), **settings))


def idx(values, kind=8, dtype="u1"):
    return (
        bytes([0, 0, kind, values.ndim])
        + struct.pack(f">{values.ndim}i", *values.shape)
        + values.astype(dtype).tobytes()
    )


def write_mnist(root, name="MNIST", files=IDX, n=(6, 3)):
    """Every image is filled with its place among all; labels run 0, 1, 2, 0, ..."""
    folder = root / name / "raw"
    folder.mkdir(parents=True)
    for part, (start, stop) in enumerate(((0, n[0]), (n[0], n[0] + n[1]))):
        places = np.arange(start, stop)
        (folder / files[2 * part]).write_bytes(idx(np.broadcast_to(places[:, None, None], (len(places), 28, 28))))
        (folder / files[2 * part + 1]).write_bytes(idx(places % 3))
    return folder


def md5(file):
    return hashlib.md5(file.read_bytes()).hexdigest()


def test_mnist_is_read_from_its_root_or_its_folder(tmp_path):
    folder = write_mnist(tmp_path)
    for path in (tmp_path, tmp_path / "MNIST", folder):
        choice = datasets.recognise(path).choice
        assert choice.name == "torchvision" and dict(choice.params)["which"] == "MNIST"
        data = datasets.load(choice)
        assert data.classes == ("0 - zero", "1 - one", "2 - two") and data.labels.tolist() == [0, 1, 2] * 3
        assert data.splits["train"].tolist() == list(range(6)) and data.splits["test"].tolist() == [6, 7, 8]
    images = data.images(np.array([7, 2]))
    assert images.shape == (2, 28, 28, 1) and images[:, 5, 5, 0].tolist() == [7, 2]
    small = load(tmp_path, size=16)
    assert small.images(np.array([7])).shape == (1, 16, 16, 3)
    assert "all images are 28 x 28: scaled to 16 x 16; size=28 decides otherwise" in map(str, small.findings)


def test_one_of_several_is_named(tmp_path):
    write_mnist(tmp_path)
    write_mnist(tmp_path, "KMNIST", n=(8, 2))
    with pytest.raises(ValueError, match="holds MNIST, KMNIST; say which=MNIST"):
        load(tmp_path)
    assert load(tmp_path, which="KMNIST").classes == ("o", "ki", "su") and len(datasets.open(tmp_path).ids) == 9


def test_emnist_and_qmnist(tmp_path):
    write_mnist(tmp_path, "EMNIST", KNOWN["EMNIST-letters"].files)
    data = datasets.open(tmp_path / "EMNIST")
    assert data.classes == ("N/A", "a", "b") and data.name == "EMNIST-letters"
    folder = write_mnist(tmp_path / "q", "QMNIST", KNOWN["QMNIST"].files)
    for part, n in enumerate((6, 3)):
        labels = np.zeros((n, 8), dtype=int)
        labels[:, 0] = np.arange(n) % 3
        (folder / KNOWN["QMNIST"].files[2 * part + 1]).write_bytes(idx(labels, 12, ">i4"))
    assert datasets.open(tmp_path / "q").labels.tolist() == [0, 1, 2] * 3


def write_cifar(root, monkeypatch):
    """CIFAR-10 of 20 items in every batch; the red of the first pixel is the place in its batch."""
    folder = root / "cifar-10-batches-py"
    folder.mkdir()
    kind = published.CIFAR10
    for file, _ in [*kind.train_list, *kind.test_list]:
        rows = np.zeros((20, 3072), dtype=np.uint8)
        rows[:, 0] = np.arange(20)
        batch = {b"batch_label": file.encode(), b"labels": [i % 10 for i in range(20)], b"data": rows}
        (folder / file).write_bytes(pickle.dumps({key.decode(): value for key, value in batch.items()}, protocol=2))
    names = [f"thing {number}" for number in range(10)]
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": names}, protocol=2))
    monkeypatch.setattr(kind, "train_list", [[file, md5(folder / file)] for file, _ in kind.train_list])
    monkeypatch.setattr(kind, "test_list", [[file, md5(folder / file)] for file, _ in kind.test_list])
    monkeypatch.setattr(kind, "meta", kind.meta | {"md5": md5(folder / "batches.meta")})
    return folder


@pytest.fixture
def cifar(tmp_path, monkeypatch):
    return write_cifar(tmp_path, monkeypatch)


def test_cifar_is_read_by_torchvision(cifar):
    data = datasets.open(cifar)
    assert len(data.splits["train"]) == 100 and data.splits["test"].tolist() == list(range(100, 120))
    assert data.classes[3] == "thing 3" and data.labels[:12].tolist() == [*range(10), 0, 1]
    images = data.images(np.array([119, 21, 0]))
    assert images.shape == (3, 32, 32, 3) and images[:, 0, 0].tolist() == [[19, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert datasets.open(cifar.parent).key == data.key


class Touch:
    """What a pickle can do: call any function, here one that makes a file."""

    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return open, (str(self.file), "w")


@pytest.mark.parametrize("file", ["data_batch_3", "test_batch", "batches.meta"])
def test_a_file_that_differs_is_named_and_never_unpickled(cifar, tmp_path, file):
    (cifar / file).write_bytes(pickle.dumps({"data": Touch(tmp_path / "touched"), "labels": []}))
    with pytest.raises(ValueError, match=rf"{file} of CIFAR10 differ from the published.*can run code; get them again"):
        datasets.open(cifar)
    assert not (tmp_path / "touched").exists()


def test_files_that_are_missing_are_named(cifar, tmp_path):
    (cifar / "data_batch_3").unlink()
    with pytest.raises(ValueError, match=r"CIFAR10 lacks cifar-10-batches-py/data_batch_3 .*170 MB.*download=true"):
        datasets.open(cifar)
    with pytest.raises(ValueError, match=r"SVHN lacks train_32x32\.mat, test_32x32\.mat below"):
        load(tmp_path, which="SVHN")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no dataset lies.*which=CIFAR10"):
        load(tmp_path / "empty")


def test_a_download_that_fails_is_said(tmp_path, monkeypatch):
    def offline(self):
        raise RuntimeError("no network")

    monkeypatch.setattr(published.MNIST, "download", offline)
    with pytest.raises(ValueError, match=r"\(no network\); get the files elsewhere"):
        load(tmp_path, which="MNIST", download=True)
    monkeypatch.setattr(published.MNIST, "download", lambda self: write_mnist(tmp_path) if self.train else None)
    assert len(load(tmp_path, which="MNIST", download=True).ids) == 9


def test_svhn_and_usps(tmp_path, monkeypatch):
    from scipy import io

    for kind, name in ((published.SVHN, "svhn"), (published.USPS, "usps")):
        (tmp_path / name).mkdir()
        for split, n in (("train", 10), ("test", 5)):
            file = tmp_path / name / kind.split_list[split][1]
            if name == "svhn":
                pixels = np.zeros((32, 32, 3, n), dtype=np.uint8) + np.arange(n, dtype=np.uint8)
                pixels[0] = 200
                io.savemat(file, {"X": pixels, "y": np.arange(1, n + 1)[:, None]})
            else:
                rows = [f"{i + 1} " + " ".join(f"{j + 1}:{i / 10}" for j in range(256)) for i in range(n)]
                file.write_bytes(bz2.compress("\n".join(rows).encode()))
            entry = [kind.split_list[split][0], file.name, md5(file)]
            monkeypatch.setitem(kind.split_list, split, entry)
    data = datasets.open(tmp_path / "svhn")
    assert data.labels.tolist() == [*range(1, 10), 0, 1, 2, 3, 4, 5] and data.classes == tuple("0123456789")
    assert data.images(np.array([9, 12]))[:, 4, 4].tolist() == [[9] * 3, [2] * 3]
    assert (data.images(np.array([9]))[0, :, :, 1] == 200).sum(axis=1).tolist() == [32] + [0] * 31  # the top row
    data = datasets.open(tmp_path / "usps")
    assert data.images(np.array([0])).shape == (1, 16, 16, 1) and data.labels.tolist() == [*range(10), *range(5)]
    (tmp_path / "usps" / "usps.bz2").write_bytes(b"BZh9 garbage")
    with pytest.raises(ValueError, match=r"usps\.bz2 of USPS differ from the published"):
        datasets.open(tmp_path / "usps")


def test_images_in_files_are_tried_and_named(tmp_path):
    """Food-101 as it is published: lists in JSON, images in folders."""
    food = tmp_path / "food-101"
    (food / "meta").mkdir(parents=True)
    lists = {"train": range(6), "test": range(6, 8)}
    for split, places in lists.items():
        whole = {name: [f"{name}/{number}" for number in places] for name in ("apple_pie", "waffles")}
        (food / "meta" / f"{split}.json").write_text(json.dumps(whole))
        for name, files in whole.items():
            (food / "images" / name).mkdir(parents=True, exist_ok=True)
            for file in files:
                Image.new("RGB", (120, 90), (0, 200, 0)).save(food / "images" / f"{file}.jpg")
    (food / "images" / "waffles" / "7.jpg").write_bytes(b"no image")
    (food / "images" / "apple_pie" / "2.jpg").unlink()
    data = datasets.open(food)
    words = "\n".join(map(str, data.findings))
    assert "2 of 16 images of Food101 have no image that can be read" in words and "row 2: " in words
    assert set(range(16)) - set(data.ids.tolist()) == {2, 15} and data.classes == ("apple_pie", "waffles")
    assert data.images(data.ids[:2]).shape == (2, 64, 64, 3) and data.splits["test"].tolist() == [12, 13, 14]


def test_classes_without_names_are_numbers_and_one_part_is_divided(tmp_path):
    for number in range(20):
        file = tmp_path / "eurosat" / "2750" / ("Forest", "River")[number % 2] / f"{number}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (number, 0, 0)).save(file)
    data = datasets.open(tmp_path)
    assert data.name == "EuroSAT" and data.classes == ("Forest", "River") and len(data.splits["test"]) == 4


@pytest.mark.parametrize("content", [b"", b"\0\0\x08", idx(np.zeros((6, 28, 28)))[:300], b"garbage" * 99])
@pytest.mark.parametrize("file", [IDX[0], IDX[1]])
def test_damaged_files_are_refused_in_words(tmp_path, content, file):
    folder = write_mnist(tmp_path)
    (folder / file).write_bytes(content)
    with pytest.raises(ValueError, match=r"MNIST .*; get its files again"):
        datasets.open(tmp_path)


def test_labels_for_other_images_are_refused(tmp_path):
    folder = write_mnist(tmp_path)
    (folder / IDX[1]).write_bytes(idx(np.zeros(5)))
    with pytest.raises(ValueError, match="MNIST has 6 images and 5 labels"):
        datasets.open(tmp_path)


def test_what_an_old_torchvision_left_is_not_read(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / "MNIST" / "processed").mkdir()
    (tmp_path / "MNIST" / "processed" / "training.pt").write_bytes(pickle.dumps(Touch(tmp_path / "touched")))
    with pytest.raises(ValueError, match=r"training\.pt of an old torchvision"):
        datasets.open(tmp_path)


def test_every_name_is_of_a_class_of_torchvision():
    for name, known in KNOWN.items():
        assert hasattr(published, known.made), name


def tree(root, lists, images):
    """Files of text by name, and an image under every name, of its place's red."""
    for name, text in lists.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for place, name in enumerate(images):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (80, 70), (place, 0, 0)).save(root / name)


def lines(pattern, numbers):
    return "".join(pattern.format(i=i, kind=("a", "b")[i % 2], k=i % 2 + 1) + "\n" for i in numbers)


def names(pattern, numbers):
    return lines(pattern, numbers).split()


LAYOUTS = {
    "DTD": (
        {
            f"dtd/dtd/labels/{part}1.txt": lines("{kind}/{i}.png", rows)
            for part, rows in (("train", range(4)), ("val", range(4, 6)), ("test", range(6, 8)))
        },
        names("dtd/dtd/images/{kind}/{i}.png", range(8)),
    ),
    "OxfordIIITPet": (
        {
            "oxford-iiit-pet/annotations/trainval.txt": lines("{kind}_{i} {k} 1 1", range(6)),
            "oxford-iiit-pet/annotations/test.txt": lines("{kind}_{i} {k} 1 1", range(6, 8)),
        },
        names("oxford-iiit-pet/images/{kind}_{i}.jpg", range(8)),
    ),
    "FGVCAircraft": (
        {"fgvc-aircraft-2013b/data/variants.txt": "a\nb\n"}
        | {
            f"fgvc-aircraft-2013b/data/images_variant_{part}.txt": lines("{i} {kind}", rows)
            for part, rows in (("train", range(4)), ("val", range(4, 6)), ("test", range(6, 8)))
        },
        names("fgvc-aircraft-2013b/data/images/{i}.jpg", range(8)),
    ),
    "GTSRB": (
        {"gtsrb/GT-final_test.csv": "Filename;ClassId\n6.ppm;0\n7.ppm;1\n"},
        names("gtsrb/GTSRB/Training/0000{kind}/{i}.ppm", range(6))
        + names("gtsrb/GTSRB/Final_Test/Images/{i}.ppm", (6, 7)),
    ),
    "Country211": (
        {},
        [
            name
            for part, rows in (("train", range(4)), ("valid", range(4, 6)), ("test", range(6, 8)))
            for name in names(f"country211/{part}/{{kind}}/{{i}}.jpg", rows)
        ],
    ),
    "RenderedSST2": (
        {},
        [
            f"rendered-sst2/{part}/{kind}/{i}.png"
            for part, rows in (("train", range(2)), ("valid", range(1)), ("test", range(1)))
            for kind in ("negative", "positive")
            for i in rows
        ],
    ),
    "Imagenette-160px": (
        {},
        [
            f"imagenette2-160/{part}/{kind}/{i}.JPEG"
            for part, rows in (("train", range(3)), ("val", range(1)))
            for kind in ("n01440764", "n02102040")
            for i in rows
        ],
    ),
    "Caltech101": (
        {"caltech101/101_ObjectCategories/BACKGROUND_Google/none.txt": ""},
        [f"caltech101/101_ObjectCategories/{kind}/image_{i:04}.jpg" for kind in ("a", "b") for i in range(1, 5)],
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_of_images_in_files(tmp_path, name):
    tree(tmp_path, *LAYOUTS[name])
    data = datasets.open(tmp_path)
    left_out = 2 if "DTD FGVCAircraft Country211 RenderedSST2".count(name) else 0  # validation items
    assert data.name == name and len(data.ids) == 8 - left_out and len(data.classes) == 2
    assert data.images(data.ids).shape == (len(data.ids), 64, 64, 3) and len(data.splits["test"]) == 2


#: The layouts whose images lie in the order of their places, one class after the other.
IN_ORDER = ("DTD", "OxfordIIITPet", "FGVCAircraft", "GTSRB", "Country211")


@pytest.mark.parametrize("name", [*IN_ORDER, "EuroSAT"])
def test_images_of_mixed_sizes_and_modes_stay_with_their_labels(tmp_path, name):
    """The red of an image says which it is; every class has the even or the odd ones, so that its label can be told."""
    lists, images = LAYOUTS.get(name, ({}, names("eurosat/2750/{kind}/{i}.jpg", range(8))))
    tree(tmp_path, lists, images)
    for place, file in enumerate(images):
        mode, colour = ("L", 30 * place) if place > 5 else ("RGB", (30 * place, 0, 0))
        Image.new(mode, (30 + 13 * place, 95 - 9 * place), colour).save(tmp_path / file)
    data = datasets.open(tmp_path)
    assert data.name == name
    red = data.images(data.ids)[:, 32, 32, 0] / 30
    place = red.round().astype(int)
    assert np.abs(red - place).max() < 0.2 and len(set(place.tolist())) == len(place) >= 6
    assert data.labels.tolist() == (place % 2).tolist()
    if name in IN_ORDER:
        assert sorted(place[data.rows_of(data.splits["test"])].tolist()) == [6, 7]


def test_semeion(tmp_path, monkeypatch):
    """Lines of 256 pixels and ten marks, of which one is the digit."""
    pixels, marks = np.eye(256)[:20], np.eye(10, dtype=int)
    rows = [" ".join([*(f"{one:.4f}" for one in row), *map(str, marks[i % 10])]) for i, row in enumerate(pixels)]
    file = tmp_path / "semeion.data"
    file.write_text("\n".join(rows) + "\n")
    monkeypatch.setattr(published.SEMEION, "md5_checksum", md5(file))
    data = datasets.open(tmp_path)
    images = data.images(data.ids)
    assert data.labels.tolist() == [*range(10)] * 2 and images.shape == (20, 16, 16, 1)
    assert images.reshape(20, 256).argmax(axis=1).tolist() == list(range(20)) and images.max() == 255
    assert set(data.splits) == {"train", "test"}


def test_stl10_and_flowers(tmp_path, monkeypatch):
    from scipy import io

    folder = tmp_path / "stl10_binary"
    folder.mkdir()
    for part, n in (("train", 4), ("test", 2)):
        pixels = np.zeros((n, 3, 96, 96), dtype=np.uint8) + np.arange(n, dtype=np.uint8)[:, None, None, None]
        pixels[..., 0] = 200  # the file goes column by column: of each the topmost
        (folder / f"{part}_X.bin").write_bytes(pixels.tobytes())
        (folder / f"{part}_y.bin").write_bytes(bytes(i % 2 + 1 for i in range(n)))
    (folder / "unlabeled_X.bin").write_bytes(b"")
    (folder / "class_names.txt").write_text("airplane\nbird\n")
    for sums in ("train_list", "test_list"):
        monkeypatch.setattr(
            published.STL10, sums, [[file, md5(folder / file)] for file, _ in getattr(published.STL10, sums)]
        )
    data = datasets.open(folder)
    assert data.classes == ("airplane", "bird") and data.labels.tolist() == [0, 1] * 3
    assert data.images(np.array([5])).shape == (1, 96, 96, 3) and data.images(np.array([5]))[0, 9, 0, 0] == 1
    assert (data.images(np.array([5]))[0, :, :, 1] == 200).sum(axis=1).tolist() == [96] + [0] * 95
    flowers = tmp_path / "flowers-102"
    tree(flowers, {}, [f"jpg/image_{i:05}.jpg" for i in range(1, 9)])
    Image.new("L", (90, 200), 222).save(flowers / "jpg/image_00008.jpg")
    io.savemat(flowers / "imagelabels.mat", {"labels": [1, 2] * 4})
    io.savemat(flowers / "setid.mat", {"trnid": [1, 2, 3, 4], "valid": [5, 6], "tstid": [7, 8]})
    sums = {what: (file, md5(flowers / file)) for what, file in (("label", "imagelabels.mat"), ("setid", "setid.mat"))}
    monkeypatch.setattr(published.Flowers102, "_file_dict", published.Flowers102._file_dict | sums)
    data = datasets.open(flowers)
    assert data.classes == ("pink primrose", "hard-leaved pocket orchid") and data.splits["test"].tolist() == [6, 7]
    images = data.images(data.splits["test"])
    assert images.shape == (2, 64, 64, 3) and np.abs(images[1].astype(int) - 222).max() <= 2 and images[0].max() < 12
