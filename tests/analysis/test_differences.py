"""What tells two results apart, by numbers that can be checked by hand."""

import pandas as pd
import pytest

from fdmat_core import registry
from fdmat_core.analysis import differences, summary
from fdmat_core.runs import settings
from fdmat_core.spec import Choice

ACCURACY = registry.measures.get("linear_probe").facts
DISTANCE = registry.measures.get("energy").facts


def table(values, measure="m"):
    """A summary of values by method and share kept."""
    rows = [
        (method, kept, round(100 * kept), seed, measure, value)
        for (method, kept), found in values.items()
        for seed, value in enumerate(found)
    ]
    return summary.by_size(pd.DataFrame(rows, columns=["method", "kept", "k", "seed", "measure", "value"]), measure)


def test_the_interval_is_that_of_welch():
    """Means .80 and .84, sds .01 and .02 of 3 seeds: se .0129, 2.94 degrees of freedom, t 3.22 (by hand)."""
    both = table({("a", 0.1): [0.79, 0.80, 0.81], ("b", 0.1): [0.82, 0.84, 0.86]})
    found = differences.read(both, both, ("a", "b"), 0.1, ([0.1, 1.0],) * 2)
    assert found.value == pytest.approx(0.04)
    assert (found.low, found.high) == pytest.approx((0.04 - 3.2189 * 0.012910, 0.04 + 3.2189 * 0.012910), abs=2e-5)
    assert not found.clear and differences.verdict(found, ACCURACY) == "no clear difference"
    assert differences.apart(found, ACCURACY) == "+4.0 points [−0.2, +8.2]"
    assert differences.said(found.a, ACCURACY) == "80.0 ± 1.0% (3)"


def test_a_certain_difference_says_who_is_better():
    both = table({("a", 0.1): [0.79, 0.80, 0.81], ("b", 0.1): [0.89, 0.90, 0.91]})
    found = differences.read(both, both, ("a", "b"), 0.1, ([0.1, 1.0],) * 2)
    assert found.clear
    assert differences.verdict(found, ACCURACY) == "B is better"
    assert differences.verdict(found, DISTANCE) == "A is better"


def test_one_value_has_no_interval_and_says_so():
    both = table({("a", 0.1): [0.3], ("b", 0.1): [0.5], ("random", 0.1): [0.2, 0.4]})
    found = differences.read(both, both, ("a", "b"), 0.1, ([0.1],) * 2)
    assert (found.low, found.high, found.clear) == (None, None, False)
    assert differences.verdict(found, DISTANCE) == "one value each, no interval"
    assert differences.apart(found, DISTANCE) == "+0.2"
    other = differences.read(both, both, ("a", "random"), 0.1, ([0.1],) * 2)
    assert differences.verdict(other, DISTANCE) == "one value on a side, no interval"
    assert differences.band(both, 0.1, DISTANCE) == "0.2 to 0.4 (2)"
    assert differences.band(both, 0.5, DISTANCE) == "–"


@pytest.mark.parametrize(("value", "said"), [(0.5, "0 points"), (0.9, "+40.0 points")])
def test_what_is_the_same_on_every_seed_names_no_better_one(value, said):
    """As of a probe that has one solution: that it is the same says nothing of other items."""
    both = table({("a", 0.1): [0.5, 0.5], ("b", 0.1): [value, value]})
    found = differences.read(both, both, ("a", "b"), 0.1, ([0.1],) * 2)
    assert not found.clear and differences.apart(found, ACCURACY) == said
    assert differences.verdict(found, ACCURACY) == "the same on every seed, no interval"
    assert differences.said(found.a, ACCURACY) == "50.0% (2)"


def test_two_methods_are_read_at_a_size_that_both_have():
    """At 30% A is measured at 20% and 50%, B at 50% only; 20% is planned for both, so that nothing is near yet."""
    a, b = table({("a", 0.2): [1.0], ("a", 0.5): [2.0]}), table({("b", 0.5): [3.0]})
    read = lambda kept, planned: differences.read(a, b, ("a", "b"), kept, planned)  # noqa: E731
    assert read(0.3, ([0.2, 0.5], [0.2, 0.5])).a.kept == 0.5
    assert read(0.1, ([0.2, 0.5], [0.2, 0.5])) is None
    assert read(0.1, ([0.2, 0.5], [0.5])).value == 1.0
    assert differences.read(a, b, ("a", "c"), 0.5, ([0.5],) * 2) is None


def test_variants_differ_in_their_parameters_alone():
    found = differences.choices(Choice("fdmat"), Choice.of("fdmat", tau=0.0))
    assert found == [("threshold", "0.5", "0.0")]
    assert differences.choices(Choice("fdmat"), Choice("fdmat")) == []


def test_two_methods_differ_in_what_they_are():
    found = {one.name: one[1:] for one in differences.choices(Choice("herding"), Choice("el2n"))}
    assert found["Family"] == ("geometry", "dynamics")
    assert found["Settings"] == ("none", "hardest rejected 0.0") and "Order" not in found


def test_two_runs_differ_in_their_settings():
    found = differences.settings(settings.SAMPLE, settings.SAMPLE_NOISY)
    assert [one.name for one in found] == ["Corruption", "Measures"]
    assert "to the clean part" in found[1].b and "to the clean part" not in found[1].a
    assert differences.settings(settings.SAMPLE, settings.SAMPLE) == []
