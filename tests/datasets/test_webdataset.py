"""Shards of WebDataset: labels in every form, random access, splits from names, and what is damaged."""

import gzip
import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from fdmat_core import datasets
from fdmat_core.spec import Choice


def png(value, size=(9, 12)):
    buffer = io.BytesIO()
    Image.new("RGB", size, (value, 0, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def npy(values, **settings):
    buffer = io.BytesIO()
    np.save(buffer, values, **settings)
    return buffer.getvalue()


def write(file, members):
    file.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "w") as shard:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            shard.addfile(member, io.BytesIO(content))
    return file


def samples(numbers, label=lambda i: {"cls": str(i % 2).encode()}):
    """Members of a shard: an image of every number, and what the label's function gives."""
    return {
        f"{number:04}.{ending}": content
        for number in numbers
        for ending, content in ({"png": png(5 * number)} | label(number)).items()
    }


def load(path, **settings):
    return datasets.load(Choice.of("webdataset", path=str(path), **settings))


def said(data):
    return "\n".join(map(str, data.findings))


def test_a_shard_is_read_from_its_places(tmp_path):
    file = write(tmp_path / "all.tar", samples(range(10)))
    assert datasets.recognise(file).choice.name == "webdataset"
    data = datasets.open(file)
    assert data.labels.tolist() == [0, 1] * 5 and data.classes == ("0", "1") and len(data.splits["test"]) == 2
    assert data.images(np.array([9, 3]))[:, 30, 30, 0].tolist() == [45, 15]
    assert said(data).splitlines() == [
        "all images are 9 x 12: scaled and cut to 64 x 64; size=9 decides otherwise",
        "no split given: 20% of every class is held out for testing; test_share decides otherwise",
    ]
    assert data.fields["key"][7] == "0007"


def test_names_of_shards_say_the_split(tmp_path):
    write(tmp_path / "pets-test-0000.tar", samples(range(6)))
    write(tmp_path / "pets-train-0001.tar", samples(range(4)))
    write(tmp_path / "pets-train-0000.tar", samples(range(4)))
    data = datasets.open(tmp_path)
    assert data.splits["train"].tolist() == list(range(8)) and data.splits["test"].tolist() == list(range(8, 14))
    assert data.images(np.array([13]))[0, 3, 3, 0] == 25
    write(tmp_path / "more.tar", samples(range(4)))
    with pytest.raises(ValueError, match=r"more\.tar does not say whether it is train"):
        datasets.open(tmp_path)


def test_folders_say_the_split_and_a_file_names_the_classes(tmp_path):
    write(tmp_path / "set" / "train" / "0.tar", samples(range(6)))
    write(tmp_path / "set" / "test" / "0.tar", samples(range(6, 8)))
    (tmp_path / "set" / "classnames.txt").write_text("cat\ndog\nbird\n")
    data = datasets.open(tmp_path / "set")
    assert data.classes == ("cat", "dog") and data.splits["test"].tolist() == [6, 7]
    (tmp_path / "set" / "classnames.txt").write_text("cat\n")
    with pytest.raises(ValueError, match=r"of 1 in classnames\.txt"):
        datasets.open(tmp_path / "set")


def test_labels_and_fields_in_json_and_text(tmp_path):
    def facts(number):
        whole = {"label": ("cat", "dog")[number % 2], "camera": f"no {number}", "box": [1, 2], "width": number}
        return {"json": json.dumps(whole).encode(), "txt": f"a picture of {number}\n".encode()}

    data = datasets.open(write(tmp_path / "a.tar", samples(range(8), facts)))
    assert data.classes == ("cat", "dog") and data.fields["text"][3] == "a picture of 3"
    assert set(data.fields) == {"key", "text", "camera", "width"} and data.fields["camera"][5] == "no 5"


def test_words_and_gaps_as_labels(tmp_path):
    data = datasets.open(
        write(tmp_path / "a.tar", samples(range(9), lambda i: {} if i == 4 else {"cls": b"cat\n" if i % 2 else b"dog"}))
    )
    assert data.classes == ("cat", "dog") and 4 not in data.ids and "1 of 9 rows has no label" in said(data)
    assert not datasets.open(write(tmp_path / "b.tar", samples(range(9), lambda i: {}))).labelled


def test_vectors_without_images(tmp_path):
    members = {f"{i}.npy": npy(np.array([i, 2.0 * i], dtype=np.float16)) for i in range(8)}
    data = datasets.open(write(tmp_path / "a.tar", members | {f"{i}.cls": b"%d" % (i % 2) for i in range(8)}))
    assert data.images is None and data.features[3].tolist() == [3, 6]
    with pytest.raises(ValueError, match=r"5\.npy in b\.tar holds 3 of float64"):
        datasets.open(write(tmp_path / "b.tar", members | {"5.npy": npy(np.zeros(3))}))
    with pytest.raises(ValueError, match=r"5\.npy in c\.tar is no npy file"):
        datasets.open(write(tmp_path / "c.tar", members | {"5.npy": npy(np.array([{}, 1]), allow_pickle=True)}))


def test_samples_without_a_readable_image_are_left_out_and_named(tmp_path):
    members = samples(range(8)) | {"0003.png": png(1)[:40], "0005.png": b"", "x/9.cls": b"1", "0001.seg.png": png(1)}
    data = datasets.open(write(tmp_path / "a.tar", members))
    assert set(range(9)) - set(data.ids.tolist()) == {3, 5, 8}
    assert "0003 in a.tar: " in said(data) and "x/9: no image" in said(data)
    assert "1 file in a.tar is no image" in said(data) and "0001.seg.png" in said(data)


def test_links_and_paths_in_a_shard_do_nothing(tmp_path):
    file = write(tmp_path / "a.tar", samples(range(8)) | {"../../out.png": png(99)})
    with tarfile.open(file, "a") as shard:
        link = tarfile.TarInfo("0099.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        shard.addfile(link)
    data = datasets.open(file)
    assert len(data.fields["key"]) == 8 and "0099" not in data.fields["key"]
    assert not (tmp_path.parent.parent / "out.png").exists()


def test_compressed_shards_are_refused_or_passed_over(tmp_path):
    whole = write(tmp_path / "a.tar", samples(range(8))).read_bytes()
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(whole))
    assert "1 shard is compressed" in said(datasets.open(tmp_path))
    with pytest.raises(ValueError, match=r"b\.tar\.gz is compressed; unpack it to \.tar"):
        load(tmp_path / "b.tar.gz")
    (tmp_path / "c.tar").write_bytes(gzip.compress(whole))
    with pytest.raises(ValueError, match=r"c\.tar is damaged or compressed"):
        load(tmp_path / "c.tar")


@pytest.mark.parametrize("keep", [0, 100, 512, 700, 3000, 9999])
def test_a_shard_that_is_cut_off_is_refused_in_words(tmp_path, keep):
    whole = write(tmp_path / "a.tar", samples(range(8))).read_bytes()
    (tmp_path / "a.tar").write_bytes(whole[:keep])
    with pytest.raises(ValueError, match=r"a\.tar"):
        load(tmp_path / "a.tar")


def test_a_shard_without_its_end_may_be_cut_off(tmp_path):
    members = {f"{i}.png": png(i) for i in range(6)} | {"0.txt": b"1" * 512}
    whole = write(tmp_path / "a.tar", members).read_bytes()
    (tmp_path / "a.tar").write_bytes(whole[: whole.rindex(b"1" * 512) + 512])
    data = load(tmp_path / "a.tar")
    assert "1 of 1 shards has no end" in said(data)


def test_a_shard_beside_images_leaves_the_folder_a_folder(tmp_path):
    write(tmp_path / "all.tar", samples(range(8)))
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.png").write_bytes(png(1))
    assert datasets.recognise(tmp_path).choice.name == "folder"


@pytest.mark.parametrize("content", [b"\0" * 2000, b"garbage" * 500, b"\xff" * 1024])
def test_garbage_is_refused_in_words(tmp_path, content):
    (tmp_path / "a.tar").write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.tar"):
        load(tmp_path / "a.tar")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("0002.json", b"{", r"0002\.json in a\.tar is no json"),
        ("0002.cls", b"\xff\xfe\x00", r"0002\.cls in a\.tar is no cls file in UTF-8"),
        ("0002.txt", b"a" * (2**22 + 1), r"0002\.txt in a\.tar has 4,194,305 bytes"),
    ],
)
def test_broken_parts_are_named(tmp_path, name, content, words):
    with pytest.raises(ValueError, match=words):
        load(write(tmp_path / "a.tar", samples(range(8)) | {name: content}))


def test_a_damaged_shard_is_left_out_and_the_sound_ones_are_read(tmp_path):
    """Its samples before the damage go too: nobody could say which are missing."""
    for name, numbers in (("a", range(8)), ("b", range(8, 16)), ("c", range(16, 24))):
        write(tmp_path / f"{name}.tar", samples(numbers))
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "b.tar").write_bytes(whole[:3000])
    data = datasets.open(tmp_path)
    assert data.fields["key"].tolist() == [f"{number:04}" for number in [*range(8), *range(16, 24)]]
    assert data.images(np.array([8]))[0, 30, 30, 0] == 80
    assert "1 of 3 shards is damaged (b.tar is damaged" in said(data) and "left out with all that they hold" in said(
        data
    )
    (tmp_path / "a.tar").write_bytes(b"")
    (tmp_path / "c.tar").write_bytes(b"garbage" * 500)
    with pytest.raises(ValueError, match=r"a\.tar is damaged"):
        datasets.open(tmp_path)


def test_whole_numbers_that_json_has_with_a_point_are_labels_and_gaps_are_none(tmp_path):
    def label(number):
        return {"json": json.dumps({"label": float(number % 2)} if number else {}).encode()}

    data = load(write(tmp_path / "all.tar", samples(range(10), label)))
    assert data.classes == ("0", "1") and data.ids.tolist() == list(range(1, 10))
    assert data.labels.tolist() == [1, 0] * 4 + [1] and "1 of 10 rows has no label" in said(data)
