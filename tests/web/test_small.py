"""Columns in fewer bytes: when, what becomes of each, and in which order they leave."""

import numpy as np

from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.web import compare, points, small
from tests.web.reading import unpack

MANY = small.FEW + 1


def some(n):
    xy = np.random.default_rng(0).random((n, 2))
    return points.Points(xy, np.arange(n) % 3, np.arange(n) * 2 - 5, ("a", "b", "c"), "items")


def nested(n, score=None):
    return Rankings.nested_in(np.arange(n), Ranking(np.arange(n)[::-1].copy(), score))


def test_only_many_points_are_made_small():
    few = unpack(points.pack(some(small.FEW), nested(small.FEW), points.Words(), fractions=[1]))
    many = unpack(points.pack(some(MANY), nested(MANY), points.Words(), fractions=[1]))
    assert list(few[1]) == ["xy", "ids", "labels", "flags", "order"] and "box" not in few[0]
    assert list(many[1]) == ["rank", "rank_high", "places", "labels", "flags", "steps"]
    assert many[0]["steps"] == 65535 and len(many[0]["box"]) == 4


def test_every_column_says_what_it_said():
    n = 70_000
    rng = np.random.default_rng(1)
    order, score = rng.permutation(n), rng.standard_normal(n).astype("f4")
    labels, preferred, own = np.full(n, 2, "u1"), rng.integers(0, 3, n).astype("u1"), rng.random(n)
    sent = {"xy": rng.random((n, 2)), "ids": np.arange(n) ** 2 - 9, "labels": labels, "order_b": order}
    sent |= {"score_b": score, "own_share": own, "preferred": preferred, "medoids": np.arange(2)}
    read, facts = small.small(sent, 3)
    left, low, width, height = facts["box"]
    assert np.abs(read["places"] / 65535 * [width, height] + [left, low] - sent["xy"]).max() < 1e-5
    assert np.array_equal(np.cumsum(read["steps"]), sent["ids"])
    rank = read["rank_b"].astype(int) + 65536 * read["rank_high_b"].astype(int)
    assert np.array_equal(rank[order], np.arange(n)) and read["rank_b"].dtype == "u2"
    bits = read["score_high_b"].astype("u4") << 16 | read["score_low_b"].astype("u4") << 12
    assert np.allclose(bits.view("f4"), score[order], rtol=2**-11)
    assert np.array_equal((labels + read["preferred_step"]) % 3, preferred)
    assert np.abs(read["own_percent"] / 100 - own).max() <= 0.005 + 1e-9
    assert read["medoids"] is sent["medoids"] and "order_b" not in read and "score_b" not in read
    assert list(read)[:3] == ["rank_b", "rank_high_b", "places"]


def test_what_lies_far_out_travels_as_it_is_and_costs_the_others_nothing():
    rng = np.random.default_rng(2)
    xy = rng.standard_normal((5000, 2))
    xy[[3, 4000]] = [[1e5, 0], [0, -1e6]]
    sent, facts = small.small({"xy": xy, "ids": np.arange(5000), "labels": np.zeros(5000, "u1")}, 1)
    assert max(facts["box"][2:]) < 10
    assert {3, 4000} <= set(sent["far"].tolist()) and len(sent["far"]) < 100
    assert np.array_equal(sent["far_xy"], xy[sent["far"]].astype("f4"))
    near = np.setdiff1d(np.arange(5000), sent["far"])
    back = sent["places"] / 65535 * facts["box"][2:] + facts["box"][:2]
    assert np.abs(back - xy)[near].max() < 1e-4


def test_a_comparison_of_many_items_has_an_order_of_each_side():
    sides = [compare.Side(nested(MANY, np.arange(MANY)), points.Words(name), np.zeros(MANY)) for name in "AB"]
    sent = unpack(compare.pack(some(MANY), (sides[0], sides[1]), "UMAP", fractions=(0.5, 1)))[1]
    assert {"rank_a", "rank_high_a", "score_high_b", "score_low_b", "flags_a", "places"} <= set(sent)
    assert not {"order_a", "score_a", "xy", "ids"} & set(sent)


def test_no_points_and_points_at_one_place_have_a_box():
    for xy in (np.zeros((0, 2)), np.full((4, 2), 7.0)):
        n = len(xy)
        sent, facts = small.small({"xy": xy, "ids": np.arange(n), "labels": np.zeros(n, "u1")}, 1)
        assert sent["places"].shape == (n, 2) and min(facts["box"][2:]) > 0 and "far" not in sent
