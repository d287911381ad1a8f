"""Features: aligned with ids, the same bytes every time, and complete."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import corruptions, datasets
from fdmat_core.learning import features
from fdmat_core.spec import Choice
from fdmat_core.types import Dataset

DYNAMICS = {"forgetting", "mean_loss", "aum_logit", "aum_prob", "el2n", "grand", "tdds"} | {
    "dual",
    "early_prob",
    "eva_early",
    "eva_late",
}


def toy(n=1500, classes=3, seed=0, size=8):
    """Images of `classes` brightnesses; ids and rows in no order."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    images = np.clip(60 * labels[:, None, None, None] + rng.normal(60, 20, (n, size, size, 1)), 0, 255).astype(np.uint8)
    ids = rng.permutation(5 * n)[:n]
    return Dataset(
        name="toy",
        ids=ids,
        labels=labels,
        classes=tuple("abcdef"[:classes]),
        splits=datasets.divided(ids, np.arange(n) % 5 == 0),
        key="toy",
        images=datasets.getter(ids, images),
    )


def mixture(**params):
    return datasets.load(Choice.of("mixture", n=200, **params))


CASES = [("early_cnn", toy), ("pixels", toy), ("given", mixture)]
each = pytest.mark.parametrize(("backbone", "make"), CASES)


def columns(table):
    whole = {"ids": table.ids, "labels": table.labels, "embedding": table.embedding, "head": table.head}
    return whole | {"logits": table.logits} | dict(table.dynamics)


@each
def test_every_backbone_gives_every_column(backbone, make):
    data = make()
    train, test = features.extract(data, backbone)
    for table, split in ((train, data.split("train")), (test, data.split("test"))):
        assert np.array_equal(table.ids, split.ids) and np.array_equal(table.labels, split.labels)
        assert table.embedding.dtype == table.logits.dtype == table.head.dtype == np.float32
        assert table.logits.shape == (table.n, 3 if make is toy else 5)
        assert table.head.shape == (table.c, table.embedding.shape[1] + 1)
    assert set(train.dynamics) == DYNAMICS and all(column.dtype == np.float32 for column in train.dynamics.values())
    assert train.key != test.key and (test.logits.argmax(axis=1) == test.labels).mean() > 0.8


@each
def test_the_head_reproduces_the_logits_from_the_embedding(backbone, make):
    for table in features.extract(make(), backbone):
        told = table.embedding @ table.head[:, :-1].T + table.head[:, -1]
        assert np.allclose(told, table.logits, atol=1e-4)


@each
def test_row_order_does_not_matter_to_the_byte(backbone, make):
    data = make()
    turned = np.random.default_rng(1).permutation(len(data.ids))
    shuffled = dataclasses.replace(
        data,
        ids=data.ids[turned],
        labels=data.labels[turned],
        features=None if data.features is None else data.features[turned],
        splits={name: ids[::-1] for name, ids in data.splits.items()},
    )
    for one, other in zip(features.extract(data, backbone), features.extract(shuffled, backbone), strict=True):
        assert one.key == other.key
        for name, column in columns(one).items():
            assert column.tobytes() == columns(other)[name].tobytes(), name


def test_rows_belong_to_their_ids():
    data = toy()
    train, _ = features.extract(data, "pixels")
    for row in (0, 7, train.n - 1):
        assert np.allclose(train.embedding[row] * 255, data.images(train.ids[[row]]).ravel())


def test_features_as_given_are_the_dataset_s():
    data = mixture()
    _, test = features.extract(data, "given")
    assert np.array_equal(test.embedding, data.features[data.rows_of(test.ids)])


def test_seeds_and_parameters_change_features_and_key():
    data = toy()
    one, other = (features.extract(data, Choice.of("early_cnn", epochs=3), seed=seed)[0] for seed in (0, 1))
    assert one.key != other.key and not np.array_equal(one.embedding, other.embedding)
    keys = {
        features.key(data, "early_cnn"),
        features.key(data, Choice.of("early_cnn", epochs=3)),
        features.key(data, "pixels"),
        features.key(dataclasses.replace(data, key="other"), "pixels"),
    }
    assert len(keys) == 4
    assert features.key(data, Choice.of("early_cnn", epochs=3), seed=1) == other.key
    assert features.key(data, Choice.of("early_cnn", epochs=6)) == features.key(data, "early_cnn")


def test_a_few_items_are_passed_over_more_often():
    data = toy(n=150)
    few, test = features.extract(data, Choice.of("early_cnn", epochs=1))
    assert (test.logits.argmax(axis=1) == test.labels).mean() > 0.8  # one pass is one step, which teaches nothing
    assert few.dynamics["forgetting"].max() <= 200 and len(few.dynamics) == len(DYNAMICS)


def test_progress_rises_to_its_end():
    for backbone in ("early_cnn", "pixels"):
        told = []
        features.extract(
            toy(), backbone, progress=lambda done, total, note, told=told: told.append((done, total, note))
        )
        shares = [done / total for done, total, _ in told]
        assert shares == sorted(shares) and shares[-1] == 1 and all(note for _, _, note in told)


def test_flipped_labels_stand_out_in_the_dynamics_and_the_embedding_is_one_relu_wide():
    data = corruptions.corrupt(toy(3000), Choice.of("symmetric", rate=0.2))
    train, _ = features.extract(data, "early_cnn")
    flipped = data.split("train").truth.mislabelled
    assert train.dynamics["mean_loss"][flipped].mean() > 2 * train.dynamics["mean_loss"][~flipped].mean()
    assert train.embedding.shape[1] == 128 and train.embedding.min() == 0


def test_one_class_has_features_but_no_head():
    train, test = features.extract(toy(classes=1), "pixels")
    assert train.logits is None and train.head is None and not train.dynamics and test.logits is None


def with_logits(data, c=5):
    return dataclasses.replace(data, logits=np.random.default_rng(0).standard_normal((len(data.ids), c)))


def test_logits_of_one_s_own_stand_in_the_table_beside_the_trained_head():
    data = with_logits(mixture())
    for own, plain in zip(features.extract(data, "given"), features.extract(mixture(), "given"), strict=True):
        assert own.logits.dtype == np.float32
        assert np.array_equal(own.logits, data.logits[data.rows_of(own.ids)].astype(np.float32))
        assert np.array_equal(own.head, plain.head) and not np.array_equal(own.logits, plain.logits)
        assert all(np.array_equal(own.dynamics[name], column) for name, column in plain.dynamics.items())


def test_a_network_that_learns_has_its_own_logits():
    data = with_logits(toy(300), 3)
    train, _ = features.extract(data, Choice.of("early_cnn", epochs=1))
    assert np.allclose(train.embedding @ train.head[:, :-1].T + train.head[:, -1], train.logits, atol=1e-4)


def test_logits_that_do_not_fit_are_said():
    with pytest.raises(
        ValueError, match=r"have shape \(200, 4\); give \(200, 5\), one row per item and one column per"
    ):
        features.extract(with_logits(mixture(), 4), "given")
    broken = with_logits(mixture()).logits.copy()
    broken[3, 1] = np.inf
    with pytest.raises(ValueError, match="logits of item 3 are not finite"):
        features.extract(dataclasses.replace(mixture(), logits=broken), "given")


def test_given_features_are_read_also_where_there_are_images():
    data = toy(60)
    both = dataclasses.replace(data, features=np.random.default_rng(0).random((60, 4)).astype(np.float32))
    train, _ = features.extract(both, "given")
    assert np.array_equal(train.embedding, both.features[both.rows_of(train.ids)])


def test_what_cannot_be_read_is_said():
    with pytest.raises(ValueError, match=r"reads images, which dataset 'mixture' does not have; .*'given'"):
        features.extract(mixture(), "early_cnn")
    with pytest.raises(ValueError, match=r"reads features, which dataset 'toy' does not have; .*'pixels'"):
        features.extract(toy(), "given")
    with pytest.raises(ValueError, match="has one class only; choose a frozen backbone"):
        features.extract(toy(classes=1), "early_cnn")
    with pytest.raises(ValueError, match="epochs is 0"):
        features.extract(toy(), Choice.of("early_cnn", epochs=0))
    data = mixture()
    broken = data.features.copy()
    broken[3] = np.nan
    with pytest.raises(ValueError, match="features of item 3 are not finite"):
        features.extract(dataclasses.replace(data, features=broken), "given")


def test_a_dataset_without_test_items_has_an_empty_test_table():
    data = mixture()
    lone = dataclasses.replace(data, splits={"train": data.ids, "test": data.ids[:0]})
    train, test = features.extract(lone, "given")
    assert train.n == 200 and test.n == 0 and test.embedding.shape == (0, 16)


@pytest.mark.slow
def test_the_bundled_data_is_learned_and_flips_are_seen():
    from fdmat_core.numerics import transport

    data = corruptions.corrupt(datasets.load("fashion_mnist_8k"), Choice.of("symmetric", rate=0.4))
    train, test = features.extract(data, "early_cnn")
    assert (test.logits.argmax(axis=1) == test.labels).mean() > 0.8
    x, usable, _ = transport.features(train.embedding, power=0.5, norm="unit")
    plan = transport.class_plan(x[usable], train.labels[usable], train.c, lam=10.0)
    suspicion = transport.label_evidence(plan, x[usable], train.labels[usable]).suspicion
    flipped = data.split("train").truth.mislabelled[usable]
    places = np.argsort(np.argsort(suspicion)) + 1
    auroc = (places[flipped].mean() - (flipped.sum() + 1) / 2) / (~flipped).sum()
    assert auroc > 0.975
