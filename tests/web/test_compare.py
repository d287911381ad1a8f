"""What the comparison sends: one place for each item, two orders."""

import numpy as np

from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.web import compare, points
from tests.web.reading import unpack

IDS = np.array([5, 6, 7, 8])
DRAWN = points.Points(np.arange(8.0).reshape(4, 2), np.array([0, 1, 1, 0]), IDS, ("a", "b"), "items")
NESTED = Rankings.nested_in(IDS, Ranking(np.array([3, 1, 0, 2]), score=np.arange(4.0)))
SIZED = Rankings(IDS, {k: Ranking(np.array([2, 0, 1, 3]), nested=False) for k in (1, 4)})


def side(rankings, title):
    words = points.Words(title, pictures=f"thumb/{title}/")
    return compare.Side(rankings, words, np.array([0, 1, 0, 2]))


def test_places_are_sent_once_and_orders_of_each_side():
    facts, columns = unpack(compare.pack(DRAWN, (side(NESTED, "A"), side(NESTED, "B")), "UMAP", fractions=(0.25, 1)))
    assert columns["xy"].tolist() == list(range(8)) and columns["ids"].tolist() == IDS.tolist()
    assert columns["order_a"].tolist() == columns["order_b"].tolist() == [3, 1, 0, 2]
    assert columns["score_a"].tolist() == [0, 1, 2, 3] and columns["flags_b"].tolist() == [0, 1, 0, 2]
    assert [one["method"] for one in facts["sides"]] == ["A", "B"]
    assert (facts["stops"], facts["nested"], facts["least"]) == ([0.25, 1], True, 0.25)
    assert facts["projection"] == "UMAP" and facts["sides"][1]["pictures"] == "thumb/B/"


def test_the_slider_stops_where_a_side_has_an_order():
    facts, columns = unpack(compare.pack(DRAWN, (side(NESTED, "A"), side(SIZED, "B")), "PCA", fractions=(0.5, 1)))
    assert (facts["stops"], facts["nested"]) == ([0.25, 1], False)
    assert [one["sizes"] for one in facts["sides"]] == [[0.5, 1], [0.25, 1]]
    assert "order_b" not in columns and columns["kept_bits_b"].tolist() == [2, 2, 3, 2]


def test_some_rows_of_the_points_are_other_items():
    some = DRAWN.take(np.array([2, 0]))
    assert (some.ids.tolist(), some.labels.tolist(), some.items) == ([7, 5], [1, 0], "items 2")
    assert some.xy.tolist() == [[4, 5], [0, 1]] and some.flags is None
    assert DRAWN.take(np.arange(4)) is DRAWN
