"""How small one may go: the floor, dips of the curve, and what is said of it."""

import pandas

from fdmat_core.analysis import recommendation
from fdmat_core.spec import Choice


def probe(**values):
    """The probe's accuracy by share kept, given as `at_10=.9` for 10%."""
    return pandas.Series({int(name.removeprefix("at_")) / 100: value for name, value in values.items()})


def test_the_smallest_share_at_which_the_probe_loses_nothing():
    curve = probe(at_10=0.89, at_30=0.90, at_50=0.91, at_100=0.90)
    assert recommendation.share(curve, 0.0) == 0.3
    assert recommendation.share(curve.drop([0.3, 0.5]), 0.0) == 1


def test_no_share_below_the_floor_is_recommended():
    curve = probe(at_10=0.95, at_30=0.95, at_50=0.95, at_100=0.90)
    assert [recommendation.share(curve, floor) for floor in (0.0, 0.2, 0.3, 0.7)] == [0.1, 0.3, 0.3, 1.0]
    assert recommendation.share(curve) == recommendation.FLOOR


def test_a_larger_share_that_loses_more_rules_out_the_smaller():
    assert recommendation.share(probe(at_30=0.95, at_50=0.80, at_70=0.90, at_100=0.90), 0.0) == 0.7


def test_the_order_of_the_shares_does_not_matter_and_rounding_is_no_loss():
    curve = probe(at_100=0.9, at_30=0.1, at_50=0.9 - 1e-13)
    assert recommendation.share(curve, 0.0) == 0.5


def test_nothing_is_recommended_while_all_data_are_not_measured():
    assert recommendation.share(probe(at_50=0.9, at_70=0.9)) is None


def test_a_summary_is_read_once_all_sizes_of_the_method_are_measured():
    rows = [("fdmat", 0.5, 50, 0.9), ("fdmat", 1.0, 100, 0.9), ("random", 0.3, 30, 0.99), ("random", 1.0, 100, 0.9)]
    table = pandas.DataFrame(rows, columns=["method", "kept", "k", "mean"])
    assert recommendation.of_summary(table, [50, 100]) == 0.5
    assert recommendation.of_summary(table, [30, 50, 100]) is None
    assert recommendation.applies([Choice("linear_probe")])
    assert not recommendation.applies([Choice("linear_probe"), Choice("full_training")])


def test_what_is_recommended_is_said_with_how_often_it_held():
    words = recommendation.said(0.5)
    held = recommendation.HELD
    assert "**50%**" in words and f"in {held.number} of the {held.of} cases" in words
    assert "**all data**" in recommendation.said(1.0)
