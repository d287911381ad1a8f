"""Corruption: exact counts, supersets, truth, and a clean test split."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import corruptions, datasets, registry
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset

CORRUPTIONS = registry.corruptions.all()
HARMFUL = [name for name in CORRUPTIONS if name != "none"]


def toy(sizes=(50, 50, 50, 50), test=4, seed=0):
    """Images whose pixels tell their id, ids shuffled, the last few of every class for testing."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    ids = rng.permutation(3 * len(labels))[: len(labels)]
    tested = np.zeros(len(labels), dtype=bool)
    for label in range(len(sizes)):
        tested[np.flatnonzero(labels == label)[:test]] = True
    images = rng.integers(0, 256, (len(labels), 6, 5, 1), dtype=np.uint8)
    return Dataset(
        name="toy",
        ids=ids,
        labels=labels,
        classes=tuple("abcdefghij"[: len(sizes)]),
        splits=datasets.divided(ids, tested),
        key="toy",
        images=datasets.getter(ids, images),
    )


def by_id(dataset, values):
    return dict(zip(dataset.ids.tolist(), np.asarray(values).tolist(), strict=True))


def damaged_ids(dataset):
    return set(dataset.ids[dataset.truth.mislabelled | dataset.truth.outlier].tolist())


@pytest.mark.parametrize("name", HARMFUL)
def test_the_test_split_stays_clean(name):
    before = toy()
    after = corruptions.corrupt(before, name)
    assert np.array_equal(after.splits["test"], before.splits["test"])
    was, now = before.split("test"), after.split("test")
    assert np.array_equal(was.labels, now.labels) and np.array_equal(was.images(was.ids), now.images(now.ids))
    assert not now.truth.mislabelled.any() and not now.truth.outlier.any()


@pytest.mark.parametrize("name", HARMFUL)
def test_the_truth_is_what_happened(name):
    before = toy()
    after = corruptions.corrupt(before, name)
    clean = by_id(before, before.labels)
    assert by_id(after, after.truth.clean_labels) == {item: clean[item] for item in after.ids.tolist()}
    assert np.array_equal(after.truth.mislabelled, after.labels != after.truth.clean_labels)
    same = (before.images(after.ids) == after.images(after.ids)).all(axis=(1, 2, 3))
    assert np.array_equal(~same, after.truth.outlier)


@pytest.mark.parametrize("name", HARMFUL)
def test_row_order_does_not_matter(name):
    before = toy()
    turned = np.random.default_rng(3).permutation(len(before.ids))
    shuffled = dataclasses.replace(
        before,
        ids=before.ids[turned],
        labels=before.labels[turned],
        splits={split: np.random.default_rng(4).permutation(ids) for split, ids in before.splits.items()},
    )
    one, other = corruptions.corrupt(before, name).split("train"), corruptions.corrupt(shuffled, name).split("train")
    assert np.array_equal(one.ids, other.ids) and np.array_equal(one.labels, other.labels)
    assert np.array_equal(one.images(one.ids), other.images(other.ids))
    assert one.key == other.key != before.key


@pytest.mark.parametrize("name", [name for name in HARMFUL if name not in ("long_tail", "step", "long_tail_flips")])
def test_a_higher_rate_damages_the_same_items_and_more(name):
    low, high = (corruptions.corrupt(toy(), Choice.of(name, rate=rate, seed=7)) for rate in (0.1, 0.3))
    assert damaged_ids(low) < damaged_ids(high)
    lows, highs = by_id(low, low.labels), by_id(high, high.labels)
    assert all(lows[item] == highs[item] for item in damaged_ids(low))
    assert np.array_equal(*(data.images(np.array(sorted(damaged_ids(low)))) for data in (low, high)))


@pytest.mark.parametrize("name", HARMFUL)
def test_seeds_differ_and_repeat(name):
    one, again, other = (corruptions.corrupt(toy(), Choice.of(name, seed=seed)) for seed in (1, 1, 2))
    state = [(d.ids.tolist(), d.labels.tolist(), damaged_ids(d)) for d in (one, again, other)]
    assert state[0] == state[1] != state[2]
    assert one.key == again.key != other.key


@pytest.mark.parametrize(("rate", "count"), [(0, 0), (0.1, 18), (0.4, 74), (0.9, 166)])
def test_symmetric_flips_exactly_so_many_and_to_every_other_class(rate, count):
    data = corruptions.corrupt(toy(), Choice.of("symmetric", rate=rate))  # 184 train items
    assert data.truth.mislabelled.sum() == count


def test_symmetric_spreads_evenly_over_the_other_classes():
    data = corruptions.corrupt(toy((3000, 3000, 3000, 3000)), Choice.of("symmetric", rate=0.4)).split("train")
    moved = np.zeros((4, 4))
    np.add.at(moved, (data.truth.clean_labels, data.labels), 1)
    share = moved / moved.sum(axis=1, keepdims=True)
    sigma = np.sqrt(0.4 / 3 / 2996)
    assert np.allclose(share[~np.eye(4, dtype=bool)], 0.4 / 3, atol=4 * sigma)
    assert np.allclose(np.diag(share), 0.6, atol=0.03)


def test_asymmetric_moves_a_share_of_each_class_to_the_next():
    data = corruptions.corrupt(toy(), Choice.of("asymmetric", rate=0.25)).split("train")
    for label in range(4):
        mine = data.truth.clean_labels == label
        assert np.bincount(data.labels[mine], minlength=4)[[label, (label + 1) % 4]].tolist() == [34, 12]


def test_a_long_tail_has_the_sizes_of_the_power_law():
    sizes = (5000,) * 10
    data = toy(sizes, test=0)
    tail = corruptions.corrupt(data, Choice.of("long_tail", factor=100)).split("train")
    assert np.bincount(tail.labels).tolist() == [5000, 2997, 1797, 1077, 646, 387, 232, 139, 83, 50]
    shuffled = corruptions.corrupt(data, Choice.of("long_tail", factor=100, shuffle=True, seed=1)).split("train")
    assert np.bincount(shuffled.labels).tolist() != np.bincount(tail.labels).tolist()
    assert np.array_equal(np.sort(np.bincount(shuffled.labels)), np.sort(np.bincount(tail.labels)))


def test_a_milder_tail_keeps_the_same_items_and_more():
    steep, mild = (corruptions.corrupt(toy(), Choice.of("long_tail", factor=factor)) for factor in (20, 5))
    assert set(steep.ids.tolist()) < set(mild.ids.tolist())


def test_no_class_is_emptied_and_one_class_has_no_tail():
    few = corruptions.corrupt(toy((20, 20, 20)), Choice.of("long_tail", factor=1000)).split("train")
    assert np.bincount(few.labels).tolist() == [16, 1, 1]
    assert len(corruptions.corrupt(toy((20,)), "long_tail").split("train").ids) == 16


def test_step_halves_the_classes():
    data = corruptions.corrupt(toy((44, 44, 44, 44, 44)), Choice.of("step", factor=10)).split("train")
    assert np.bincount(data.labels).tolist() == [40, 40, 40, 4, 4]


def test_noise_keeps_mean_and_spread_and_shuffling_keeps_pixels():
    clean = toy()
    noisy, shuffled = (corruptions.corrupt(clean, Choice.of("outliers", kind=kind)) for kind in ("noise", "shuffled"))
    ids = np.array(sorted(damaged_ids(noisy)))
    assert len(ids) == 9  # 5% of 184
    was, noise, pixels = clean.images(ids), noisy.images(ids), shuffled.images(ids)
    assert noise.dtype == np.uint8 and abs(noise.mean() - was.mean()) < 10 and abs(noise.std() - was.std()) < 15
    assert np.array_equal(np.sort(was.reshape(len(ids), -1)), np.sort(pixels.reshape(len(ids), -1)))


def test_blur_smooths():
    clean, blurred = toy(), corruptions.corrupt(toy(), Choice.of("blurred", radius=2))
    ids = np.array(sorted(damaged_ids(blurred)))
    assert blurred.images(ids).std(axis=(1, 2)).max() < 0.6 * clean.images(ids).std(axis=(1, 2)).min()


def test_foreign_images_come_from_the_other_dataset_at_the_right_size():
    data = corruptions.corrupt(toy(), Choice.of("foreign", rate=0.9))
    ids = np.array(sorted(damaged_ids(data)))
    digits = datasets.load("digits")
    same_size = corruptions.corrupt(digits, Choice.of("foreign", rate=0.01))
    swapped = np.array(sorted(damaged_ids(same_size)))
    assert data.images(ids).shape == (len(ids), 6, 5, 1)
    known = {image.tobytes() for image in digits.images(np.sort(digits.splits["train"]))}
    assert all(image.tobytes() in known for image in same_size.images(swapped))


def test_outliers_among_ready_made_features():
    clean = datasets.load(Choice.of("mixture", n=400))
    data = corruptions.corrupt(clean, Choice.of("outliers", kind="noise", rate=0.1))
    moved = np.any(clean.features != data.features, axis=1)
    assert np.array_equal(moved, data.truth.outlier) and moved.sum() == 32


def test_corruptions_combine_and_the_truth_adds_up():
    one = corruptions.corrupt(toy(), "outliers")
    both = corruptions.corrupt(one, "symmetric")
    assert np.array_equal(both.truth.outlier, one.truth.outlier)
    assert both.truth.mislabelled.sum() == 37 and both.key not in (one.key, toy().key)
    chained = corruptions.corrupt(corruptions.corrupt(toy(), Choice.of("long_tail", factor=10)), "symmetric")
    together = corruptions.corrupt(toy(), Choice.of("long_tail_flips", factor=10))
    assert np.array_equal(chained.ids, together.ids) and np.array_equal(chained.labels, together.labels)


def test_none_changes_nothing():
    data = toy()
    assert corruptions.corrupt(data, "none") is data


def test_what_cannot_be_done_is_said():
    with pytest.raises(ValueError, match="one class only"):
        corruptions.corrupt(toy((20,)), "symmetric")
    with pytest.raises(ValueError, match="'mixture' has not; use 'outliers'"):
        corruptions.corrupt(datasets.load("mixture"), "blurred")
    with pytest.raises(ValueError, match=r"rate is 1\.5"):
        corruptions.corrupt(toy(), Choice.of("symmetric", rate=1.5))
    with pytest.raises(ValueError, match="did you mean 'symmetric'"):
        corruptions.corrupt(toy(), "symetric")
