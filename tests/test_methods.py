"""The laws that every registered method obeys (methods.md, section g)."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import registry, selection
from fdmat_core.types import UNLABELLED
from tests.conftest import make_table

METHODS = registry.methods.all()
NESTED = [name for name, entry in METHODS.items() if entry.facts.nested]
SEEDED = [name for name, entry in METHODS.items() if "rng" in entry.accepts]
every = pytest.mark.parametrize("name", METHODS)
pytestmark = pytest.mark.usefixtures("arrays")


def kept(table, name, k, **options):
    return selection.coreset(table, name, k, **options).ids


@every
@pytest.mark.parametrize("balance", ["proportional", "equal", "none"])
@pytest.mark.parametrize("sizes", [(40, 30, 20), (97, 3, 1)])
def test_exactly_k_distinct_known_ids(name, balance, sizes):
    table = make_table(sizes)
    for k in (0, 1, table.c - 1, table.c, table.n // 10, table.n - 1, table.n):
        ids = kept(table, name, k, balance=balance)
        assert len(ids) == len(set(ids)) == k
        assert set(ids) <= set(table.ids)


@every
def test_classes_share_the_budget(name):
    table = make_table((50, 30, 20))
    labels = table.labels[selection.coreset(table, name, 20, balance="proportional").rows]
    rejected = table.n - selection.rank(table, name, budget=20).survivors
    assert np.abs(np.bincount(labels, minlength=3) - [10, 6, 4]).max() <= (1.5 if rejected == 0 else 2)


@pytest.mark.parametrize("name", NESTED)
def test_smaller_coresets_are_prefixes(name, table):
    rng = np.random.default_rng(1)
    for _ in range(20):
        small, large = np.sort(rng.integers(1, table.n + 1, 2))
        assert np.array_equal(kept(table, name, large)[:small], kept(table, name, small))


@every
def test_row_order_does_not_matter(name, table):
    shuffled = table.take(np.random.default_rng(2).permutation(table.n))
    for balance in ("proportional", "none"):
        assert np.array_equal(kept(table, name, 30, balance=balance), kept(shuffled, name, 30, balance=balance))


@pytest.mark.parametrize("name", [name for name in METHODS if selection.by_class(name, "equal")])
@pytest.mark.parametrize("balance", ["proportional", "equal"])
def test_classes_may_be_ranked_apart(name, balance):
    """Whoever ranks a class, and whenever: put together it is the ranking of the whole table."""
    table = make_table((40, 9, 20)).take(np.random.default_rng(3).permutation(69))
    asked = {"budget": 17, "balance": balance, "chosen": table.ids[[3, 40]]}
    apart = [selection.rank_classes(table, name, labels, **asked) for labels in ((2,), (1, 0))]
    one, other = (
        selection.rank(table, name, known={**apart[0], **apart[1]}, **asked),
        selection.rank(table, name, **asked),
    )
    assert np.array_equal(one.order, other.order) and one.survivors == other.survivors and one.notes == other.notes
    assert set(one.evidence) == set(other.evidence)
    for mine, its in [(one.score, other.score), *((one.evidence[key], other.evidence[key]) for key in one.evidence)]:
        assert (mine is None and its is None) or np.array_equal(mine, its)


def test_what_looks_at_all_classes_or_draws_is_not_ranked_apart():
    assert selection.by_class("herding", "proportional") and not selection.by_class("herding", "none")
    assert not selection.by_class("fdmat", "equal") and not selection.by_class("zcore", "equal")


@every
def test_class_names_do_not_matter(name):
    if "rng" in METHODS[name].accepts:
        pytest.skip("draws class by class, in the order of the class numbers")
    table = make_table((32, 32, 32))
    number = np.array([2, 0, 1])
    back = np.argsort(number)
    renamed = dataclasses.replace(
        table, labels=number[table.labels], logits=table.logits[:, back], head=table.head[back]
    )
    assert set(kept(table, name, 30)) == set(kept(renamed, name, 30))


@every
def test_same_seed_same_ids(name, table):
    assert np.array_equal(kept(table, name, 30, seed=5), kept(table, name, 30, seed=5))


@pytest.mark.parametrize("name", SEEDED)
def test_another_seed_another_order(name, table):
    assert any(not np.array_equal(kept(table, name, 30), kept(table, name, 30, seed=seed)) for seed in (1, 2, 3))


@every
def test_duplicates_stay_separate_items(name, table):
    rows = np.repeat(np.arange(table.n), 2)
    columns = {name: column[rows] for name, column in table.dynamics.items()}
    twice = dataclasses.replace(
        table,
        ids=np.arange(2 * table.n),
        labels=table.labels[rows],
        embedding=table.embedding[rows],
        logits=table.logits[rows],
        dynamics=columns,
    )
    assert len(set(kept(twice, name, 40))) == 40


@every
@pytest.mark.parametrize("sizes", [(60,), (30, 1), (2, 1)])
def test_one_class_and_a_class_of_one(name, sizes):
    table = make_table(sizes)
    try:
        assert len(kept(table, name, table.n // 2)) == table.n // 2
    except ValueError as error:  # a method may refuse one class, in words
        assert table.c == 1 and ("class" in str(error) or "needs labels" in str(error))


@every
def test_constant_features_are_survived(name, table):
    constant = dataclasses.replace(table, embedding=np.ones_like(table.embedding))
    assert len(set(kept(constant, name, 20))) == 20


@every
def test_the_table_is_unchanged(name, table):
    before = [table.ids.copy(), table.labels.copy(), table.embedding.copy(), table.logits.copy()]
    kept(table, name, 20)
    for then, now in zip(before, (table.ids, table.labels, table.embedding, table.logits), strict=True):
        assert np.array_equal(then, now)


@every
def test_a_missing_column_is_named(name, table):
    for column in METHODS[name].facts.needs:
        if column == "embedding":
            continue
        group, _, key = column.partition(".")
        without = {k: v for k, v in table.dynamics.items() if k != key}
        lacks = {"dynamics": {"dynamics": without}, "labels": {"labels": 0 * table.labels, "classes": UNLABELLED}}
        poor = dataclasses.replace(table, **lacks.get(group, {group: None}))
        with pytest.raises(ValueError, match=column.replace(".", r"\.")):
            kept(poor, name, 10)


@every
def test_nan_is_refused_by_item(name, table):
    if "embedding" not in METHODS[name].facts.needs:
        pytest.skip("does not read the embedding")
    broken = table.embedding.copy()
    broken[7, 2] = np.nan
    with pytest.raises(ValueError, match=f"item {table.ids[7]} is not finite"):
        kept(dataclasses.replace(table, embedding=broken), name, 10)


@every
def test_an_unknown_parameter_is_refused(name, table):
    with pytest.raises(ValueError, match="no parameter 'colour'"):
        selection.coreset(table, selection.Choice.of(name, colour="red"), 10)


@every
def test_weights_are_one_per_item_with_mean_one(name, table):
    weights = selection.coreset(table, name, 20).weights
    assert (weights is None) == (METHODS[name].facts.weigh is None)
    if weights is not None:
        assert weights.shape == (20,) and weights.min() >= 0 and np.isclose(weights.mean(), 1)


@every
def test_it_says_what_it_is(name):
    entry = METHODS[name]
    assert entry.title and entry.facts.keeps and entry.facts.paper and entry.summary.endswith(".")
    assert entry.facts.family in (
        "baseline",
        "geometry",
        "uncertainty",
        "dynamics",
        "gradients",
        "submodular",
        "distribution",
    )


@every
@pytest.mark.parametrize("balance", ["proportional", "equal", "none"])
def test_what_is_chosen_before_comes_first_and_all_sizes_are_exact(name, balance, table):
    chosen = table.ids[[2, 3, 5, 8, 13, 21, 34, 55]]
    for k in (3, 8, 30, table.n):
        ids = table.ids[selection.rank(table, name, budget=k, balance=balance, chosen=chosen).order[:k]]
        assert len(set(ids)) == k
        assert set(ids[:8]) == set(chosen) if k >= 8 else set(ids) < set(chosen)
    shuffled = table.take(np.random.default_rng(3).permutation(table.n))
    one, other = (of.ids[selection.rank(of, name, balance=balance, chosen=chosen).order] for of in (table, shuffled))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("name", NESTED)
def test_a_method_that_has_its_own_first_picks_goes_on_as_it_would(name, table):
    if name == "facility_location_stochastic":
        pytest.skip("draws anew which rows compete for each place")
    for balance in ("proportional", "none"):
        alone = selection.rank(table, name, balance=balance).order
        after = selection.rank(table, name, balance=balance, chosen=table.ids[alone[:20]]).order
        assert np.array_equal(alone, after)
