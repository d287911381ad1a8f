"""Copies: what is found, which groups they make, and which item of each is kept."""

import numpy as np
import pytest

from fdmat_core.analysis import duplicates
from fdmat_core.analysis.duplicates import Found, Pairs
from fdmat_core.types import FeatureTable
from tests.numerics.test_pictures import smooth


def pairs(*lines):
    a, b, distance = zip(*lines, strict=True)
    return Pairs(np.array(a), np.array(b), np.array(distance, dtype=np.float32))


#: Rows 0 and 3 are the same; 1 is near 3's first, 0, and 4 near 1; 5 and 6 are a test pair, 2 and 7 leak.
FOUND = Found(
    np.array([0, 1, 2, 0, 4, 5, 6, 7]),
    {"pixels": pairs((0, 1, 0.1), (1, 4, 0.2), (2, 7, 0.05), (5, 6, 0.01))},
)


def rows(groups):
    return [group.tolist() for group in groups]


def test_groups_hold_what_a_chain_of_pairs_joins():
    assert rows(duplicates.groups(FOUND, "pixels", 0.3)) == [[0, 1, 3, 4], [2, 7], [5, 6]]
    assert rows(duplicates.groups(FOUND, "pixels", 0.1)) == [[0, 1, 3], [2, 7], [5, 6]]
    assert rows(duplicates.groups(FOUND, None, 0.3)) == [[0, 3]]


def test_leaks_are_groups_of_both_splits():
    groups = duplicates.groups(FOUND, "pixels", 0.3)
    assert rows(duplicates.of_split(groups, 5, leaks=False)) == [[0, 1, 3, 4]]
    assert rows(duplicates.of_split(groups, 5, leaks=True)) == [[2, 7]]


def test_distances_are_to_the_one_that_is_kept():
    away = duplicates.distance_between(FOUND, "pixels", np.array([0, 1, 3, 4]), 1)
    np.testing.assert_allclose(away, [0.1, 0, 0.1, 0.2], atol=1e-6)
    assert np.isnan(duplicates.distance_between(FOUND, "pixels", np.array([4]), 3)).all()


def test_the_label_of_most_is_kept_and_among_those_the_lowest_place():
    group, place = np.array([2, 5, 7]), np.array([9, 9, 0, 9, 9, 2, 9, 1.0])
    assert duplicates.kept_of(group, np.array([0, 0, 1, 0, 0, 0, 0, 0]), place) == 7
    assert duplicates.kept_of(group, np.array([0, 0, 1, 0, 0, 2, 0, 0]), place) == 2


def test_only_training_rows_are_dropped():
    groups = [np.array([0, 1, 3]), np.array([2, 7])]
    assert duplicates.to_drop(groups, [1, 7], 5).tolist() == [0, 2, 3]
    assert duplicates.to_drop([], [], 5).tolist() == []


def test_rules():
    x = np.array([[0.0], [4], [1], [10], [12]], dtype=np.float32)
    table = FeatureTable(np.array([5, 4, 3, 2, 1]), np.array([0, 0, 0, 1, 1]), x, ("a", "b"), "key")
    assert duplicates.standing(table, np.array([4, 0, 1, 2, 3]), "rank").tolist() == [1, 2, 3, 4, 0]
    np.testing.assert_allclose(duplicates.standing(table, None, "prototype"), [5 / 3, 7 / 3, 2 / 3, 1, 1], rtol=1e-6)
    assert duplicates.standing(table, None, "id").tolist() == [5, 4, 3, 2, 1]
    assert duplicates.standing(table, None, "rank").tolist() == [5, 4, 3, 2, 1]


def test_images_blurred_cropped_and_noisy_are_found_and_nothing_else():
    images = smooth(300, side=48)
    rng = np.random.default_rng(1)
    soft = images[:10].astype(float)
    soft = (soft + sum(np.roll(soft, step, axis=axis) for axis in (1, 2) for step in (-1, 1))) / 5
    noisy = np.clip(images[10:20] + rng.normal(0, 8, images[10:20].shape), 0, 255)
    crops = np.repeat(np.repeat(images[20:30, 2:46, 1:45], 12, axis=1), 12, axis=2)
    cropped = crops.reshape(10, 48, 11, 48, 11, 1).mean(axis=(2, 4))
    everything = np.concatenate([images, *(np.rint(one).astype(np.uint8) for one in (soft, noisy, cropped))])
    small = duplicates.small_pictures(everything.__getitem__, np.arange(len(everything)))
    found = duplicates.by_pixels(small).within(duplicates.USUAL["pixels"])
    want = {(i, 300 + i) for i in range(30)}
    assert set(zip(found.a.tolist(), found.b.tolist(), strict=True)) == want


def test_features_that_are_much_nearer_than_usual_are_found():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, (200, 8)), rng.normal(30, 0.4, (200, 8))])
    near = np.concatenate([x, x[[3, 250]] + 1e-3])
    found = duplicates.by_features(near).within(duplicates.USUAL["features"])
    assert set(zip(found.a.tolist(), found.b.tolist(), strict=True)) == {(3, 400), (250, 401)}


def test_near_copies_are_looked_for_among_what_is_different():
    first = duplicates.first_of(np.array([[1, 2], [3, 4], [1, 2], [5, 6]], dtype=np.uint64))
    assert first.tolist() == [0, 1, 0, 3]
    seen = []

    def look(distinct):
        seen.append(distinct.tolist())
        return pairs((0, 2, 0.5))

    found = duplicates.of_distinct(first, look)
    assert seen == [[0, 1, 3]] and (found.a.tolist(), found.b.tolist()) == ([0], [3])


def test_the_table_names_items_and_partners():
    groups = duplicates.groups(FOUND, "pixels", 0.1)[:1]
    frame = duplicates.table(groups, [1], np.arange(8) * 10, FOUND, "pixels")
    assert frame["item"].tolist() == [0, 10, 30] and frame["kept"].tolist() == [False, True, False]
    assert frame["distance"].tolist() == pytest.approx([0.1, 0, 0.1])
    assert duplicates.differing(groups, np.array([0, 1, 0, 0])) == 1


@pytest.mark.parametrize("look", [duplicates.by_features, duplicates.by_pixels])
def test_nothing_is_found_among_one(look):
    assert len(look(np.zeros((1, 32, 32) if look is duplicates.by_pixels else (1, 3), dtype=np.float16)).a) == 0
