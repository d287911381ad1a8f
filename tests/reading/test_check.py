"""What is said about a dataset as a whole, on cases that can be counted by hand."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import datasets
from fdmat_core.reading import check as module
from fdmat_core.reading.check import check
from fdmat_core.types import Dataset


def make(labels, test, features=None, classes=None, images=None):
    """A dataset with ids 10, 11, ..., of which some are for testing."""
    labels = np.asarray(labels)
    ids = 10 + np.arange(len(labels))
    if features is None and images is None:
        features = np.arange(2 * len(labels), dtype=np.float32).reshape(-1, 2)
    return Dataset(
        name="made",
        ids=ids,
        labels=labels,
        classes=classes or tuple("abcdef"[: labels.max() + 1]),
        splits={"train": np.setdiff1d(ids, test), "test": np.asarray(test)},
        key="made",
        features=None if features is None else np.asarray(features, dtype=np.float32),
        images=images,
    )


def said(data):
    return [str(finding) for finding in check(data)]


def test_nothing_is_said_about_sound_data():
    assert said(make([0] * 10 + [1] * 10, [10, 11, 12, 13, 14, 20, 21, 22, 23, 24])) == []


def test_small_and_missing_classes_are_named():
    """Class a has 8 train and 5 test items, b 4 and 1, c none and 2, d one and none, e none at all, f 2 and none."""
    labels = [0] * 13 + [1] * 5 + [2] * 2 + [3] + [5] * 2
    data = make(labels, [10, 11, 12, 13, 14, 23, 28, 29])
    assert said(data) == [
        "1 of 6 classes (e) has no item: they stay in the list of classes",
        "1 of 6 classes (d) has one item: kept for training; nothing tests them",
        "1 of 6 classes (c) occurs among the test items only: no training can learn them",
        "1 of 6 classes (f) has no test item: nothing is known of their accuracy",
        "2 of 6 classes (b, c) have fewer than 5 test items: their accuracy is a matter of luck",
    ]


def test_imbalance_is_said_beyond_twenty():
    for n, words in ((20, []), (21, ["classes differ much in size: 21 train items of a, 1 of b"])):
        data = make([0] * (n + 5) + [1] * 6, [*range(10, 15), *range(10 + n + 6, 10 + n + 11)])
        assert [text.split(":", 1)[0] + ":" + text.split(":")[1] for text in said(data)] == words


def test_copies_are_counted_and_named_by_id():
    """Rows 0, 3 and 5 are alike, and rows 1 and 2; row 4 and all others are alone. 12 and 15 are test items."""
    rows = [[0, 1], [2, 3], [2, 3], [-0.0, 1], [4, 5], [0, 1], *([i, i] for i in range(7, 27))]
    labels = [0, 1, 1, 0, 1, 1, *([0, 1] * 10)]
    data = make(labels, [12, 15, *range(26, 36)], rows)
    copies, mixed, leaks = said(data)
    assert copies.startswith("3 of 26 items have the same features as an item before them (")
    assert {"id 12 as id 11", "id 13 as id 10", "id 15 as id 10"} == set(copies.split("(")[1].split(")")[0].split("; "))
    assert mixed == "1 group of such copies has different labels (id 10): kept"
    assert leaks.startswith("2 of 12 test items have the same features as a train item (id 12; id 15): kept")


@pytest.mark.parametrize("field", ["file", "key", "id"])
def test_copies_are_named_by_their_file_where_there_is_one(field):
    """Rows 0, 2 and 3 are alike; 13 is a test item; whatever else the items say is no name."""
    rows = [[0, 1], [2, 3], [0, 1], [0, 1], *([i, i] for i in range(7, 27))]
    data = make([0, 1, 1, *([0, 1] * 10), 0], [13, *range(24, 34)], rows)
    names = np.array([f"cat/{number}.png" for number in range(24)])
    data = dataclasses.replace(data, fields={"camera": np.full(24, "fuji"), field: names})
    copies, mixed, leaks = said(data)
    assert "(cat/2.png as cat/0.png; cat/3.png as cat/0.png)" in copies
    assert "(cat/0.png)" in mixed and "(cat/3.png)" in leaks


def test_images_are_compared_by_their_pixels(monkeypatch):
    monkeypatch.setattr(module, "BLOCK_IMAGES", 3)
    asked = []

    def images(ids):
        asked.append(len(ids))
        return np.stack([np.full((4, 4, 1), [7, 8, 9, 7][i - 10] if i < 14 else i, dtype=np.uint8) for i in ids])

    data = make([0, 1, 1, 0] * 5, [*range(20, 30)], images=images)
    assert said(data) == ["1 of 20 items has the same images as an item before them (id 13 as id 10): kept"]
    assert max(asked) == 3
    monkeypatch.setattr(module, "MOST_IMAGES", 19)
    assert said(data) == ["20 images are more than 19: not searched for copies"]


def test_data_without_labels_are_searched_for_copies_only():
    data = make([0] * 4, [13], [[1, 2]] * 4, classes=("unlabelled",))
    assert len(said(data)) == 2 and "3 of 4 items" in said(data)[0] and "1 of 1 test items has" in said(data)[1]


def test_blocks_change_nothing(monkeypatch):
    rows = np.random.default_rng(0).integers(0, 2, (60, 3))
    data = make([0, 1] * 30, [*range(10, 40)], rows)
    whole = check(data)
    monkeypatch.setattr(module, "BLOCK_BYTES", 30)
    assert check(data) == whole and len(whole) == 3


@pytest.mark.parametrize("name", ["digits", "mixture"])
def test_our_own_datasets_are_sound(name):
    assert not [text for text in said(datasets.load(name)) if "class" in text or "differ" in text]
