"""Kept fraction to count, count to quotas, and the nested merge of classes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fdmat_core.numerics import quotas
from fdmat_core.sizes import kept_count

sizes_of_classes = st.lists(st.integers(0, 60), min_size=1, max_size=8).filter(any)


@pytest.mark.parametrize(
    ("n", "fraction", "count"),
    [
        (100, 0.1, 10),
        (8000, 0.001, 8),
        (10, 0.25, 3),
        (10, 0.05, 1),
        (10, 0.0001, 1),
        (10, 0, 0),
        (7, 1, 7),
        (3, 0.5, 2),
    ],
)
def test_a_fraction_becomes_a_count_rounded_half_up(n, fraction, count):
    assert kept_count(n, fraction) == count


@pytest.mark.parametrize("fraction", [-0.1, 1.01, float("nan")])
def test_a_fraction_outside_0_to_1_is_refused(fraction):
    with pytest.raises(ValueError, match=r"kept fraction is .*; give a number from 0 to 1"):
        kept_count(10, fraction)


def test_an_unknown_balance_is_refused():
    with pytest.raises(ValueError, match="balance is 'fair'; choose proportional, equal, error, difficulty, none"):
        quotas.check_balance("fair")


def test_proportional_quotas_give_every_class_one_and_share_the_rest_by_size():
    assert quotas.quotas(10, np.array([50, 30, 20]), "proportional").tolist() == [5, 3, 2]
    assert quotas.quotas(4, np.array([50, 30, 20]), "proportional").tolist() == [2, 1, 1]
    assert quotas.quotas(1, np.array([10, 10]), "proportional").tolist() == [1, 0]  # a tie: the lower class
    assert quotas.quotas(10, np.array([1, 0, 98, 1]), "proportional").tolist() == [1, 0, 8, 1]
    assert quotas.quotas(2, np.array([1, 5, 98]), "proportional").tolist() == [0, 1, 1]  # too few: the largest


def test_equal_quotas_fill_level_by_level():
    assert quotas.quotas(10, np.array([50, 2, 20]), "equal").tolist() == [4, 2, 4]
    assert quotas.quotas(5, np.array([9, 9, 9]), "equal").tolist() == [2, 2, 1]


@settings(deadline=None)
@given(sizes=sizes_of_classes, share=st.floats(0, 1), balance=st.sampled_from(["proportional", "equal"]))
def test_quotas_sum_to_k_and_never_exceed_a_class(sizes, share, balance):
    sizes = np.array(sizes)
    k = round(share * sizes.sum())
    quota = quotas.quotas(k, sizes, balance)
    assert quota.sum() == k
    assert (quota >= 0).all() and (quota <= sizes).all()


@settings(deadline=None)
@given(sizes=sizes_of_classes)
def test_every_prefix_of_a_proportional_merge_holds_every_class_and_is_fair(sizes):
    sizes = np.array(sizes)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    merged = quotas.merge([np.flatnonzero(owner == label) for label in range(len(sizes))], sizes, "proportional")
    assert np.array_equal(np.sort(merged), np.arange(sizes.sum()))
    present = np.count_nonzero(sizes)
    for k in range(1, sizes.sum() + 1):
        counts = np.bincount(owner[merged[:k]], minlength=len(sizes))
        assert np.count_nonzero(counts) == min(k, present)
        assert sizes[counts > 0].min() >= sizes[counts == 0].max(initial=0)  # the larger classes first
        more, open_ = counts > 1, counts < sizes
        last = (counts[more] - 0.5) / sizes[more]  # the place of the last row, where it was not given as the first
        following = (counts[open_] + 0.5) / sizes[open_]
        assert last.max(initial=0) <= following.min(initial=np.inf) + 1e-9  # none has a row that another awaits more


def test_merge_keeps_each_class_in_its_own_order():
    merged = quotas.merge([np.array([5, 1, 3]), np.array([4, 0])], np.array([3, 2]), "proportional")
    assert merged.tolist() == [5, 4, 1, 0, 3]  # places 1/6, 1/4, 1/2, 3/4, 5/6


def test_equal_merge_takes_turns():
    merged = quotas.merge([np.array([5, 1, 3]), np.array([4, 0])], np.array([3, 2]), "equal")
    assert merged.tolist() == [5, 4, 1, 0, 3]
    assert quotas.merge([np.array([7, 8, 9]), np.array([4])], np.array([3, 1]), "equal").tolist() == [7, 4, 8, 9]


def test_a_partial_class_is_placed_by_its_full_size():
    merged = quotas.merge([np.array([0]), np.array([1, 2, 3])], np.array([100, 3]), "proportional")
    assert merged.tolist() == [0, 1, 2, 3]  # 0.005 against 1/6
    merged = quotas.merge([np.arange(3), np.array([3])], np.array([100, 3]), "proportional")
    assert merged.tolist() == [0, 3, 1, 2]  # the first of each, then 0.015 and 0.025


def test_weights_share_what_the_sizes_allow():
    """Weights 1, 2, 1, 0 of 8 places: one each first, and then the second class of two gives what it has."""
    sizes, weights = np.array([10, 2, 10, 10]), np.array([1, 2, 1, 0])
    assert quotas.quotas(8, sizes, "proportional", weights).tolist() == [3, 2, 2, 1]
    assert quotas.quotas(23, sizes, "proportional", weights).tolist() == [10, 2, 10, 1]
    assert quotas.quotas(26, sizes, "proportional", weights).tolist() == [10, 2, 10, 4]


def test_weights_of_1_are_equal_shares_and_small_ones_count():
    sizes = np.array([7, 3, 5])
    for k in range(16):
        equal = quotas.quotas(k, sizes, "equal")
        assert np.array_equal(quotas.quotas(k, sizes, "proportional", np.ones(3)), equal)
        assert np.array_equal(quotas.quotas(k, sizes, "proportional", np.full(3, 0.001)), equal)
    many = np.array([100, 100])
    assert quotas.quotas(40, many, "proportional", np.array([0.03, 0.01])).tolist() == [30, 10]
