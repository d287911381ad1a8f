import dataclasses
import itertools

import numpy as np
import pytest

from fdmat_core import curves, registry, selection
from fdmat_core.numerics import scaling
from fdmat_core.spec import Choice, Spec
from tests.conftest import make_table

FRACTIONS = (0.05, 0.1, 0.2, 0.4, 0.7)
MEASURES = ("energy", "class_balance", "linear_probe(steps=20)")
PROBE = Choice.of("linear_probe", steps=20)
KEY = ["method", "k", "seed", "measure"]


def spec(*methods, measures=("energy", "class_balance", PROBE), fractions=FRACTIONS, **options):
    as_choice = lambda one: one if isinstance(one, Choice) else Choice(one)  # noqa: E731
    given = Choice("given")
    methods, measures = tuple(map(as_choice, methods)), tuple(map(as_choice, measures))
    return Spec(given, given, methods, measures, fractions=fractions, **{"seeds": 2, "band": 4} | options)


@pytest.fixture
def test_table():
    return make_table((30, 30, 30), seed=5)


def value(curve, method, k, measure, seed=0):
    where = (curve.method == method) & (curve.k == k) & (curve.measure == measure) & (curve.seed == seed)
    (found,) = curve[where]["value"]
    return found


def measured(table, test, *args, **options):
    return curves.frame(curves.points(table, test, spec(*args, **options)))


def test_the_frame_is_tidy(table, test_table):
    curve = curves.measure(
        table, test_table, methods=["herding"], measures=["energy", PROBE], fractions=FRACTIONS, band=4
    )
    assert list(curve.columns) == ["method", "kept", "k", "seed", "measure", "value"]
    assert set(curve.method) == {"herding", "random"}
    assert set(curve.measure) == {"energy", "linear_probe(steps=20)"}
    assert set(curve.k) == {5, 9, 18, 36, 63, 90}  # 4.5 rounds up; all items are always measured
    assert not curve.duplicated(KEY).any() and not curve.isna().any().any()
    assert np.array_equal(curve.kept, curve.k.map({5: 0.05, 9: 0.1, 18: 0.2, 36: 0.4, 63: 0.7, 90: 1.0}))


def test_every_kind_of_method_has_its_seeds(table, test_table):
    draws = next(name for name, e in registry.methods.all().items() if "rng" in e.accepts and name != "random")
    curve = measured(table, test_table, "herding", draws, seeds=3, band=5)
    seeds = curve[curve.k == 18].groupby(["method", "measure"])["seed"].apply(list).to_dict()
    for measure in MEASURES:
        assert seeds["random", measure] == [0, 1, 2, 3, 4]
        assert seeds[draws, measure] == [0, 1, 2]
        assert seeds["herding", measure] == ([0, 1, 2] if measure == MEASURES[2] else [0])


def test_values_are_those_of_the_coresets(table, test_table):
    curve = measured(table, test_table, "herding")
    space = curves.space(table)
    energy, probe = (registry.measures.get(name) for name in ("energy", "linear_probe"))
    herding = selection.coreset(table, "herding", 18)
    assert value(curve, "herding", 18, "energy") == pytest.approx(energy(space, seed=0)(herding.rows, None))
    drawn = selection.coreset(table, "random", 18, seed=3)
    assert value(curve, "random", 18, "energy", 3) == pytest.approx(energy(space, seed=0)(drawn.rows, None))
    fitted = probe(table, params={"steps": 20}, test=test_table, seed=1)
    assert value(curve, "herding", 18, MEASURES[2], 1) == fitted(herding.rows, None)
    fitted = probe(table, params={"steps": 20}, test=test_table, seed=3)
    assert value(curve, "random", 18, MEASURES[2], 3) == fitted(drawn.rows, None)


def test_balance_is_passed_on():
    table = make_table((70, 10, 10))
    equal = measured(table, None, "herding", measures=["class_balance"], balance="equal", fractions=(0.2,))
    kept = selection.coreset(table, "herding", 18, balance="equal").rows
    assert list(np.bincount(table.labels[kept])) == [6, 6, 6]
    assert value(equal, "herding", 18, "class_balance") == pytest.approx(70 / 90 - 6 / 18)


def test_all_items_are_the_same_for_every_method(table, test_table):
    curve = measured(table, test_table, "herding", "k_center")
    for (measure, _), part in curve[curve.k == 90].groupby(["measure", "seed"]):
        assert part["value"].nunique() == 1
        assert set(part.kept) == {1}
        if measure != MEASURES[2]:
            assert part["value"].iloc[0] == pytest.approx(0, abs=1e-9)


def test_weights_are_used_by_every_measure(table, test_table):
    name = next(name for name, entry in registry.methods.all().items() if entry.facts.weigh)
    curve = measured(table, test_table, name, fractions=(0.2,))
    kept = selection.coreset(table, name, 18)
    assert np.ptp(np.asarray(kept.weights)) > 0
    energy = registry.measures.get("energy")(curves.space(table), seed=0)
    assert value(curve, name, 18, "energy") == pytest.approx(energy(kept.rows, kept.weights))
    assert value(curve, name, 18, "energy") != pytest.approx(energy(kept.rows, None), rel=1e-6)


def test_weights_count_when_everything_is_kept(table, test_table, monkeypatch):
    uneven = np.linspace(0.1, 1.9, 90)
    monkeypatch.setattr(
        selection, "weights", lambda _, method, rows: uneven[: len(rows)] if method.name == "herding" else None
    )
    curve = measured(table, test_table, "herding", "k_center", fractions=(0.2,))
    assert value(curve, "random", 90, "energy") == value(curve, "k_center", 90, "energy") == pytest.approx(0, abs=1e-9)
    assert value(curve, "herding", 90, "energy") > 1e-3


def test_every_subset_is_measured_along_the_same_directions(table):
    curve = measured(table, None, "herding", measures=["sliced_wasserstein"], fractions=(0.2,))
    sliced = registry.measures.get("sliced_wasserstein")(curves.space(table), seed=0)
    drawn = selection.coreset(table, "random", 18, seed=3)
    assert value(curve, "random", 18, "sliced_wasserstein", 3) == pytest.approx(sliced(drawn.rows, None))


def test_a_measure_that_draws_a_sample_of_a_class_is_repeated_for_an_error_bar(table):
    drawing, whole = Choice.of("exact_wasserstein", sample=12), Choice("exact_wasserstein")
    curve = measured(table, None, "herding", measures=[drawing, whole], fractions=(0.2,), seeds=3)
    mine = curve[(curve.method == "herding") & (curve.k == 18)]
    assert mine[mine.measure == str(drawing)].seed.tolist() == [0, 1, 2]
    assert mine[mine.measure == str(drawing)].value.nunique() == 3
    assert mine[mine.measure == str(whole)].seed.tolist() == [0]
    again = registry.measures.get("exact_wasserstein")(curves.space(table), params={"sample": 12}, seed=2)
    kept = selection.coreset(table, "herding", 18)
    assert value(curve, "herding", 18, str(drawing), 2) == again(kept.rows, None)
    random = selection.coreset(table, "random", 18, seed=2)
    first = registry.measures.get("exact_wasserstein")(curves.space(table), params={"sample": 12}, seed=0)
    assert value(curve, "random", 18, str(drawing), 2) == first(random.rows, None)  # one sample, many subsets


def test_rankings_are_asked_once_and_as_promised(table, test_table):
    nested = "herding"
    afresh = next(name for name, e in registry.methods.all().items() if not e.facts.nested and "rng" not in e.accepts)
    asked = []

    def ranking(method, seed, k):
        asked.append((method.name, seed, k))
        return selection.rank(table, method, budget=k, seed=seed)

    found = curves.frame(curves.points(table, test_table, spec(nested, afresh), ranking=ranking))
    assert len(asked) == len(set(asked))
    assert {call for call in asked if call[0] == nested} == {(nested, 0, None)}
    assert {call[2] for call in asked if call[0] == afresh} == {5, 9, 18, 36, 63, 90}
    assert {call for call in asked if call[0] == "random"} == {("random", seed, None) for seed in range(4)}
    assert found.equals(measured(table, test_table, nested, afresh))


def test_random_and_the_ends_come_first(table, test_table):
    work = curves.tasks(90, spec("herding", "fdmat"))
    order = [(task.method.name, task.k) for task in work]
    firsts = list(dict.fromkeys(order))
    assert firsts[:4] == [("random", 5), ("fdmat", 5), ("random", 90), ("fdmat", 90)]
    assert {name for name, _ in firsts[:12]} == {"random", "fdmat"} and len(firsts) == 18
    assert [k for name, k in firsts if name == "herding"] == [5, 90, 63, 18, 9, 36]
    assert [point["k"] for point in itertools.islice(curves.points(table, test_table, spec("herding")), 13)][-1] == 90


@pytest.mark.parametrize("stop", [0, 1, 17, 60])
def test_a_curve_goes_on_where_it_stopped(table, test_table, stop):
    whole = list(curves.points(table, test_table, spec("herding", "k_center")))
    known = curves.frame(whole[:stop])
    rest = list(curves.points(table, test_table, spec("herding", "k_center"), known=known))
    assert rest == whole[stop:]
    assert curves.frame(whole[:stop] + rest).equals(curves.frame(whole))


def test_measure_adds_to_what_is_known_and_returns_what_was_asked(table, test_table):
    options = {"measures": ["energy"], "fractions": FRACTIONS, "band": 2}
    first = curves.measure(table, test_table, methods=["herding", "k_center"], **options)
    broken = first.assign(value=first.value + 1)
    again = curves.measure(table, test_table, methods=["herding"], known=broken, **options)
    assert again.equals(broken[broken.method != "k_center"].reset_index(drop=True))
    told = []
    curves.measure(
        table, methods=["herding"], known=first, **options | {"band": 3}, progress=lambda *said: told.append(said)
    )
    assert [said[:2] for said in told] == [(number, 6) for number in range(6)]  # one more random subset of 6 sizes
    assert told[0][2] == "Random, 5 kept: Energy distance"


def test_sizes_that_are_the_same_are_measured_once():
    table = make_table((6, 4))
    curve = curves.measure(table, methods=["herding"], measures=["energy"], fractions=(0.001, 0.01, 0.1, 0.5), band=1)
    assert sorted(set(zip(curve.k, curve.kept, strict=True))) == [(1, 0.1), (5, 0.5), (10, 1)]
    assert not curve.duplicated(KEY).any()


def test_the_order_of_rows_does_not_matter(table, test_table):
    mixed = table.take(np.random.default_rng(0).permutation(table.n))
    one, two = (measured(either, test_table, "herding") for either in (table, mixed))
    assert one.drop(columns="value").equals(two.drop(columns="value"))
    assert np.allclose(one.value, two.value, atol=1e-5)


def test_the_same_question_has_the_same_answer(table, test_table):
    assert measured(table, test_table, "herding", "k_center").equals(measured(table, test_table, "herding", "k_center"))


def test_the_space_is_standardised_narrow_and_blind_to_labels():
    table = make_table((200, 100), d=100)
    space = curves.space(table)
    assert space.embedding.shape == (300, 64) and space.embedding.dtype == np.float32
    assert np.array_equal(space.embedding, scaling.principal(table.embedding, 64))
    relabelled = dataclasses.replace(table, labels=1 - table.labels)
    assert np.array_equal(curves.space(relabelled).embedding, space.embedding)
    assert np.array_equal(space.ids, table.ids) and space.key != table.key
    narrow = curves.space(make_table())
    assert np.allclose(narrow.embedding.std(axis=0), 1, atol=1e-4)


def test_missing_features_and_test_items_are_named(table):
    with pytest.raises(ValueError, match="pass the test table"):
        measured(table, None, "herding")
    with pytest.raises(ValueError, match="no measure named 'enrgy'"):
        measured(table, None, "herding", measures=["enrgy"])
    with pytest.raises(ValueError, match="did you mean 'herding'"):
        measured(table, None, "hearding", measures=["energy"])
