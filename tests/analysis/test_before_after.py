"""What cleaning brought, against figures that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from fdmat_core import curves
from fdmat_core.analysis import before_after
from fdmat_core.spec import Choice

PROBE, CLEAN = Choice("linear_probe"), Choice("energy_to_clean")


def curve(values):
    """Points at all items, and at a share kept by fdmat: values by (method, share, measure)."""
    return curves.frame(
        dict(zip(curves.COLUMNS, (method, share, round(share * 100), seed, measure, value), strict=True))
        for (method, share, measure), many in values.items()
        for seed, value in enumerate(many)
    )


ALL, PART, FAR = ("random", 1.0, "linear_probe"), ("fdmat", 0.05, "linear_probe"), ("random", 1.0, "energy_to_clean")
BEFORE = curve({ALL: [0.70, 0.72], PART: [0.6, 0.61], FAR: [0.5]})
AFTER = curve({ALL: [0.80, 0.82], PART: [0.5, 0.51], FAR: [0.2]})


def test_each_measure_has_its_sides_the_difference_and_a_verdict():
    found = before_after.table(BEFORE, AFTER, [PROBE, CLEAN], "fdmat", 0.04)
    assert found["what"].tolist() == [
        "Linear probe accuracy, all items",
        "Linear probe accuracy, 5% by this method",
        "Energy distance to the clean part, all items",
    ]
    first = found.iloc[0]
    assert (first.before, first.after) == ("71.0 ± 1.4% (2)", "81.0 ± 1.4% (2)")
    reach = 4.302652729911275 * np.sqrt(2 * 0.0002 / 2) * 100  # Welch with equal spreads: two degrees of freedom
    assert first.difference == f"+10.0 points [+{10 - reach:.1f}, +{10 + reach:.1f}]"
    assert found["verdict"].tolist() == ["better", "worse", "one value each, no interval"]


def test_what_was_not_measured_both_times_is_left_out():
    other = AFTER[AFTER["measure"] != "linear_probe"]
    found = before_after.table(BEFORE, other, [PROBE, CLEAN], "herding", 0.05)
    assert found["what"].tolist() == ["Energy distance to the clean part, all items"]


def test_classes_are_those_of_all_items_the_largest_gain_first():
    def told(values):
        rows = [
            ("random", 100, seed, label, value) for label, many in values.items() for seed, value in enumerate(many)
        ]
        small = [("random", 10, 0, 0, 0.0), ("fdmat", 100, 0, 0, 0.0)]
        return pd.DataFrame([*rows, *small], columns=["method", "k", "seed", "label", "value"])

    found = before_after.classes(told({0: [0.5, 0.7], 1: [0.9]}), told({0: [0.7], 1: [0.85]}), ["cat", "dog", "eel"])
    assert found["label"].tolist() == ["cat", "dog", "eel"]
    assert found["before"].tolist()[:2] == pytest.approx([0.6, 0.9])
    assert found["difference"].tolist()[:2] == pytest.approx([0.1, -0.05]) and np.isnan(found["difference"][2])


def test_what_is_left_does_not_count_what_people_call_right():
    suspected, right = np.array([1, 1, 1, 0, 0], bool), np.array([1, 0, 0, 1, 0], bool)
    before = before_after.left(suspected, ~suspected, np.array([1, 1, 0, 1, 0], bool))
    after = before_after.left(suspected, right, np.array([1, 0, 0, 0, 0], bool))
    assert (before.suspected, after.suspected) == (3, 2)
    assert before_after.sentence(before, after) == (
        "FDMat suspects **2 of 5** items now, 3 before; **2 of 3** injected errors are undone, 1 are left."
    )
    unknown = before_after.left(suspected, right, None)
    assert before_after.sentence(unknown, unknown) == "FDMat suspects **2 of 5** items now, 2 before."
