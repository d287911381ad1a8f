import dataclasses

import numpy as np
import pytest

from fdmat_core import registry
from fdmat_core.measures import linear_probe
from fdmat_core.types import FeatureTable
from tests.conftest import make_table

PROBE = registry.measures.get("linear_probe")


def digits():
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))
    names = tuple(map(str, range(10)))
    both = FeatureTable(np.arange(len(y)), y[order].astype(np.int64), x[order].astype(np.float32), names, "digits")
    return both.take(np.arange(1000)), both.take(np.arange(1000, len(y)))


@pytest.mark.parametrize("k", [100, 300, 1000])
def test_it_agrees_with_scikit_learn(k):
    from sklearn.linear_model import LogisticRegression

    table, test = digits()
    mean, scale = table.embedding.mean(axis=0), table.embedding.std(axis=0)
    scale[scale == 0] = 1
    model = LogisticRegression(max_iter=5000).fit((table.embedding[:k] - mean) / scale, table.labels[:k])
    theirs = model.score((test.embedding - mean) / scale, test.labels)
    assert PROBE(table, test=test, seed=0)(np.arange(k), None) == pytest.approx(theirs, abs=0.01)


def test_weights_silence_wrong_labels():
    table, test = digits()
    labels = table.labels.copy()
    labels[:300] = (labels[:300] + 1) % 10
    probe = PROBE(dataclasses.replace(table, labels=labels), test=test, seed=0)
    rows = np.arange(600)
    right = np.where(rows < 300, 0.0, 2.0)
    assert probe(rows, right) > 0.9
    assert probe(rows, None) < 0.6
    assert probe(rows, 2 - right) < 0.1  # and weight on the wrong ones teaches them


def test_features_are_standardised():
    table, test = digits()
    stretch = np.geomspace(1e-3, 1e3, 64).astype(np.float32)
    plain = PROBE(table, test=test, seed=0)(np.arange(200), None)
    moved = [dataclasses.replace(one, embedding=one.embedding * stretch + 5) for one in (table, test)]
    assert PROBE(moved[0], test=moved[1], seed=0)(np.arange(200), None) == pytest.approx(plain, abs=0.01)


def test_it_is_known_for_every_class_of_the_test_items():
    table, test = digits()
    few = test.take(np.flatnonzero(test.labels != 4))
    share = PROBE(table, test=few, seed=0)(np.arange(200), None)
    said = linear_probe.predictor(table, few, steps=500, seed=0)(np.arange(200), None)
    for label in (0, 1, 9):
        assert share.per_class[label] == pytest.approx((said[few.labels == label] == label).mean())
    assert np.isnan(share.per_class[4]) and len(share.per_class) == 10
    assert share == pytest.approx((said == few.labels).mean())


def test_one_item_predicts_its_class_and_none_nothing():
    table, test = make_table((20, 20)), make_table((30, 10), seed=3)
    row = int(np.flatnonzero(table.labels == 0)[0])
    assert PROBE(table, test=test, seed=0)(np.array([row]), None) == pytest.approx(0.75)
    assert PROBE(table, test=test, seed=0)(np.array([], dtype=int), None) == 0


def test_the_seed_is_the_training_seed():
    table, test = digits()
    rows = np.arange(300)
    values = [PROBE(table, test=test, seed=seed)(rows, None) for seed in (0, 0, 1, 2, 3, 4)]
    assert values[0] == values[1] and len(set(values)) > 1 and np.ptp(values) < 0.03


def test_steps_are_the_same_for_every_size_and_see_every_item_equally():
    for k in (5, 128, 300):
        visits = linear_probe._visits(k, min(k, 128), 50, np.random.default_rng(0))
        assert visits.shape == (50, min(k, 128))
        seen = np.bincount(visits.ravel(), minlength=k)
        assert seen.max() - seen.min() <= 1


def test_without_test_features_it_says_so():
    with pytest.raises(ValueError, match="pass the test table"):
        PROBE(make_table(), seed=0)
