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


def suited(name, seed=0):
    """Toy data that a corruption can be done to: a table of random features for those that read no images."""
    data = toy(seed=seed)
    if name != "missing":
        return data
    features = np.random.default_rng(seed).random((len(data.ids), 12))
    return dataclasses.replace(data, images=None, features=features[np.argsort(np.argsort(data.ids))])


def contents(dataset, ids):
    """What items hold, as rows of numbers (m, d)."""
    found = dataset.features_of(ids) if dataset.images is None else dataset.images(ids)
    return found.reshape(len(ids), -1)


def by_id(dataset, values):
    return dict(zip(dataset.ids.tolist(), np.asarray(values).tolist(), strict=True))


def damaged_ids(dataset):
    return set(dataset.ids[dataset.truth.mislabelled | dataset.truth.outlier].tolist())


@pytest.mark.parametrize("name", HARMFUL)
def test_the_test_split_stays_clean(name):
    before = suited(name)
    after = corruptions.corrupt(before, name)
    assert np.array_equal(after.splits["test"], before.splits["test"])
    was, now = before.split("test"), after.split("test")
    assert np.array_equal(was.labels, now.labels) and np.array_equal(contents(was, was.ids), contents(now, now.ids))
    assert not now.truth.mislabelled.any() and not now.truth.outlier.any()


@pytest.mark.parametrize("name", HARMFUL)
def test_the_truth_is_what_happened(name):
    before = suited(name)
    after = corruptions.corrupt(before, name)
    clean = by_id(before, before.labels)
    assert by_id(after, after.truth.clean_labels) == {item: clean[item] for item in after.ids.tolist()}
    assert np.array_equal(after.truth.mislabelled, after.labels != after.truth.clean_labels)
    same = (contents(before, after.ids) == contents(after, after.ids)).all(axis=1)
    assert np.array_equal(~same, after.truth.outlier)


@pytest.mark.parametrize("name", HARMFUL)
def test_row_order_does_not_matter(name):
    before = suited(name)
    turned = np.random.default_rng(3).permutation(len(before.ids))
    shuffled = dataclasses.replace(
        before,
        ids=before.ids[turned],
        labels=before.labels[turned],
        features=None if before.features is None else before.features[turned],
        splits={split: np.random.default_rng(4).permutation(ids) for split, ids in before.splits.items()},
    )
    one, other = corruptions.corrupt(before, name).split("train"), corruptions.corrupt(shuffled, name).split("train")
    assert np.array_equal(one.ids, other.ids) and np.array_equal(one.labels, other.labels)
    assert np.array_equal(contents(one, one.ids), contents(other, other.ids))
    assert one.key == other.key != before.key


@pytest.mark.parametrize("name", [name for name in HARMFUL if name not in ("long_tail", "step", "long_tail_flips")])
def test_a_higher_rate_damages_the_same_items_and_more(name):
    low, high = (corruptions.corrupt(suited(name), Choice.of(name, rate=rate, seed=7)) for rate in (0.1, 0.3))
    assert damaged_ids(low) < damaged_ids(high)
    lows, highs = by_id(low, low.labels), by_id(high, high.labels)
    assert all(lows[item] == highs[item] for item in damaged_ids(low))
    assert np.array_equal(*(contents(data, np.array(sorted(damaged_ids(low)))) for data in (low, high)))


@pytest.mark.parametrize("name", HARMFUL)
def test_seeds_differ_and_repeat(name):
    one, again, other = (corruptions.corrupt(suited(name), Choice.of(name, seed=seed)) for seed in (1, 1, 2))
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


def test_a_second_choice_is_the_class_that_an_item_looks_like():
    """On a line, c beside b beside a: a is taken for b, c for b, b for the one that it lies towards, never a for c."""
    x = np.concatenate([np.linspace(low, low + 1, 60) for low in (0, 1, 2)])
    data = Dataset(
        name="line", ids=np.arange(180), labels=np.repeat([0, 1, 2], 60), classes=("a", "b", "c"),
        splits={"train": np.arange(180), "test": np.arange(0)}, key="line", features=x[:, None],
    )  # fmt: skip
    found = corruptions.corrupt(data, Choice.of("second_choice", rate=0.3))
    wrong = found.truth.mislabelled
    assert wrong.sum() == 54
    assert (found.labels[wrong & (data.labels != 1)] == 1).all()
    towards = np.where(x < 1.5, 0, 2)
    taken = wrong & (data.labels == 1)
    assert (found.labels[taken] == towards[taken]).mean() > 0.9
    apart = np.abs(x - np.where(data.labels == 0, 1, np.where(data.labels == 2, 2, np.where(x < 1.5, 1, 2))))
    assert apart[wrong].mean() < 0.6 * apart[~wrong].mean()  # those that lie near the other class


def test_one_class_is_polluted_and_no_other():
    data = corruptions.corrupt(toy(), Choice.of("one_class", rate=0.25, number=2)).split("train")
    wrong = data.truth.mislabelled
    assert (data.labels[wrong] == 2).all() and wrong.sum() == 15  # of 46 + 15
    assert set(data.truth.clean_labels[wrong]) == {0, 1, 3}
    with pytest.raises(ValueError, match="number is 4, but dataset 'toy' has 4 classes; give 0 to 3"):
        corruptions.corrupt(toy(), Choice.of("one_class", number=4))
    with pytest.raises(ValueError, match=r"rate is 0.9, but there are only \d+ items of others; give at most 0\.\d+"):
        corruptions.corrupt(toy(), Choice.of("one_class", rate=0.9, number=0))


def test_a_flood_is_of_near_copies_of_a_few_of_the_same_class():
    clean = toy()
    data = corruptions.corrupt(clean, Choice.of("copies", rate=0.5, sources=2))
    copied = data.truth.outlier
    assert copied.sum() == 92 and not data.truth.mislabelled.any()
    for label in range(4):
        mine, whole = data.ids[copied & (data.labels == label)], clean.ids[clean.labels == label]
        moved = [np.roll(clean.images(whole), step, (1, 2)) for step in np.ndindex(3, 3)]
        moved = np.stack([np.roll(one, (-1, -1), (1, 2)) for one in moved]).astype(float)  # (9, m, 6, 5, 1)
        gaps = np.array([np.abs(moved - one).mean(axis=(2, 3, 4)).min(axis=0) for one in data.images(mine)])
        sources = set(whole[gaps.argmin(axis=1)].tolist())
        assert len(sources) == 2 and not sources & set(mine.tolist())
        assert 0 < gaps.min(axis=1).max() < 5


def test_exposure_is_what_it_says_it_is():
    """By hand: 0 and 200 have a mean of 100; at half the contrast 50 and 150, a tenth of 255 lighter 76 and 176."""
    data = toy()
    images = np.zeros((len(data.ids), 6, 5, 1), dtype=np.uint8)
    images[:, :3] = 200
    data = dataclasses.replace(data, images=datasets.getter(data.ids, images))
    changed = corruptions.corrupt(data, Choice.of("exposure", rate=0.5, lighter=0.1, contrast=0.5))
    found = changed.images(changed.ids[changed.truth.outlier])
    assert len(found) == 92 and (found[:, :3] == 176).all() and (found[:, 3:] == 76).all()


def test_missing_values_are_the_mean_of_their_column_and_as_many_as_asked():
    clean = suited("missing")
    data = corruptions.corrupt(clean, Choice.of("missing", rate=0.25, columns=0.25))
    rows = np.flatnonzero(data.truth.outlier)
    filled = data.features[rows] != clean.features[rows]
    assert len(rows) == 46 and (filled.sum(axis=1) == 3).all() and filled.any(axis=0).all()
    means = np.broadcast_to(clean.features_of(clean.splits["train"]).mean(axis=0), filled.shape)
    np.testing.assert_allclose(data.features[rows][filled], means[filled])


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
    with pytest.raises(ValueError, match="takes values out of tables, and dataset 'toy' holds images"):
        corruptions.corrupt(toy(), "missing")
    with pytest.raises(ValueError, match=r"rate is 1\.5"):
        corruptions.corrupt(toy(), Choice.of("symmetric", rate=1.5))
    with pytest.raises(ValueError, match="did you mean 'symmetric'"):
        corruptions.corrupt(toy(), "symetric")
