"""COCO's form: one category an image, checked paths, and files that are no such thing."""

import json

import numpy as np
import pytest
from PIL import Image

from fdmat_core import datasets
from fdmat_core.spec import Choice


@pytest.fixture
def content(tmp_path):
    """Twelve images with ids 100, 101, ...; the even ones are cats, the odd ones dogs; no image is a bird."""
    (tmp_path / "pictures").mkdir()
    for number in range(12):
        Image.new("RGB", (10, 14), (20 * number, 0, 0)).save(tmp_path / "pictures" / f"{number}.png")
    return {
        "info": {"year": 2024},
        "images": [{"id": 100 + i, "file_name": f"pictures/{i}.png", "width": 10, "height": 14} for i in range(12)],
        "annotations": [
            {"id": i, "image_id": 100 + i % 12, "category_id": (90, 7)[i % 2], "bbox": [0, 0, 1, 1]} for i in range(24)
        ],
        "categories": [{"id": 90, "name": "cat"}, {"id": 3, "name": "bird"}, {"id": 7, "name": "dog"}],
    }


def write(tmp_path, content, name="list.json"):
    file = tmp_path / name
    file.write_text(json.dumps(content))
    return file


def load(file, **settings):
    return datasets.load(Choice.of("coco", path=str(file), **settings))


def said(data):
    return "\n".join(map(str, data.findings))


def test_images_with_ids_and_categories(tmp_path, content):
    file = write(tmp_path, content)
    assert datasets.recognise(file).choice.name == "coco"
    data = datasets.open(file)
    assert data.ids.tolist() == list(range(100, 112)) and data.classes == ("cat", "dog")
    assert data.labels.tolist() == [0, 1] * 6 and len(data.splits["test"]) == 2
    assert data.images(np.array([107, 101]))[:, 9, 9, 0].tolist() == [140, 20]
    assert said(data).splitlines() == [
        "all images are 10 x 14: scaled and cut to 64 x 64; size=10 decides otherwise",
        "no split given: 20% of every class is held out for testing; test_share decides otherwise",
    ]
    assert data.fields["file"][3] == "pictures/3.png"


def test_images_of_several_categories_are_left_out_and_named(tmp_path, content):
    content["annotations"].append({"image_id": 103, "category_id": 3})
    content["annotations"].append({"image_id": 999, "category_id": 3})
    file = write(tmp_path, content)
    data = load(file)
    assert set(range(100, 112)) - set(data.ids.tolist()) == {103} and "image 103: 2 categories" in said(data)
    assert "1 annotation is of images that are not listed" in said(data) and "image 999" in said(data)
    first = load(file, several="first")
    assert first.labels[first.ids == 103].tolist() == [first.classes.index("dog")] and first.key != data.key


def test_paths_are_checked(tmp_path, content):
    Image.new("RGB", (10, 10)).save(tmp_path.parent / "outside.png")
    content["images"][2]["file_name"] = "../outside.png"
    content["images"][4]["file_name"] = "pictures/none.png"
    content["images"][5]["file_name"] = "pictures/5\0.png"
    (tmp_path / "pictures" / "6.png").write_bytes(b"no image")
    data = load(write(tmp_path, content))
    assert set(range(100, 112)) - set(data.ids.tolist()) == {102, 104, 105, 106}
    assert "row 2: ../outside.png leads out of the folder" in said(data) and "no file pictures/none.png" in said(data)
    assert 102 in load(write(tmp_path, content), links=True).ids
    (tmp_path / "deep").mkdir()
    deep = write(tmp_path / "deep", content)
    with pytest.raises(ValueError, match="root=FOLDER names another"):
        load(deep)
    assert len(load(deep, root=str(tmp_path)).ids) == 8


def test_without_annotations_and_with_splits(tmp_path, content):
    content["annotations"] = []
    for number, row in enumerate(content["images"]):
        row["split"] = "test" if number > 8 else "train"
    data = load(write(tmp_path, content))
    assert not data.labelled and data.splits["test"].tolist() == [109, 110, 111] and "annotates no image" in said(data)


def test_images_without_a_category_are_left_out(tmp_path, content):
    content["annotations"] = content["annotations"][:11]
    data = load(write(tmp_path, content))
    assert 111 not in data.ids and "1 of 12 rows has no category" in said(data)
    assert load(write(tmp_path, content), unlabelled="class").classes == ("cat", "dog", "no label")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["images"][3].pop("file_name"), r"images\[3\] of list.json has no file_name"),
        (lambda c: c["images"].append(7), r"images\[12\] of list.json has no id"),
        (lambda c: c["annotations"][5].pop("image_id"), r"annotations\[5\] of list.json has no image_id"),
        (lambda c: c["annotations"][5].update(category_id=55), r"annotations\[5\] of list.json is of category 55"),
        (lambda c: c["annotations"][5].update(category_id=[1]), r"annotations\[5\] of list.json has no category_id"),
        (lambda c: c["categories"][1].update(name=None), r"categories\[1\] of list.json has no name"),
        (lambda c: c["images"][3].update(id=100), "id 100 occurs more than once"),
        (lambda c: c.update(images={}), "no list under 'images'"),
        (lambda c: c.update(categories="cat"), "no list under 'categories'"),
        (lambda c: c.pop("images"), "COCO's form has the lists"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, content, change, words):
    change(content)
    with pytest.raises(ValueError, match=words):
        load(write(tmp_path, content))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"images": [', "\x00\x01", "[" * 100_000, "3", '{"images": NaN}'])
def test_garbage_is_refused_in_words(tmp_path, text):
    file = tmp_path / "list.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"list\.json"):
        load(file)


def test_other_json_is_not_taken_for_it(tmp_path):
    (tmp_path / "settings.json").write_text('{"info": 3, "licenses": []}')
    with pytest.raises(ValueError, match="nothing that can be read"):
        datasets.recognise(tmp_path / "settings.json")
