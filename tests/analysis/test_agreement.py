"""How far two selections agree, by answers that can be counted by hand."""

import numpy as np
import pytest

from fdmat_core.analysis import agreement
from fdmat_core.rankings import Ranking, Rankings


def nested(order):
    return Rankings.nested_in(np.arange(len(order)) + 10, Ranking(np.array(order)))


def by_size(orders):
    """An order of its own for each count."""
    n = len(next(iter(orders.values())))
    return Rankings(np.arange(n) + 10, {k: Ranking(np.array(order), nested=False) for k, order in orders.items()})


FORWARD, OTHER = nested([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), nested([2, 1, 9, 8, 7, 6, 5, 4, 3, 0])


def test_two_nested_orders_are_compared_by_what_both_keep():
    """At 40% A keeps 0 1 2 3 and B 2 1 9 8: two in both, six in either."""
    a, b = FORWARD.cut(0.4), OTHER.cut(0.4)
    assert agreement.overlap(a, b) == (2, 2, 2)
    assert agreement.overlap(a, b).jaccard == pytest.approx(2 / 6)
    assert agreement.only(a, b).tolist() == [0, 3]
    assert agreement.only(b, a).tolist() == [9, 8]
    assert agreement.overlap(FORWARD.cut(1), OTHER.cut(1)).jaccard == 1


def test_an_order_for_each_size_is_cut_at_its_nearest():
    """At 40% the nearest size of B is 5 items, 5 to 9, none of which A keeps; at 100% it is all."""
    b = by_size({5: [9, 8, 7, 6, 5, 0, 1, 2, 3, 4], 10: list(range(10))})
    assert agreement.overlap(FORWARD.cut(0.4), b.cut(0.4)) == (0, 4, 5)
    assert agreement.stops(FORWARD, b, (0.1, 1.0)) == [0.5, 1.0]
    table = agreement.curve(FORWARD, b, [0.5, 1.0])
    assert table[["k_a", "k_b", "both", "only_a", "only_b"]].to_numpy().tolist() == [
        [5, 5, 0, 5, 5],
        [10, 10, 10, 0, 0],
    ]
    assert table["jaccard"].tolist() == [0, 1]


def test_two_nested_orders_are_compared_at_the_sizes_measured_and_between():
    stops = agreement.stops(FORWARD, OTHER, (0.0005, 0.3, 1.0))
    assert stops == sorted(stops) and stops[0] == 0.0005 and stops[-1] == 1
    assert 0.3 in stops and len(stops) > 40


def test_chance_is_what_random_draws_get():
    rng = np.random.default_rng(0)
    n, a, b = 200, 40, 60
    drawn = []
    for _ in range(2000):
        one, other = (set(rng.choice(n, k, replace=False).tolist()) for k in (a, b))
        drawn.append(len(one & other) / len(one | other))
    expected, low, high = agreement.chance(n, a, b)
    assert expected == pytest.approx(12 / 88) == pytest.approx(np.mean(drawn), abs=0.003)
    assert 0.94 <= np.mean([low <= one <= high for one in drawn]) <= 0.98  # counts are whole: a step holds 3%


@pytest.mark.parametrize(("sizes", "chance"), [((9, 9, 9), (1, 1, 1)), ((9, 0, 0), (1, 1, 1)), ((1, 1, 1), (1, 1, 1))])
def test_chance_at_the_ends(sizes, chance):
    assert agreement.chance(*sizes) == chance


def test_the_matrix_holds_the_jaccard_of_every_pair():
    rng = np.random.default_rng(1)
    rankings = {str(i): nested(rng.permutation(50)) for i in range(5)} | {
        "sizes": by_size({20: list(range(50)), 50: list(range(50))})
    }
    alike = agreement.matrix(rankings, rankings, 0.3)
    for row, a in enumerate(rankings.values()):
        for column, b in enumerate(rankings.values()):
            one, other = set(a.cut(0.3).rows.tolist()), set(b.cut(0.3).rows.tolist())
            assert alike[row, column] == pytest.approx(len(one & other) / len(one | other))
    assert np.isnan(np.diag(agreement.without_self(alike))).all()
    few = agreement.matrix({"0": rankings["0"]}, rankings, 0.3)
    assert few.shape == (1, 6) and few[0].tolist() == alike[0].tolist()


def test_the_chain_goes_to_the_most_like_each_time():
    alike = np.array([[1, 0.1, 0.7, 0.2], [0.1, 1, 0.3, 0.9], [0.7, 0.3, 1, 0.2], [0.2, 0.9, 0.2, 1]])
    assert agreement.chain(alike).tolist() == [0, 2, 1, 3]
    assert agreement.chain(np.zeros((0, 0))).tolist() == []


def test_items_are_joined_by_id_in_the_order_of_the_first():
    a, b = agreement.common(np.array([7, -3, 9, 4]), np.array([4, 5, 7, -3]))
    assert (a.tolist(), b.tolist()) == ([0, 1, 3], [2, 3, 0])
    assert [rows.tolist() for rows in agreement.common(np.array([1]), np.array([], dtype=int))] == [[], []]


def test_rankings_of_some_rows_keep_their_order_and_ids():
    some = agreement.among(OTHER, np.array([9, 1, 4]))
    assert some.ids.tolist() == [19, 11, 14]
    assert some.nested.order.tolist() == [1, 0, 2]
    assert some.cut(1 / 3).ids.tolist() == [11]
    assert agreement.among(OTHER, np.arange(10)) is OTHER


def test_an_order_for_one_size_keeps_what_it_kept_of_some_rows():
    """Of the five that it keeps, 9 to 5, two are among the rows: it stands for two of four."""
    b = by_size({5: [9, 8, 7, 6, 5, 0, 1, 2, 3, 4], 10: list(range(10))})
    some = agreement.among(b, np.array([0, 6, 8, 3]))
    assert sorted(some.orders) == [2, 4] and some.nested is None
    assert some.cut(0.5).ids.tolist() == [18, 16]
