"""Spaces by what small coresets teach: closed forms, laws, and data where the best space is known."""

import warnings

import numpy as np
import pytest

from fdmat_core.numerics import coresets, matching, quotas, spaces
from fdmat_core.numerics.spaces import PLAIN, ROOT, SCALED, SCALED_UNIT

TRIED = (ROOT, PLAIN, SCALED_UNIT, SCALED)


def lengths(n=600, seed=0):
    """Two classes of rows in the same directions, told apart by how long they are."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    directions = rng.standard_normal((n, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    z = np.abs(directions) * (1 + 3 * labels + 0.8 * rng.standard_normal(n))[:, None]
    return z - z.mean(axis=0), labels


def units(n=600, seed=0):
    """Four classes told apart by two columns beside two wide ones that tell nothing."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    z = rng.standard_normal((n, 4)) * [0.03, 0.03, 50, 50]
    z[:, 0] += 0.08 * (labels % 2)
    z[:, 1] += 0.08 * (labels // 2)
    return z, labels


def everywhere(labels):
    return np.ones(len(labels), dtype=bool)


def best(z, labels):
    found = coresets.told(z, labels, everywhere(labels), TRIED)
    assert tuple(found) == TRIED and all(0 <= share <= 1 for share in found.values())
    return max(found, key=lambda space: found[space])


def test_columns_of_small_units_are_matched_on_one_scale():
    found = coresets.told(*units(), everywhere(units()[1]), TRIED)
    assert max(found[SCALED], found[SCALED_UNIT]) > found[PLAIN] + 0.02


@pytest.mark.parametrize("data", [lengths, units])
def test_the_choice_is_that_of_the_whole_table_in_any_order_and_scale(data):
    z, labels = data()
    assert best(z, labels) == best(4 * z, labels)
    one, again = (coresets.told(z, labels, everywhere(labels), TRIED) for _ in range(2))
    assert one == again


def test_what_is_told_by_hand():
    """Far crowds are told apart by any coreset that has a row of each: all of them, in every space."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 40)
    z = np.array([[9.0, 0], [0, 9], [-9, -9]])[labels] + 0.1 * rng.standard_normal((120, 2))
    assert set(coresets.told(z, labels, everywhere(labels), TRIED).values()) == {1.0}


def test_every_class_counts_the_same():
    """Of two classes, the rare one beside the other: who always says the frequent one is right in half of the cases."""
    inputs = np.concatenate([np.zeros((90, 1)), np.zeros((10, 1))])
    labels = np.repeat([0, 1], [90, 10])
    kept = np.concatenate([np.arange(9), [90]])
    assert coresets._recall(inputs, labels, kept, np.arange(100)) == 0.5
    assert coresets._recall(inputs, labels, np.arange(9), np.arange(100)) == 0.0


def test_only_rows_that_may_be_kept_are_kept_and_asked():
    z, labels = units()
    alive = np.arange(600) >= 300
    x = spaces.features(z, SCALED).x
    for kept in coresets.matched(x, labels, np.flatnonzero(alive), [4, 20, 60]):
        assert kept.min() >= 300
    wrong = np.where(alive, labels, (labels + 1) % 4)
    found = coresets.told(z, wrong, alive, (SCALED,))
    assert found[SCALED] == pytest.approx(coresets.told(z, labels, alive, (SCALED,))[SCALED], abs=0.03)


def test_coresets_are_matched_class_by_class_and_nested():
    z, labels = units()
    x, rows = spaces.features(z, PLAIN).x, np.arange(600)
    few, many = coresets.matched(x, labels, rows, [4, 60])
    assert np.array_equal(few, many[:4]) and len(set(many)) == 60
    assert np.bincount(labels[many]).tolist() == quotas.quotas(60, np.bincount(labels), "proportional").tolist()
    for label in range(4):
        mine = np.flatnonzero(labels == label)
        picked = many[labels[many] == label]
        assert np.array_equal(picked, mine[matching.energy(x[mine], len(picked))])


@pytest.mark.parametrize(("n", "c", "counts"), [(1000, 4, [4, 10, 30, 100]), (30, 4, [4]), (3, 3, [3])])
def test_coresets_have_a_row_of_every_class(n, c, counts):
    assert coresets._counts(np.arange(n) % c) == counts


def test_nothing_is_told_of_one_class():
    z, labels = units()
    assert coresets.told(z, np.zeros_like(labels), everywhere(labels), TRIED) == {}
    assert coresets.told(z, labels, labels == 2, TRIED) == {}


def test_many_rows_and_classes_are_sampled_evenly(monkeypatch):
    z, labels = units()
    monkeypatch.setattr(coresets, "ROWS", 200)
    rows = np.linspace(0, 599, 200).astype(int)
    found = coresets.told(z, labels, everywhere(labels), TRIED)
    assert found == coresets.told(z[rows], labels[rows], everywhere(rows), TRIED)
    monkeypatch.setattr(coresets, "CLASSES", 2)
    assert set(labels[coresets._sample(labels)]) == {0, 3} and len(coresets._sample(labels)) == 200


def test_tensors_say_the_same():
    torch = pytest.importorskip("torch")
    z, labels = units()
    z = z.astype(np.float32)
    mine = coresets.told(z, labels, everywhere(labels), TRIED)
    assert coresets.told(torch.as_tensor(z), labels, everywhere(labels), TRIED) == pytest.approx(mine, abs=0.02)


def test_nobody_is_warned_of_classes_with_an_item_each():
    labels = np.repeat(np.arange(30), 20)
    z = np.random.default_rng(0).standard_normal((600, 4)) + np.eye(30)[labels, :4]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert coresets.told(z, labels, everywhere(labels), (PLAIN,))[PLAIN] > 0
