"""Images of one's own: folders in every arrangement, and what is left out of them."""

import os

import numpy as np
import pytest
from PIL import Image

from fdmat_core import datasets
from fdmat_core.spec import Choice


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


HELD_OUT = "no split given: 20% of the items are held out for testing; test_share decides otherwise"


def said(data):
    """All findings as text."""
    return "\n".join(map(str, data.findings))


def test_unreadable_images_are_left_out_and_named(tmp_path):
    for number in range(6):
        save_image(tmp_path / "a" / f"{number}.png", (number, 0, 0), size=(50, 50))
    whole = (tmp_path / "a" / "2.png").read_bytes()
    (tmp_path / "a" / "2.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a" / "4.png").write_text("no image")
    for _ in range(2):  # the second time from memory
        data = datasets.load(Choice.of("folder", path=str(tmp_path)))
        assert "2 of 6 images cannot be read (a/2.png: " in said(data) and "a/4.png: no image in a format" in said(data)
        assert data.ids.tolist() == [0, 1, 3, 5] and data.images(np.array([5]))[0, 0, 0, 0] == 5


@pytest.mark.parametrize(
    ("shape", "size", "words"),
    [
        ((28, 28), 64, "all images are 28 x 28: scaled to 64 x 64; size=28 decides otherwise"),
        ((100, 100), 64, "all images are 100 x 100: scaled to 64 x 64; size=100 decides otherwise"),
        ((20, 10), 8, "all images are 20 x 10: scaled and cut to 8 x 8; size=10 decides otherwise"),
        ((20, 10), 10, "all images are 20 x 10: cut to 10 x 10"),
        ((4, 4), 8, "all images are 4 x 4: scaled to 8 x 8"),
        ((1000, 700), 64, "all images are 1,000 x 700: scaled and cut to 64 x 64; size=512 decides otherwise"),
        ((28, 28), 28, ""),
    ],
)
def test_that_images_are_scaled_is_said(tmp_path, shape, size, words):
    for number in range(3):
        save_image(tmp_path / "mine" / f"{number}.png", (number, 0, 0), size=shape)
    for _ in range(2):  # the second time from memory
        assert said(load(tmp_path / "mine", size=size)) == "\n".join(filter(None, [words, HELD_OUT]))
    save_image(tmp_path / "mine" / "3.png", (3, 0, 0), size=(9, 9))
    assert said(load(tmp_path / "mine", size=size)) == (
        f"images have 2 different sizes: scaled and cut to {size} x {size}; size=N decides otherwise\n{HELD_OUT}"
    )


def test_a_folder_without_images_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no images in folders below"):
        datasets.load(Choice.of("folder", path=str(tmp_path)))
    with pytest.raises(ValueError, match="path is empty"):
        datasets.load("folder")
    (tmp_path / "notes.txt").write_text("no image")
    with pytest.raises(ValueError, match=r"it holds 1 \.txt"):
        datasets.load(Choice.of("folder", path=str(tmp_path)))


def load(folder, **settings):
    return datasets.load(Choice.of("folder", path=str(folder), **settings))


def test_images_without_folders_have_no_labels(tmp_path):
    for number in range(5):
        save_image(tmp_path / f"{number}.png", (number, 0, 0))
    data = load(tmp_path)
    assert not data.labelled and len(data.ids) == 5 and len(data.splits["test"]) == 1


def test_validation_folders_are_seen(tmp_path):
    for split, count in (("Train", 4), ("valid", 2)):
        for number in range(count):
            for name in ("cat", "dog"):
                save_image(tmp_path / split / name / f"{number}.png", (number, 0, 0))
    data = load(tmp_path)
    assert data.splits["test"].tolist() == [8, 9, 10, 11] and "4 validation items: used for testing" in said(data)
    save_image(tmp_path / "test" / "cat" / "0.png", (9, 9, 9))
    assert load(tmp_path).splits["test"].tolist() == [12] and "4 validation items: left out" in said(load(tmp_path))
    assert len(load(tmp_path, validation="train").splits["train"]) == 12


def test_more_bits_and_transparency_become_plain_colours(tmp_path):
    (tmp_path / "a").mkdir()
    deep = np.full((8, 8), 32896, dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "a" / "0.png")
    Image.fromarray(np.full((8, 8), 0.5, dtype=np.float32)).save(tmp_path / "a" / "1.tif")
    Image.new("RGBA", (8, 8), (200, 0, 0, 0)).save(tmp_path / "a" / "2.png")
    Image.new("L", (8, 8), 7).save(tmp_path / "a" / "3.png")
    data = load(tmp_path)
    seen = data.images(np.arange(4))[:, 4, 4, 0].tolist()
    assert seen == [128, 128, 255, 7] and "more than 8 bits" in said(data) and "different modes" in said(data)


def test_links_and_odd_files_are_passed_over_with_a_word(tmp_path):
    inside, outside = tmp_path / "data", tmp_path / "elsewhere"
    for number in range(4):
        save_image(inside / "a" / f"{number}.png", (number, 0, 0))
    save_image(outside / "secret.png", (1, 1, 1))
    (inside / "a" / "broken.png").symlink_to(tmp_path / "nothing")
    (inside / "a" / "out.png").symlink_to(outside / "secret.png")
    (inside / "a" / "round").symlink_to(inside)
    os.mkfifo(inside / "a" / "pipe.png")
    open(os.path.join(os.fsencode(inside / "a"), b"\xff.png"), "wb").close()
    data = load(inside)
    assert len(data.ids) == 4
    for words in ("leads nowhere", "out of the folder", "holds it", "no regular file", "no valid text"):
        assert words in said(data)
    assert len(load(inside, links=True).ids) == 5


def test_images_that_want_a_package_are_named_with_their_class(tmp_path):
    for number in range(4):
        save_image(tmp_path / "a" / f"{number}.png", (number, 0, 0))
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / f"{number}.heic").write_bytes(b"....ftypheic")
    data = load(tmp_path)
    assert data.classes == ("a",) and "among them all of b" in said(data)


def test_a_huge_image_is_refused_before_it_is_decoded(tmp_path):
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 13_000, 13_000, 8, 0, 0, 0, 0))
    for number in range(3):
        save_image(tmp_path / "a" / f"{number}.png", (number, 0, 0))
    (tmp_path / "a" / "huge.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )
    (tmp_path / "a" / "script.png").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage")
    words = said(load(tmp_path))
    assert "13,000 x 13,000 pixels" in words and "script.png: no image in a format" in words


def test_a_zip_of_a_folder_is_read_like_the_folder(tmp_path):
    import shutil

    for number in range(6):
        save_image(tmp_path / "pets" / ("cat", "dog")[number % 2] / f"{number}.png", (number, 0, 0))
    shutil.make_archive(str(tmp_path / "pets"), "zip", tmp_path, "pets")
    data, packed = load(tmp_path / "pets"), load(tmp_path / "pets.zip")
    assert data.classes == packed.classes and np.array_equal(data.labels, packed.labels)
    assert np.array_equal(data.images(data.ids), packed.images(packed.ids)) and packed.name == "pets"


def test_a_zip_that_writes_outside_or_is_broken_is_refused(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as packed:
        packed.writestr("../out.png", b"x")
    (tmp_path / "text.zip").write_text("no zip")
    for name, words in (("bad.zip", "outside of its folder"), ("text.zip", "cannot be unpacked")):
        with pytest.raises(ValueError, match=words):
            load(tmp_path / name)
    assert not (tmp_path / "out.png").exists()


def test_images_of_phones_are_read_with_their_package(tmp_path):
    heif = pytest.importorskip("pillow_heif")
    (tmp_path / "a").mkdir()
    for number in range(4):
        heif.from_pillow(Image.new("RGB", (32, 32), (50 * number, 0, 0))).save(tmp_path / "a" / f"{number}.heic")
    data = load(tmp_path)
    assert len(data.ids) == 4 and abs(int(data.images(np.array([3]))[0, 30, 30, 0]) - 150) < 12
