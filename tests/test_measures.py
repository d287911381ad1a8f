"""The laws that every registered measure obeys."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import registry
from fdmat_core.types import Dataset, Truth
from tests.conftest import make_table

MEASURES = registry.measures.all()
KINDS = {name: entry.facts.kind for name, entry in MEASURES.items()}
TO_CLEAN = [name for name in MEASURES if name.endswith("_to_clean")]  # the laws of these are at the end
DISTANCES = [name for name in MEASURES if KINDS[name] == "distance" and name not in TO_CLEAN]
PLAIN = [name for name in MEASURES if KINDS[name] != "accuracy"]
#: What a distance is multiplied by when features are multiplied by 3.
SCALES = {"energy": 3, "exact_wasserstein": 3, "sliced_wasserstein": 3, "sinkhorn": 9, "mmd": 1}
every = pytest.mark.parametrize("name", MEASURES)
plain = pytest.mark.parametrize("name", PLAIN)
distance = pytest.mark.parametrize("name", DISTANCES)
pytestmark = pytest.mark.usefixtures("arrays")


def measured(name, table, rows, weights=None, **params):
    test = make_table((20, 20, 20), seed=9)
    params = {"steps": 20} | params if name == "full_training" else params
    entry = MEASURES[name](table, params=params, test=test, dataset=items(table, test), seed=0)
    return entry(np.asarray(rows), weights)


def items(table, test):
    """The dataset whose features are these tables' embeddings."""
    ids = np.concatenate([table.ids, test.ids + 10_000])
    labels = np.concatenate([table.labels, test.labels])
    features = np.concatenate([table.embedding, test.embedding])
    return Dataset(
        name="items",
        ids=ids,
        labels=labels,
        classes=max(table.classes, test.classes, key=len),
        splits={"train": table.ids, "test": test.ids + 10_000},
        key="items",
        features=features,
        truth=Truth(labels, features[:, 0] > 1, features[:, 1] > 2),
    )


def with_features(table, embedding):
    return dataclasses.replace(table, embedding=embedding.astype(np.float32))


@every
def test_it_says_what_it_is(name):
    entry = MEASURES[name]
    assert entry.title and entry.facts.source and entry.facts.unit and entry.summary.endswith(".")
    assert entry.facts.better in ("lower", "higher")
    assert KINDS[name] in ("distance", "coverage", "balance", "accuracy")


@distance
def test_all_items_are_at_distance_zero(name, table):
    assert measured(name, table, np.random.default_rng(0).permutation(table.n)) == pytest.approx(0, abs=1e-6)


@distance
@pytest.mark.parametrize("sizes", [(60,), (97, 3, 1)])
def test_a_part_is_farther_than_all(name, sizes):
    table = make_table(sizes)
    some = np.arange(0, table.n, 2)
    assert measured(name, table, some) > 1e-4


@every
@pytest.mark.parametrize("sizes", [(60,), (97, 3, 1)])
def test_every_size_has_a_finite_value(name, sizes):
    table = make_table(sizes)
    order = np.random.default_rng(0).permutation(table.n)
    for k in (1, 2, 10, table.n):
        assert np.isfinite(measured(name, table, order[:k]))


@every
def test_the_order_of_picks_does_not_matter(name, table):
    rng = np.random.default_rng(1)
    rows = rng.permutation(table.n)[:25]
    weights = rng.random(25) + 0.1
    again = rng.permutation(25)
    assert measured(name, table, rows) == measured(name, table, rows[again])
    with_weights = measured(name, table, rows, weights)
    assert measured(name, table, rows[again], weights[again]) == pytest.approx(with_weights, rel=1e-12)


@every
def test_the_order_of_rows_does_not_matter(name, table):
    rows = np.arange(0, table.n, 4)
    mix = np.random.default_rng(2).permutation(table.n)
    there = np.flatnonzero(np.isin(mix, rows))
    options = {"sample": 10} if name in ("energy", "exact_wasserstein", "sinkhorn", "mmd", "coverage") else {}
    here = measured(name, table, rows, **options)
    assert measured(name, table.take(mix), there, **options) == pytest.approx(here, rel=1e-6)


@every
def test_the_table_is_unchanged(name, table):
    before = table.embedding.copy()
    measured(name, table, np.arange(10))
    assert np.array_equal(before, table.embedding)


@plain
def test_a_weight_of_two_is_two_copies(name, table):
    if name in ("coverage", "knn_recall", "missing_classes"):
        pytest.skip("counts what is there, not its weight")
    rows = np.repeat(np.arange(table.n), 2)
    twice = dataclasses.replace(
        table,
        ids=np.arange(2 * table.n),
        labels=table.labels[rows],
        embedding=table.embedding[rows],
        logits=None,
        dynamics={},
    )
    some = np.arange(0, table.n, 3)
    doubled = some[::2]
    copies = np.concatenate([2 * some, 2 * doubled + 1])
    weights = np.where(np.isin(some, doubled), 2.0, 1.0)
    assert measured(name, twice, 2 * some, weights) == pytest.approx(measured(name, twice, copies), rel=1e-3, abs=1e-9)
    assert measured(name, twice, 2 * some) != pytest.approx(measured(name, twice, copies), rel=1e-3)


@plain
def test_only_proportions_of_weights_count_and_zero_is_not_kept(name, table):
    rows = np.arange(0, table.n, 3)
    weights = np.random.default_rng(3).random(len(rows)) + 0.1
    one = measured(name, table, rows, weights)
    assert measured(name, table, rows, 10 * weights) == pytest.approx(one, rel=1e-6)
    weights[5:] = 0
    assert measured(name, table, rows, weights) == pytest.approx(measured(name, table, rows[:5], weights[:5]), rel=1e-9)


@distance
def test_a_missing_class_counts_as_its_worst_single_pick(name):
    table = make_table((20, 12))
    first, second = (np.flatnonzero(table.labels == label) for label in (0, 1))
    single = [measured(name, table, np.append(first, row)) for row in second]
    assert measured(name, table, first) == pytest.approx(max(single), rel=1e-3)
    assert measured(name, table, first) > np.median(single)


@distance
def test_nothing_kept_is_worst_of_all(name, table):
    nothing = measured(name, table, np.array([], dtype=np.int64))
    rng = np.random.default_rng(4)
    assert all(measured(name, table, rng.permutation(table.n)[:k]) <= nothing for k in (1, 3, 10, 40))


@distance
def test_moving_all_features_changes_nothing(name, table):
    rows = np.arange(0, table.n, 5)
    moved = with_features(table, table.embedding + np.arange(8) - 50.0)
    assert measured(name, moved, rows) == pytest.approx(measured(name, table, rows), rel=1e-3)


@distance
def test_turning_all_features_changes_nothing(name, table):
    if name == "sliced_wasserstein":
        pytest.skip("its directions are fixed")
    rows = np.arange(0, table.n, 5)
    turn = np.linalg.qr(np.random.default_rng(5).standard_normal((8, 8)))[0]
    turned = with_features(table, table.embedding @ turn)
    assert measured(name, turned, rows) == pytest.approx(measured(name, table, rows), rel=1e-3)


@distance
def test_it_scales_as_claimed(name, table):
    rows = np.arange(0, table.n, 5)
    larger = with_features(table, 3 * table.embedding)
    assert measured(name, larger, rows) == pytest.approx(SCALES[name] * measured(name, table, rows), rel=1e-3)


@distance
def test_classes_are_measured_apart(name):
    table = make_table((30, 30))
    lifted = table.embedding + 1000 * table.labels[:, None]
    rows = np.arange(0, 60, 4)
    if name == "mmd":
        pytest.skip("its bandwidth follows the whole table")
    assert measured(name, with_features(table, lifted), rows) == pytest.approx(measured(name, table, rows), rel=2e-3)


@distance
def test_a_sample_stands_for_a_large_class(name, table):
    if name == "sliced_wasserstein":
        pytest.skip("uses all items")
    everything = np.arange(table.n)
    assert measured(name, table, everything, sample=10) == pytest.approx(0, abs=1e-6)
    rows = np.arange(0, table.n, 2)
    full, part = measured(name, table, rows), measured(name, table, rows, sample=10)
    assert part != full and 0.2 * full < part < 20 * full


def to_clean(name, table, rows, bad, weights=None, **params):
    """A distance to the rows that are not bad."""
    nothing = np.zeros(table.n, dtype=bool)
    data = dataclasses.replace(items(table, table), truth=None)
    twice = Truth(*(np.concatenate([column, column]) for column in (table.labels, bad, nothing)))
    data = dataclasses.replace(data, truth=twice)
    return MEASURES[name](table, params=params, dataset=data, seed=0)(np.asarray(rows), weights)


@pytest.fixture
def bad(table):
    return np.random.default_rng(7).random(table.n) < 0.25


@pytest.mark.parametrize("name", TO_CLEAN)
def test_where_nothing_is_damaged_it_is_the_distance_to_all(name, table):
    rng, nothing = np.random.default_rng(0), np.zeros(table.n, dtype=bool)
    for k in (0, 1, 9, 40, table.n):
        rows = rng.permutation(table.n)[:k]
        weights = rng.random(k) + 0.1
        for given in (None, weights):
            wanted = measured(name.removesuffix("_to_clean"), table, rows, given)
            # a distance of 0 is the root of what rounding leaves, some 1e-17
            assert to_clean(name, table, rows, nothing, given) == pytest.approx(wanted, abs=1e-7)


@pytest.mark.parametrize("name", TO_CLEAN)
def test_the_clean_part_is_at_distance_zero_and_damage_is_not(name, table, bad):
    clean = np.flatnonzero(~bad)
    assert to_clean(name, table, clean, bad) == pytest.approx(0, abs=1e-6)
    assert measured(name.removesuffix("_to_clean"), table, clean) > 1e-3
    with_damage = [to_clean(name, table, np.append(clean, np.flatnonzero(bad)[:k]), bad) for k in (3, 10, bad.sum())]
    assert with_damage[0] > 1e-4 and with_damage[-1] > 1e-3


@pytest.mark.parametrize("name", TO_CLEAN)
def test_of_clean_picks_it_is_the_distance_within_the_clean_part(name, table, bad):
    """Classes count by their clean items; the features themselves are those of all."""
    clean = np.flatnonzero(~bad)
    rows = clean[::4]
    wanted = measured(name.removesuffix("_to_clean"), table.take(clean), np.arange(0, len(clean), 4))
    assert to_clean(name, table, rows, bad) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("name", TO_CLEAN)
def test_a_class_without_a_clean_item_does_not_count(name, table):
    gone = table.labels == 1
    rows = np.flatnonzero(~gone)[::3]
    wanted = measured(name.removesuffix("_to_clean"), table.take(np.flatnonzero(~gone)), np.arange(0, (~gone).sum(), 3))
    assert to_clean(name, table, rows, gone) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("name", TO_CLEAN)
def test_unknown_damage_and_nothing_but_damage_are_refused(name, table):
    entry, data = MEASURES[name], items(table, table)
    with pytest.raises(ValueError, match="needs damage that is known"):
        entry(table, dataset=dataclasses.replace(data, truth=None))
    with pytest.raises(ValueError, match="needs an item that is not damaged"):
        to_clean(name, table, [0], np.ones(table.n, dtype=bool))


def test_a_sample_stands_for_a_large_clean_part(table, bad):
    clean = np.flatnonzero(~bad)
    assert to_clean("energy_to_clean", table, clean, bad, sample=10) == pytest.approx(0, abs=1e-6)
    rows = np.arange(0, table.n, 2)
    full, part = (to_clean("energy_to_clean", table, rows, bad, **options) for options in ({}, {"sample": 10}))
    assert part != full and 0.1 * full < part < 20 * full
