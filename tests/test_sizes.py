"""Shares kept and counts: one rule for what is nearest, and none for what is far."""

import pytest

from fdmat_core import sizes

RUN = (0.01, 0.1, 0.5, 1.0)


def test_the_counts_of_a_run_hold_all_items_and_each_count_once():
    assert sizes.measured(200, (0.5, 0.001, 0.002)) == {1: 0.002, 100: 0.5, 200: 1.0}
    assert sizes.measured(90, (0.05,)) == {5: 0.05, 90: 1.0}  # 4.5 rounds up
    assert list(sizes.measured(10, (0.999, 0.3))) == [3, 10] and sizes.measured(10, (0.999,))[10] == 1.0


def test_a_share_is_a_part_of_the_items():
    assert sizes.share(3, 12) == 0.25 and sizes.share(0, 0) == 0


@pytest.mark.parametrize(
    ("kept", "near"),
    [(1.0, 1.0), (0.72, 1.0), (0.7, 0.5), (0.3, 0.5), (0.2, 0.1), (0.04, 0.1), (0.03, 0.01), (1e-6, 0.01), (0, 0.01)],
)
def test_near_is_meant_on_the_log_scale(kept, near):
    assert sizes.nearest(reversed(RUN), kept) == near


def test_of_two_sizes_as_near_the_smaller_is_taken_and_nothing_is_nearest_to_nothing():
    assert sizes.nearest((0.01, 1.0), 0.1) == sizes.nearest((1.0, 0.01), 0.1) == 0.01
    assert sizes.nearest((0.04, 0.09), 0.06) == 0.04
    assert sizes.nearest((0.0, 0.005, 1.0), 0.0) == 0 and sizes.nearest((0.0, 0.005, 1.0), 0.002) == 0.005


@pytest.mark.parametrize(
    ("there", "kept", "near"),
    [
        ((0.01,), 0.7, None),
        ((0.01,), 0.1, None),  # 10% will be measured
        ((0.01,), 0.09, 0.01),
        ((0.01, 1.0), 0.7, 1.0),
        ((0.01, 0.5, 1.0), 0.7, 0.5),
        ((0.5,), 0.0001, None),
        ((0.01,), 0.0001, 0.01),
        ((0.1,), 0.100004, 0.1),  # as a slider rounds it
        ((0.01, 0.5), 0.100004, None),
        ((0.2,), 0.2, None),  # of another run
        ((), 0.5, None),
    ],
)
def test_a_neighbour_is_no_further_than_the_next_planned_size(there, kept, near):
    assert sizes.neighbour(there, kept, RUN) == near


def test_a_slider_ends_at_a_thousandth_at_one_item_or_at_the_least_that_was_measured():
    assert sizes.least((0.01, 1.0), 8000) == 0.001
    assert sizes.least((0.01, 1.0), 250) == 0.004  # one item: beyond it nothing would change
    assert sizes.least((0.0002, 0.0, 1.0), 8000) == 0.0002 and sizes.least((0.002, 1.0), 250) == 0.002
    assert sizes.least((), 0) == sizes.least((), 1) == 0.001
