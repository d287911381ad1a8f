"""The numbers beside the map."""

import numpy as np
import pandas as pd
import pytest

from fdmat_core.analysis import issues, per_class, summary
from fdmat_core.types import Ranking, Truth


@pytest.fixture
def table():
    rows = [
        ("fdmat", 0.95, 5, 0, 1.0),
        ("fdmat", 0.95, 5, 1, 3.0),
        ("fdmat", 0.5, 50, 0, 0.5),
        ("random", 0.95, 5, 0, 4.0),
        ("random", 0.95, 5, 1, 6.0),
        ("random", 0.5, 50, 0, 0.7),
    ]
    frame = pd.DataFrame(rows, columns=["method", "ratio", "kept", "seed", "value"]).assign(measure="w")
    return summary.by_size(frame, "w")


def test_a_reading_is_taken_at_the_nearest_measured_ratio(table):
    reading = summary.nearest(table, "fdmat", 0.9)
    assert (reading.value, reading.random, reading.seeds) == (2.0, 5.0, 2)
    assert reading.spread == pytest.approx(np.sqrt(2))
    assert reading.fraction == pytest.approx(0.05)


def test_near_is_meant_on_the_log_scale(table):
    assert summary.nearest(table, "fdmat", 0.83).fraction == pytest.approx(0.5)  # 17% kept: nearer 50% than 5%
    assert summary.nearest(table, "fdmat", 0.85).fraction == pytest.approx(0.05)


def test_one_seed_has_no_spread_and_an_absent_method_no_reading(table):
    assert summary.nearest(table, "fdmat", 0).spread is None
    assert summary.nearest(table, "herding", 0.9) is None


def test_a_summary_is_one_row_per_method_and_ratio(table):
    assert list(table.columns) == ["method", "ratio", "kept", "fraction", "mean", "sd", "low", "high", "seeds"]
    assert [(row.method, row.kept) for row in table.itertuples()] == [
        ("fdmat", 50),
        ("fdmat", 5),
        ("random", 50),
        ("random", 5),
    ]
    row = table.iloc[1]
    assert (row["mean"], row["low"], row["high"], row["seeds"]) == (2, 1, 3, 2)
    assert row["sd"] == pytest.approx(np.sqrt(2)) and row["fraction"] == pytest.approx(0.05)
    assert np.isnan(table["sd"][0])


def test_a_summary_leaves_out_what_is_not_a_number_and_other_measures():
    rows = [("a", 0.5, 5, 0, "w", np.nan), ("a", 0.5, 5, 0, "v", 1.0), ("a", 0.5, 5, 1, "w", 4.0)]
    frame = pd.DataFrame(rows, columns=["method", "ratio", "kept", "seed", "measure", "value"])
    assert summary.by_size(frame, "w")["mean"].tolist() == [4]
    assert summary.by_size(frame[:1], "w").empty


def test_the_best_of_each_size_is_marked_by_what_is_better(table):
    marked = lambda better: table[summary.best(table, better)][["method", "kept"]].to_numpy().tolist()  # noqa: E731
    assert marked("lower") == [["fdmat", 50], ["fdmat", 5]]
    assert marked("higher") == [["random", 50], ["random", 5]]
    assert not summary.best(table.assign(mean=1.0), "higher").any()
    assert not summary.best(table.assign(ratio=0.0), "higher").any()
    assert not summary.best(table[table["method"] == "random"], "higher").any()


def test_items_are_counted_per_class_also_where_none_are_left():
    sizes, kept = per_class.counts(np.array([0, 2, 2, 0, 2]), 4, np.array([1, 2]))
    assert (sizes, kept) == ([2, 0, 3, 0], [0, 0, 2, 0])


def test_injected_and_suspected_noise_are_masks_by_row():
    truth = Truth(np.zeros(3), np.array([True, False, False]), np.array([False, False, True]))
    assert issues.injected(truth).tolist() == [True, False, True]
    assert issues.suspected(Ranking(np.array([2, 0, 1]), survivors=1)).tolist() == [True, True, False]


def test_a_spread_that_is_rounding_only_is_none_at_all():
    third = [0.1 + 0.2, 0.3, 0.3]  # of the same value, summed in other ways
    rows = [("a", 0.5, 5, seed, "w", value) for seed, value in enumerate(third)]
    rows += [("b", 0.5, 5, seed, "w", 0.3 + 1e-6 * seed) for seed in range(3)]
    frame = pd.DataFrame(rows, columns=["method", "ratio", "kept", "seed", "measure", "value"])
    assert 0 < frame["value"][:3].std() < 1e-15
    assert summary.by_size(frame, "w")["sd"].tolist() == [0, pytest.approx(1e-6)]


def test_values_by_class_are_read_at_the_nearest_size_and_averaged_over_seeds():
    rows = [
        ("a", kept, seed, label, kept + 10 * label + seed)
        for kept in (5, 50, 100)
        for seed in (0, 1)
        for label in (0, 1)
    ] + [("random", 50, 0, 0, 7.0), ("random", 50, 0, 1, np.nan)]
    told = pd.DataFrame(rows, columns=["method", "kept", "seed", "label", "value"])
    reading = per_class.read(told, "a", 0.6, 100)
    assert (reading.fraction, reading.seeds) == (0.5, 2)
    assert reading.here.tolist() == [50.5, 60.5] and reading.whole.tolist() == [100.5, 110.5]
    assert reading.random[0] == 7 and np.isnan(reading.random[1])
    assert per_class.read(told, "a", 0.93, 100).fraction == 0.05
    assert per_class.read(told, "b", 0.5, 100) is None


def test_the_worst_class_is_the_lowest_of_each_coreset_and_seed():
    rows = [("a", 50, seed, label, value + seed) for seed in (0, 1) for label, value in enumerate([3.0, 2.0, np.nan])]
    told = pd.DataFrame(rows, columns=["method", "kept", "seed", "label", "value"])
    low = per_class.worst(told, 200, "lowest")
    assert low[["method", "kept", "seed", "value"]].values.tolist() == [["a", 50, 0, 2.0], ["a", 50, 1, 3.0]]
    assert set(low["ratio"]) == {0.75} and set(low["measure"]) == {"lowest"}


def test_enough_is_the_size_from_which_on_a_method_stays_near_all_data():
    """By hand, all data .9: a is near at 50% and 10%, lucky at 1% and not at 5%; b never is; c is everywhere."""
    values = {"a": (0.895, 0.9, 0.8, 0.95), "b": (0.88, 0.8, 0.7, 0.6), "c": (0.9, 0.89, 0.91, 0.891)}
    rows = [
        (name, 1 - share, round(100 * share), 0, value)
        for name, means in values.items()
        for share, value in zip((0.5, 0.1, 0.05, 0.01), means, strict=True)
    ]
    rows += [(name, 0.0, 100, 0, 0.9) for name in values]
    frame = pd.DataFrame(rows, columns=["method", "ratio", "kept", "seed", "value"]).assign(measure="w")
    found = summary.enough(summary.by_size(frame, "w"), 0.01)
    assert list(found) == ["c", "a", "b"]
    assert found == {"c": pytest.approx(0.01), "a": pytest.approx(0.1), "b": None}
    assert summary.enough(summary.by_size(frame[frame["ratio"] > 0], "w")) == {}


def test_a_curve_against_random_by_hand():
    rows = [("a", 0.9, 10, 0, "w", 5.0), ("a", 0.9, 10, 0, "v", 1.0), ("a", 0.5, 50, 0, "w", 2.0)]
    rows += [("random", 0.9, 10, seed, "w", value) for seed, value in enumerate((1.0, 3.0))]
    rows += [("random", 0.9, 10, 0, "v", 1.5)]
    curve = pd.DataFrame(rows, columns=["method", "ratio", "kept", "seed", "measure", "value"])
    found = summary.above(curve)
    assert found["value"].tolist() == [3.0, -0.5, -1.0, 1.0, 0.0]
    assert found["kept"].tolist() == [10] * 5 and curve["value"].iloc[0] == 5.0


def test_a_value_that_is_rounding_only_is_none_at_all_and_so_are_its_ends():
    rows = [("a", 0.5, 50, seed, "w", value) for seed, value in enumerate((2e-12, 4e-12))] + [
        ("a", 0.9, 10, 0, "w", 1.0)
    ]
    curve = pd.DataFrame(rows, columns=["method", "ratio", "kept", "seed", "measure", "value"])
    first = summary.by_size(curve, "w").iloc[0]
    assert (first["mean"], first["low"], first["high"], first["sd"]) == (0, 0, 0, 0)
