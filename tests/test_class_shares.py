"""What every class gets of a coreset: by hand, and the same rules for every method."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import class_shares, registry, select, selection
from tests.conftest import make_table
from tests.methods.tables import points

METHODS = registry.methods.all()


def learned(el2n, labels):
    return points(np.zeros((len(labels), 1)), labels=labels, dynamics={"el2n": np.asarray(el2n, dtype=np.float32)})


def overlapping(n=300, seed=0):
    """Three classes in the plane: 0 and 1 overlap, 2 lies apart."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1, 2], n // 3)
    centres = np.array([[0.0, 0], [1, 0], [0.5, 9]])
    return points(centres[labels] + rng.standard_normal((n, 2)), labels=labels)


def test_sizes_and_ones():
    table = make_table((50, 30, 20))
    assert class_shares.weights(table, "proportional").tolist() == [50, 30, 20]
    assert class_shares.weights(table, "equal").tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="balance is 'fair'"):
        class_shares.weights(table, "fair")


def test_difficulty_by_hand():
    """A mean of 21 values whose ends are cut: 0 to 20 becomes 1 to 19; one wild value counts as the one before it."""
    assert class_shares.difficulties(learned(np.arange(21), [0] * 21)).tolist() == [10]
    wild = [*range(20), 1e6]
    assert class_shares.difficulties(learned(wild, [0] * 21))[0] == pytest.approx((1 + sum(range(1, 20)) + 19) / 21)
    table = learned([0.2] * 4 + [0.6] * 2, [0] * 4 + [2] * 2)
    assert class_shares.difficulties(table) == pytest.approx([0.2, 0, 0.6])


def test_difficult_classes_get_more():
    """Weights .2 and .6: of 8 places two and six, whatever the sizes."""
    table = learned([0.2] * 40 + [0.6] * 20, [0] * 40 + [1] * 20)
    order = selection.rank(table, "random", balance="difficulty").order
    assert np.bincount(table.labels[order[:8]]).tolist() == [2, 6]
    assert np.bincount(table.labels[order[:40]]).tolist() == [20, 20]  # the smaller is used up


def test_errors_are_of_rows_never_seen():
    """Class 2 is never mistaken; 0 and 1 lie one deviation apart, so that 31% of each are on the wrong side."""
    error = class_shares.errors(overlapping(3000))
    assert error[2] == 0 and error[:2] == pytest.approx([0.309, 0.309], abs=0.05)
    draws = [np.random.default_rng(seed).standard_normal((400, 100)) for seed in range(4)]
    chance = [class_shares.errors(points(z, labels=np.arange(400) % 2)).mean() for z in draws]
    assert np.mean(chance) == pytest.approx(0.5, abs=0.05)  # seen, such rows are mistaken in one case of four


def test_of_a_large_table_some_rows_of_every_class_are_judged(monkeypatch):
    table = overlapping(3000)
    monkeypatch.setattr(class_shares.held_out, "AFFORDABLE", 3000)
    assert class_shares.errors(table)[:2] == pytest.approx([0.309, 0.309], abs=0.08)


def test_of_many_classes_each_is_judged_however_large_the_table(monkeypatch):
    """Five rows of each class and few columns are left of a table that is far too large."""
    table = overlapping(3000)
    monkeypatch.setattr(class_shares.held_out, "AFFORDABLE", 1)
    error = class_shares.errors(table)
    assert error[2] == 0 and 0 < error[:2].mean() < 1


def test_mistaken_classes_get_more():
    table = overlapping()
    order = selection.rank(table, "random", balance="error").order
    weights = class_shares.weights(table, "error")
    counts = np.bincount(table.labels[order[:60]], minlength=3)
    expected = 60 * weights / weights.sum()
    assert np.abs(counts - expected).max() <= 1.5 and counts[2] < 10 < counts[:2].min()


def test_a_row_alone_in_its_class_is_mistaken_and_an_empty_class_is_not():
    table = points(np.array([[0.0], [0.1], [5], [5.1], [9]]), labels=[0, 0, 1, 1, 3])
    assert class_shares.errors(table).tolist() == [0, 0, 0, 1]
    assert class_shares.errors(points(np.zeros((2, 1)), labels=[0, 1])).tolist() == [1, 1]


def test_classes_never_mistaken_share_alike():
    table = points(np.repeat([[0.0], [100]], 20, axis=0), labels=np.repeat([0, 1], 20))
    assert class_shares.weights(table, "error").tolist() == [0, 0]
    order = selection.rank(table, "random", balance="error").order
    assert np.bincount(table.labels[order[:10]]).tolist() == [5, 5]


@pytest.mark.parametrize("balance", ["error", "difficulty"])
@pytest.mark.parametrize("name", METHODS)
def test_every_method_keeps_the_shares(name, balance):
    table = make_table((50, 30, 20), spread=2.0)
    table = table.take(np.argsort(table.ids))  # as rank sees it: who is held out with whom goes by id
    for k in (1, 3, 20, 100):
        ranking = selection.rank(table, name, budget=k, balance=balance)
        labels = table.labels[ranking.order[:k]]
        sizes = np.bincount(table.labels)
        weights = class_shares.weights(table, balance)
        expected = selection.quotas.quotas(k, sizes, "proportional", weights)
        assert len(set(ranking.order[:k].tolist())) == k
        if ranking.survivors == table.n or not METHODS[name].facts.nested:
            assert np.bincount(labels, minlength=3).tolist() == expected.tolist()


@pytest.mark.parametrize("balance", ["error", "difficulty"])
def test_smaller_coresets_of_the_flagship_are_prefixes(balance):
    """One class gets nearly all, more than its size or an equal share would give, and is matched as far."""
    table = make_table((60, 60, 60), spread=1.5)
    hard = np.where(table.labels == 1, 1.0, 0.01).astype(np.float32)
    table = dataclasses.replace(table, dynamics=dict(table.dynamics) | {"el2n": hard})
    few, all_ = (selection.rank(table, "fdmat", budget=k, balance=balance).order for k in (40, 180))
    assert np.array_equal(few[:40], all_[:40])


def test_rows_in_another_order_make_no_difference():
    table = make_table((40, 30, 20), spread=2.0)
    turned = table.take(np.random.default_rng(0).permutation(table.n))
    for balance in ("error", "difficulty"):
        kept = [set(selection.coreset(one, "herding", 20, balance=balance).ids) for one in (table, turned)]
        assert kept[0] == kept[1]


def test_difficulty_without_training_names_the_way_out():
    table = dataclasses.replace(make_table(), dynamics={})
    with pytest.raises(ValueError, match=r"balance 'difficulty' needs dynamics\.el2n"):
        selection.rank(table, "herding", balance="difficulty")


def test_a_feature_that_is_not_finite_is_named():
    table = make_table()
    broken = table.embedding.copy()
    broken[3, 1] = np.inf
    with pytest.raises(ValueError, match=f"item {table.ids[3]} is not finite"):
        selection.rank(dataclasses.replace(table, embedding=broken), "random", balance="error")


def test_one_class_is_as_it_was():
    table = make_table((30,))
    for balance in ("error", "difficulty"):
        assert np.array_equal(
            selection.rank(table, "herding", balance=balance).order, selection.rank(table, "herding").order
        )


def test_select_trains_the_head_that_difficulty_reads():
    table = make_table((60, 40), spread=3.0)
    found = select(table.embedding, table.labels, "random", kept=20, balance="difficulty")
    assert len(found.rows) == 20
