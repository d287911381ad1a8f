"""The numbers beside the map."""

import numpy as np
import pandas as pd
import pytest

from fdmat_core.analysis import per_class, summary
from fdmat_core.rankings import Ranking
from fdmat_core.registry import MeasureFacts
from fdmat_core.types import Truth


@pytest.fixture
def table():
    rows = [
        ("fdmat", 0.05, 5, 0, 1.0),
        ("fdmat", 0.05, 5, 1, 3.0),
        ("fdmat", 0.5, 50, 0, 0.5),
        ("random", 0.05, 5, 0, 4.0),
        ("random", 0.05, 5, 1, 6.0),
        ("random", 0.5, 50, 0, 0.7),
    ]
    frame = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "value"]).assign(measure="w")
    return summary.by_size(frame, "w")


SIZES = (0.05, 0.5, 1.0)


def test_a_reading_is_taken_at_the_nearest_measured_size(table):
    reading = summary.nearest(table, "fdmat", 0.1, SIZES)
    assert (reading.value, reading.random, reading.seeds) == (2.0, 5.0, 2)
    assert reading.spread == pytest.approx(np.sqrt(2))
    assert reading.kept == 0.05


def test_near_is_meant_on_the_log_scale(table):
    assert summary.nearest(table, "fdmat", 0.17, SIZES).kept == 0.5  # 17% is nearer to 50% than to 5%
    assert summary.nearest(table, "fdmat", 0.15, SIZES).kept == 0.05


def test_one_seed_has_no_spread_and_an_absent_method_no_reading(table):
    assert summary.nearest(table, "fdmat", 0.5, SIZES).spread is None
    assert summary.nearest(table, "herding", 0.1, SIZES) is None


def test_while_a_run_is_measured_no_reading_is_of_a_size_far_from_the_one_asked_for(table):
    planned = (0.05, 0.1, 0.2, 0.5, 0.7, 1.0)
    early = table[table["kept"] == 0.05]
    assert (
        summary.nearest(early, "fdmat", 0.7, planned) is None and summary.nearest(early, "fdmat", 0.1, planned) is None
    )
    assert summary.nearest(early, "fdmat", 0.09, planned).kept == 0.05  # beside it, though 10% would be nearer
    assert summary.nearest(table, "fdmat", 0.69, planned).kept == 0.5
    assert summary.nearest(table, "fdmat", 0.15, planned) is None  # between 10% and 20%


def test_a_summary_is_one_row_per_method_and_size(table):
    assert list(table.columns) == ["method", "kept", "k", "mean", "sd", "low", "high", "seeds"]
    assert [(row.method, row.k) for row in table.itertuples()] == [
        ("fdmat", 50),
        ("fdmat", 5),
        ("random", 50),
        ("random", 5),
    ]
    row = table.iloc[1]
    assert (row["mean"], row["low"], row["high"], row["seeds"]) == (2, 1, 3, 2)
    assert row["sd"] == pytest.approx(np.sqrt(2)) and row["kept"] == 0.05
    assert np.isnan(table["sd"][0])


def test_a_summary_leaves_out_what_is_not_a_number_and_other_measures():
    rows = [("a", 0.5, 5, 0, "w", np.nan), ("a", 0.5, 5, 0, "v", 1.0), ("a", 0.5, 5, 1, "w", 4.0)]
    frame = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])
    assert summary.by_size(frame, "w")["mean"].tolist() == [4]
    assert summary.by_size(frame[:1], "w").empty


def test_the_best_of_each_size_is_marked_by_what_is_better(table):
    marked = lambda better: table[summary.best(table, better)][["method", "k"]].to_numpy().tolist()  # noqa: E731
    assert marked("lower") == [["fdmat", 50], ["fdmat", 5]]
    assert marked("higher") == [["random", 50], ["random", 5]]
    assert not summary.best(table.assign(mean=1.0), "higher").any()
    assert not summary.best(table.assign(kept=1.0), "higher").any()
    assert not summary.best(table[table["method"] == "random"], "higher").any()


def test_items_are_counted_per_class_also_where_none_are_left():
    sizes, kept = per_class.counts(np.array([0, 2, 2, 0, 2]), 4, np.array([1, 2]))
    assert (sizes, kept) == ([2, 0, 3, 0], [0, 0, 2, 0])


def test_injected_and_rejected_noise_are_masks_by_row():
    truth = Truth(np.zeros(3), np.array([True, False, False]), np.array([False, False, True]))
    assert truth.bad.tolist() == [True, False, True]
    assert Ranking(np.array([2, 0, 1]), survivors=1).rejected.tolist() == [True, True, False]


def test_a_spread_that_is_rounding_only_is_none_at_all():
    third = [0.1 + 0.2, 0.3, 0.3]  # of the same value, summed in other ways
    rows = [("a", 0.5, 5, seed, "w", value) for seed, value in enumerate(third)]
    rows += [("b", 0.5, 5, seed, "w", 0.3 + 1e-6 * seed) for seed in range(3)]
    frame = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])
    assert 0 < frame["value"][:3].std() < 1e-15
    assert summary.by_size(frame, "w")["sd"].tolist() == [0, pytest.approx(1e-6)]


def test_values_by_class_are_read_at_the_nearest_size_and_averaged_over_seeds():
    rows = [
        ("a", k, seed, label, k + 10 * label + seed) for k in (5, 50, 100) for seed in (0, 1) for label in (0, 1)
    ] + [("random", 50, 0, 0, 7.0), ("random", 50, 0, 1, np.nan)]
    values = pd.DataFrame(rows, columns=["method", "k", "seed", "label", "value"])
    planned = {5: 0.05, 50: 0.5, 100: 1.0}
    reading = per_class.read(values, "a", 0.4, planned)
    assert (reading.kept, reading.k, reading.seeds) == (0.5, 50, 2)
    assert reading.here.tolist() == [50.5, 60.5] and reading.whole.tolist() == [100.5, 110.5]
    assert reading.random[0] == 7 and np.isnan(reading.random[1])
    assert per_class.read(values, "a", 0.07, planned).kept == 0.05
    assert per_class.read(values, "b", 0.5, planned) is None


def test_values_by_class_are_not_those_of_a_far_size_nor_of_a_size_of_another_run():
    values = pd.DataFrame(
        [("a", 5, 0, 0, 0.5), ("a", 60, 0, 0, 0.9)], columns=["method", "k", "seed", "label", "value"]
    )
    planned = {5: 0.05, 20: 0.2, 50: 0.5, 70: 0.7, 100: 1.0}
    assert per_class.read(values, "a", 0.6, planned) is None
    assert per_class.read(values, "a", 0.1, planned).here.tolist() == [0.5]
    assert per_class.worst(values, "lowest", planned)["k"].tolist() == [5]


def test_the_worst_class_is_the_lowest_of_each_coreset_and_seed():
    rows = [("a", 50, seed, label, value + seed) for seed in (0, 1) for label, value in enumerate([3.0, 2.0, np.nan])]
    values = pd.DataFrame(rows, columns=["method", "k", "seed", "label", "value"])
    low = per_class.worst(values, "lowest", {50: 0.25, 200: 1.0})
    assert low[["method", "k", "seed", "value"]].values.tolist() == [["a", 50, 0, 2.0], ["a", 50, 1, 3.0]]
    assert set(low["kept"]) == {0.25} and set(low["measure"]) == {"lowest"}


def test_enough_is_the_size_from_which_on_a_method_stays_near_all_data():
    """By hand, all data .9: a is near at 50% and 10%, lucky at 1% and not at 5%; b never is; c is everywhere."""
    values = {"a": (0.895, 0.9, 0.8, 0.95), "b": (0.88, 0.8, 0.7, 0.6), "c": (0.9, 0.89, 0.91, 0.891)}
    rows = [
        (name, share, round(100 * share), 0, value)
        for name, means in values.items()
        for share, value in zip((0.5, 0.1, 0.05, 0.01), means, strict=True)
    ]
    rows += [(name, 1, 100, 0, 0.9) for name in values]
    frame = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "value"]).assign(measure="w")
    found = summary.enough(summary.by_size(frame, "w"), 0.01)
    assert list(found) == ["c", "a", "b"]
    assert found == {"c": pytest.approx(0.01), "a": pytest.approx(0.1), "b": None}
    assert summary.enough(summary.by_size(frame[frame["kept"] < 1], "w")) == {}


def test_a_curve_against_random_by_hand():
    rows = [("a", 0.1, 10, 0, "w", 5.0), ("a", 0.1, 10, 0, "v", 1.0), ("a", 0.5, 50, 0, "w", 2.0)]
    rows += [("random", 0.1, 10, seed, "w", value) for seed, value in enumerate((1.0, 3.0))]
    rows += [("random", 0.1, 10, 0, "v", 1.5)]
    curve = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])
    found = summary.above(curve)
    assert found["value"].tolist() == [3.0, -0.5, -1.0, 1.0, 0.0]
    assert found["k"].tolist() == [10] * 5 and curve["value"].iloc[0] == 5.0


def test_a_value_that_is_rounding_only_is_none_at_all_and_so_are_its_ends():
    rows = [("a", 0.5, 50, seed, "w", value) for seed, value in enumerate((2e-12, 4e-12))] + [
        ("a", 0.1, 10, 0, "w", 1.0)
    ]
    curve = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])
    first = summary.by_size(curve, "w").iloc[0]
    assert (first["mean"], first["low"], first["high"], first["sd"]) == (0, 0, 0, 0)


def accuracies():
    """Of FDMat and random: mean and sd by hand are .87 and .01 at 5%, .85 and 0 at 1%; random .86 and .02 at 5%."""
    values = {
        ("fdmat", 1.0): (0.879, 0.879),
        ("fdmat", 0.05): (0.86, 0.87, 0.88),
        ("fdmat", 0.01): (0.85, 0.85),
        ("random", 0.05): (0.84, 0.86, 0.88),
        ("random", 0.01): (0.72,),
    }
    rows = [
        (method, kept, round(1000 * kept), seed, "linear_probe", value)
        for (method, kept), many in values.items()
        for seed, value in enumerate(many)
    ]
    curve = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"])
    return summary.by_size(curve, "linear_probe"), (0.01, 0.05, 1.0)


def test_the_verdict_says_what_a_share_costs_with_its_spread():
    table, planned = accuracies()
    said = summary.verdict(table, "fdmat", 0.05, planned, "Linear probe accuracy")
    assert said == "5% kept: 87.0 ± 1.0%, all data 87.9%, random 86.0 ± 2.0% · linear probe"
    alone = summary.verdict(table, "random", 0.05, planned, "Linear probe accuracy")
    assert alone == "5% kept: 86.0 ± 2.0%, all data 87.9% · linear probe"


def test_between_two_sizes_the_verdict_says_both_and_no_spread_of_nothing():
    table, planned = accuracies()
    said = summary.verdict(table, "fdmat", 0.02, planned, "Linear probe accuracy")
    wanted = "2% kept: 85.0% (at 1%) to 87.0 ± 1.0% (at 5%), all data 87.9%, random 72.0% (at 1%) · linear probe"
    assert said == wanted


def test_the_verdict_of_all_data_says_its_accuracy_once():
    table, planned = accuracies()
    assert summary.verdict(table, "fdmat", 1.0, planned, "Linear probe accuracy") == "100% kept: 87.9% · linear probe"


def test_there_is_no_verdict_before_there_is_a_number():
    table, planned = accuracies()
    assert summary.verdict(table[table["kept"] == 1], "fdmat", 0.02, planned, "Accuracy") == ""
    assert summary.verdict(table[:0], "fdmat", 0.05, planned, "Accuracy") == ""
    unlike = summary.verdict(table[table["kept"] < 1], "fdmat", 0.05, planned, "Accuracy")
    assert unlike == "5% kept: 87.0 ± 1.0%, random 86.0 ± 2.0% · accuracy"


def test_readings_on_either_side_of_a_share():
    table, planned = accuracies()
    assert [one.kept for one in summary.around(table, "fdmat", 0.02, planned)] == [0.01, 0.05]
    assert [one.kept for one in summary.around(table, "fdmat", 0.05, planned)] == [0.05]
    assert [one.kept for one in summary.around(table, "random", 0.5, planned)] == [0.05]
    (one,) = summary.around(table, "fdmat", 0.05, planned)
    assert (one.random, one.random_spread) == (pytest.approx(0.86), pytest.approx(0.02))


def test_a_sentence_says_what_one_method_needs_beside_random():
    needed = {"fdmat": 0.02, "random": 0.125, "el2n": None}
    told = "FDMat is within a point of all data (87.2%) from 2% kept on, random from 12.5%."
    assert summary.needs(needed, 0.8724, "fdmat", "FDMat") == told
    told = "EL2N is within a point of all data (87.2%) at no smaller size measured, random from 12.5%."
    assert summary.needs(needed, 0.8724, "el2n", "EL2N") == told
    told = "Random is within a point of all data (87.2%) from 12.5% kept on."
    assert summary.needs(needed, 0.8724, "random", "Random") == told
    assert summary.needs(needed, 0.8724, "herding", "Herding") == ""


@pytest.mark.parametrize(
    ("value", "better", "kind", "words"),
    [
        (1.0, "lower", "distance", "is closer than each of 2 random subsets: 1 against 5 on average."),
        (7.0, "lower", "distance", "is farther than each of 2 random subsets: 7 against 5 on average."),
        (7.0, "higher", "coverage", "is better than each of 2 random subsets: 7 against 5 on average."),
        (1.0, "higher", "coverage", "is worse than each of 2 random subsets: 1 against 5 on average."),
        (4.0, "lower", "distance", "lies among the random subsets: 4 against 5 on average."),
    ],
)
def test_a_sentence_says_whether_a_coreset_is_better_than_random_ones(value, better, kind, words):
    rows = [("fdmat", 0.05, 5, 0, value), ("random", 0.05, 5, 0, 4.0), ("random", 0.05, 5, 1, 6.0)]
    frame = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "value"]).assign(measure="w")
    facts = MeasureFacts(title="W", unit="units", better=better, source="", kind=kind)
    told = summary.beside_random(summary.by_size(frame, "w"), "fdmat", "FDMat", 0.06, SIZES, facts)
    assert told == f"At 5% kept FDMat {words}"


@pytest.mark.parametrize(
    ("value", "words"), [(1.0, "is closer to all items than"), (7.0, "is farther from all items than")]
)
def test_a_sentence_says_to_what_a_distance_leads(value, words):
    rows = [("fdmat", 0.05, 5, 0, value), ("random", 0.05, 5, 0, 4.0)]
    frame = pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "value"]).assign(measure="w")
    facts = MeasureFacts(title="W", unit="units", better="lower", source="", target="all items")
    told = summary.beside_random(summary.by_size(frame, "w"), "fdmat", "FDMat", 0.05, SIZES, facts)
    assert told == f"At 5% kept FDMat {words} the random subset: {value:g} against 4."


def test_random_and_what_has_nothing_beside_it_say_what_they_reach(table):
    facts = MeasureFacts(title="W", unit="units", better="lower", source="")
    said = lambda name, title, kept: summary.beside_random(table, name, title, kept, SIZES, facts)  # noqa: E731
    assert said("random", "Random", 0.05) == "At 5% kept random subsets have 5 on average, from 4 to 6."
    assert said("fdmat", "FDMat", 0.5) == "At 50% kept FDMat is closer than the random subset: 0.5 against 0.7."
    alone = table[table["method"] == "fdmat"]
    assert summary.beside_random(alone, "fdmat", "FDMat", 0.5, SIZES, facts) == "At 50% kept FDMat has 0.5."
    assert summary.beside_random(alone, "herding", "Herding", 0.5, SIZES, facts) == ""
