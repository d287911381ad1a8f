"""Hugging Face's datasets: what save_to_disk writes, Parquet as the hub keeps it, and what is broken in either."""

import io
import json
import sys
from typing import Any

import numpy as np
import pyarrow
import pytest
from PIL import Image
from pyarrow import parquet

from fdmat_core import datasets
from fdmat_core.spec import Choice

TYPES = {
    "image": {"_type": "Image"},
    "label": {"_type": "ClassLabel", "names": ["cat", "bird", "dog"]},
    "text": {"_type": "Value", "dtype": "string"},
}


def png(value):
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9), (value, 0, 0)).save(buffer, "PNG")
    return {"bytes": buffer.getvalue(), "path": f"{value}.png"}


def pictures(numbers) -> dict[str, list[Any]]:
    """Columns of images, labels cat and dog in turn, and text."""
    return {
        "image": [png(5 * i) for i in numbers],
        "label": [2 * (i % 2) for i in numbers],
        "caption": [f"number {i}" for i in numbers],
        "year": [2000 + i for i in numbers],
    }


def write(file, columns, types=TYPES, **settings):
    """A Parquet file with Hugging Face's note in its schema, in row groups of three."""
    file.parent.mkdir(parents=True, exist_ok=True)
    table = pyarrow.table(columns)
    if types:
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": types}})})
    parquet.write_table(table, file, row_group_size=3, **settings)
    return file


def load(path, **settings):
    return datasets.load(Choice.of("huggingface", path=str(path), **settings))


def said(data):
    return "\n".join(map(str, data.findings))


def test_a_folder_as_the_hub_keeps_it(tmp_path):
    write(tmp_path / "data" / "test-00000-of-00001.parquet", pictures(range(10, 14)))
    write(tmp_path / "data" / "train-00001-of-00002.parquet", pictures(range(5, 10)))
    write(tmp_path / "data" / "train-00000-of-00002.parquet", pictures(range(5)))
    (tmp_path / "README.md").write_text("a card")
    assert datasets.recognise(tmp_path).choice.name == "huggingface"
    data = datasets.open(tmp_path)
    assert data.classes == ("cat", "dog") and data.labels.tolist() == [0, 1] * 7
    assert said(data) == "all images are 9 x 9: scaled to 64 x 64; size=9 decides otherwise"
    assert data.splits["train"].tolist() == list(range(10)) and data.splits["test"].tolist() == [10, 11, 12, 13]
    assert data.images(np.array([13, 4, 8]))[:, 30, 30, 0].tolist() == [65, 20, 40]
    assert data.fields["text"][12] == "number 12" and data.fields["year"][3] == 2003


def test_one_file_with_the_note_is_taken_for_it_and_others_are_not(tmp_path):
    assert datasets.open(write(tmp_path / "one.parquet", pictures(range(10)))).classes == ("cat", "dog")
    plain = write(tmp_path / "two.parquet", pictures(range(10)), types=None)
    assert datasets.recognise(plain).choice.name == "manifest" and load(plain).classes == ("0", "2")
    note = {"huggingface": "{"}
    parquet.write_table(pyarrow.table(pictures(range(10))).replace_schema_metadata(note), tmp_path / "three.parquet")
    assert datasets.recognise(tmp_path / "three.parquet").choice.name == "manifest"


def test_vectors_and_numbers_are_features(tmp_path):
    vectors = {"emb": [[float(i), 1.0] for i in range(10)], "label": [0, 1] * 5, "note": ["a"] * 10}
    data = load(write(tmp_path / "a.parquet", vectors))
    assert data.images is None and data.features[7].tolist() == [7, 1] and set(data.fields) == {"note"}
    numbers = {"x": np.arange(10.0), "y": np.arange(10.0) ** 2, "target": ["u", "v"] * 5}
    data = load(write(tmp_path / "b.parquet", numbers, types=None))
    assert data.features[3].tolist() == [3, 9] and data.classes == ("u", "v")
    assert data.columns == ("x", "y")
    with pytest.raises(ValueError, match=r"emb has 1 numbers in row 4 of c\.parquet, 2 in the first"):
        load(write(tmp_path / "c.parquet", vectors | {"emb": [[1.0] * (1 if i == 4 else 2) for i in range(10)]}))
    with pytest.raises(ValueError, match="no column of images and none of numbers"):
        load(write(tmp_path / "d.parquet", {"text": list("abcdefghij"), "label": [0, 1] * 5}))


def test_columns_that_may_hold_the_labels_are_named(tmp_path):
    table = {"x": np.arange(10.0), "kind": ["u", "v"] * 5, "note": list("abcdefghij")}
    data = load(write(tmp_path / "a.parquet", table, types=None))
    (found,) = [one for one in data.findings if one.action == "taken as data without labels"]
    assert found.text.endswith("fine_label; kind has 2 different words") and found.switch == "label=kind"


def test_labels_that_are_missing_or_beyond_the_names(tmp_path):
    columns = pictures(range(10))
    columns["label"][3], columns["label"][4] = None, -1
    data = load(write(tmp_path / "a.parquet", columns))
    assert set(range(10)) - set(data.ids.tolist()) == {3, 4} and "2 of 10 rows have no label" in said(data)
    columns["label"][5] = 3
    with pytest.raises(ValueError, match="label is 3 in row 5, but there are 3 classes"):
        load(write(tmp_path / "b.parquet", columns))
    assert not load(tmp_path / "b.parquet", label="none").labelled
    columns["year"] = [2000 + row % 2 for row in range(10)]
    assert load(write(tmp_path / "c.parquet", columns), label="year").classes == ("2000", "2001")


def test_parts_that_name_their_classes_differently(tmp_path):
    other = TYPES | {"label": {"_type": "ClassLabel", "names": ["dog", "fox", "cat"]}}
    write(tmp_path / "train.parquet", pictures(range(6)))
    write(tmp_path / "test.parquet", pictures(range(4)), types=other)
    data = load(tmp_path)
    assert data.classes == ("cat", "dog") and data.labels.tolist() == [0, 1] * 3 + [1, 0] * 2


def test_images_that_cannot_be_read_are_left_out_and_named(tmp_path):
    columns = pictures(range(10))
    columns["image"][2] = {"bytes": b"garbage", "path": None}
    columns["image"][5] = {"bytes": None, "path": "/etc/hostname"}
    columns["image"][6] = {"bytes": None, "path": None}
    columns["image"][7] = None
    columns["image"][8] = {"bytes": None, "path": "8.png"}
    Image.new("RGB", (9, 9)).save(tmp_path / "8.png")
    data = load(write(tmp_path / "a.parquet", columns))
    assert set(range(10)) - set(data.ids.tolist()) == {2, 5, 6, 7}
    assert "row 2 of a.parquet: no image in a format" in said(data) and "leads out of the folder" in said(data)


def test_configurations_columns_and_splits_must_agree(tmp_path):
    write(tmp_path / "a" / "plain" / "train.parquet", pictures(range(6)))
    write(tmp_path / "a" / "other" / "train.parquet", pictures(range(6)))
    with pytest.raises(ValueError, match=r"several configurations \(other, plain\)"):
        load(tmp_path / "a")
    assert len(load(tmp_path / "a" / "plain").ids) == 6
    write(tmp_path / "b" / "train.parquet", pictures(range(6)))
    write(tmp_path / "b" / "test.parquet", {"image": [png(1)], "label": [0]})
    with pytest.raises(ValueError, match=r"test\.parquet has the columns label"):
        load(tmp_path / "b")
    write(tmp_path / "c" / "train.parquet", pictures(range(6)))
    write(tmp_path / "c" / "more.parquet", pictures(range(6)))
    with pytest.raises(ValueError, match=r"more\.parquet does not say"):
        load(tmp_path / "c")


def test_columns_of_other_things_are_passed_over(tmp_path):
    boxes = {"objects": [{"area": 1, "box": [1, 2]}] * 10, "when": pyarrow.array([0] * 10, pyarrow.timestamp("s"))}
    data = load(write(tmp_path / "a.parquet", pictures(range(10)) | boxes))
    assert "columns objects, when hold neither words nor numbers" in said(data)


@pytest.mark.parametrize("keep", [0, 3, 100, -5, -300])
def test_broken_parquet_is_refused_in_words(tmp_path, keep):
    file = write(tmp_path / "a" / "train.parquet", pictures(range(10)))
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"train\.parquet cannot be read as Parquet"):
        datasets.open(tmp_path / "a")


def test_words_that_are_no_text_are_refused_in_words(tmp_path):
    bad = pyarrow.array([b"\xff\xfe"] * 10, pyarrow.binary()).view(pyarrow.string())
    file = write(tmp_path / "a.parquet", pictures(range(10)) | {"caption": bad})
    with pytest.raises(ValueError, match=r"a\.parquet cannot be read as Parquet"):
        load(file)


def test_no_rows_and_no_files(tmp_path):
    with pytest.raises(ValueError, match="has no rows"):
        load(write(tmp_path / "a.parquet", {"x": pyarrow.array([], pyarrow.float64())}))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no \.parquet and no saved dataset"):
        load(tmp_path / "empty")


@pytest.fixture
def saved(tmp_path):
    """A DatasetDict of ten train and four test items, as save_to_disk writes it."""
    package = pytest.importorskip("datasets")
    features = package.Features(
        {
            "image": package.Image(),
            "label": package.ClassLabel(names=["cat", "bird", "dog"]),
            "caption": package.Value("string"),
            "year": package.Value("int64"),
        }
    )
    parts = {"train": range(10), "test": range(10, 14)}
    whole = {name: package.Dataset.from_dict(pictures(rows), features=features) for name, rows in parts.items()}
    package.DatasetDict(whole).save_to_disk(str(tmp_path / "saved"))
    return tmp_path / "saved"


def test_what_save_to_disk_wrote(saved):
    assert datasets.recognise(saved).choice.name == "huggingface"
    data = datasets.open(saved)
    assert data.classes == ("cat", "dog") and data.splits["test"].tolist() == [10, 11, 12, 13]
    assert data.images(np.array([13, 4]))[:, 30, 30, 0].tolist() == [65, 20]
    assert data.fields["text"][12] == "number 12"
    one = datasets.open(saved / "train")
    assert len(one.ids) == 10 and len(one.splits["test"]) == 2


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train"]}')
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ValueError, match=r'pip install "fdmat-explorer\[hf-datasets\]"'):
        datasets.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("dataset_dict.json", b"{"),
        ("dataset_dict.json", b'{"splits": ["other"]}'),
        ("train/state.json", b"{}"),
        ("train/state.json", b'{"_data_files": [{"filename": "../test/data-00000-of-00001.arrow"}]}'),
        ("train/dataset_info.json", b"garbage"),
        ("train/data-00000-of-00001.arrow", b"garbage"),
        ("train/data-00000-of-00001.arrow", b""),
    ],
)
def test_a_broken_saved_dataset_is_refused_in_words(saved, name, content):
    (saved / name).write_bytes(content)
    with pytest.raises(ValueError, match="save it again"):
        datasets.open(saved)
