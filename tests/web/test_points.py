"""What the map is given: points with ids, labels, flags and evidence, and who is kept at which size."""

import numpy as np
import pytest

from fdmat_core.analysis.clusters import Clusters
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.types import Truth
from fdmat_core.web import columns, points
from tests.web.reading import unpack

CLASSES = ("ant", "bee")


def some(n=5, **facts):
    xy = np.arange(2 * n, dtype=float).reshape(n, 2)
    return points.Points(xy, np.arange(n) % 2, 100 + np.arange(n), CLASSES, "some items", **facts)


def nested(ranking):
    return Rankings.nested_in(np.arange(len(ranking.order)), ranking)


def test_a_nested_ranking_is_packed_column_by_column():
    ranking = Ranking.by_score(np.array([0.5, 0.1, 0.4, 0.2, 0.3]), keep="highest")
    words = points.Words(method="M", projection="PCA", score="margin", pictures="thumb/x/")
    flags = np.array([0, 1, 2, 4, 0])
    facts, read = unpack(points.pack(some(flags=flags), nested(ranking), words, fractions=[1.0, 0.2]))
    assert facts == {
        "items": "some items",
        "classes": ["ant", "bee"],
        "sizes": [0.2, 1.0],
        "least": 0.2,
        "flags": {"suspected": 1, "mislabelled": 2, "outlier": 4},
        "method": "M",
        "colour": "",
        "projection": "PCA",
        "score": "margin",
        "pictures": "thumb/x/",
        "words": "",
        "heading": "",
        "file": "map",
    }
    assert np.allclose(read.pop("score"), [0.5, 0.1, 0.4, 0.2, 0.3])
    assert {name: column.tolist() for name, column in read.items()} == {
        "xy": list(range(10)),
        "ids": [100, 101, 102, 103, 104],
        "labels": [0, 1, 0, 1, 0],
        "flags": [0, 1, 2, 4, 0],
        "order": [0, 2, 4, 3, 1],
    }


def test_ids_survive_whole():
    ids = np.array([-3, 2**32 + 1, 2**53 + 1, 7, -(2**63)])
    given = points.Points(np.zeros((5, 2)), np.zeros(5, int), ids, ("a",), "k")
    read = unpack(points.pack(given, nested(Ranking(np.arange(5))), points.Words(), fractions=[1]))[1]
    assert read["ids"].tolist() == ids.tolist()


def test_the_evidence_of_the_plan_travels_with_the_points():
    own, preferred = np.array([0.9, 0.2, 0.8, 0.7, 1.0]), np.array([0, 0, 1, 1, 0])
    given = some(own_share=own, preferred=preferred)
    read = unpack(points.pack(given, nested(Ranking(np.arange(5))), points.Words(), fractions=[1]))[1]
    assert np.allclose(read["own_share"], own)
    assert read["preferred"].tolist() == [0, 0, 1, 1, 0]


def test_points_of_a_table_carry_its_ids_labels_and_truth(table):
    xy = np.random.default_rng(0).random((table.n, 2))
    truth = Truth(table.labels, np.arange(table.n) == 3, np.arange(table.n) == 4)
    given = points.points_of(table, xy, truth)
    assert given.flags[:6].tolist() == [0, 0, 0, columns.FLAGS["mislabelled"], columns.FLAGS["outlier"], 0]
    assert np.array_equal(given.ids, table.ids)
    assert np.array_equal(given.labels, table.labels)


def test_the_name_of_the_items_says_nothing_of_where_they_lie(table):
    one, other = (points.points_of(table, np.full((table.n, 2), value)) for value in (0.0, 1.0))
    assert one.items == other.items


def test_a_detector_lends_its_evidence(table):
    evidence = {"own_share": np.linspace(0, 1, table.n), "preferred": table.labels}
    found = Ranking(np.arange(table.n), survivors=table.n - 1, evidence=evidence)
    given = points.points_of(table, np.zeros((table.n, 2)), None, found)
    assert np.array_equal(given.own_share, evidence["own_share"])
    assert np.array_equal(given.preferred, table.labels)
    assert np.flatnonzero(given.flags).tolist() == [table.n - 1]


def test_a_ranking_per_count_becomes_one_bit_per_count():
    orders = {4: Ranking(np.array([4, 3, 2, 1, 0])), 1: Ranking(np.array([1, 0, 2, 3, 4]))}
    rankings = Rankings(np.arange(5), orders)
    facts, read = unpack(points.pack(some(), rankings, points.Words(), fractions=[0.5]))
    assert facts["sizes"] == [0.2, 0.8]
    assert "order" not in read and read["kept_bits"].tolist() == [0b00, 0b11, 0b10, 0b10, 0b10]


def test_the_least_share_is_the_smallest_size_below_a_thousandth():
    assert columns.facts(nested(Ranking(np.arange(5))), [1.0, 0.0002, 0.0])["least"] == 0.0002


def test_more_counts_than_bits_are_refused():
    rankings = {k: Ranking(np.arange(40)) for k in range(1, 34)}
    with pytest.raises(ValueError, match="33 kept counts; give 1 to 32"):
        columns.kept_bits(rankings)


def test_rejected_rows_are_suspected_only_where_nothing_is_known_to_be_injected():
    found = Ranking(np.array([2, 0, 3, 1]), survivors=2)
    truth = Truth(np.zeros(4), np.array([True, False, False, True]), np.array([False, True, False, True]))
    assert columns.flags(4, None, found).tolist() == [0, 1, 0, 1]
    assert columns.flags(4, truth, found).tolist() == [2, 4, 0, 6]
    assert columns.flags(2).tolist() == [0, 0]
    thinned = Truth(np.zeros(4), np.zeros(4, dtype=bool), np.zeros(4, dtype=bool))  # as a long tail leaves it
    assert columns.flags(4, thinned, found).tolist() == [0, 1, 0, 1]


def test_clusters_travel_as_the_rows_that_stand_for_them():
    given = some(clusters=Clusters(np.array([0, 0, 1, 0, 1]), np.array([3, 2])))
    read = unpack(points.pack(given, nested(Ranking(np.arange(5))), points.Words(), fractions=[1]))[1]
    assert read["medoids"].tolist() == [3, 2] and read["sizes"].tolist() == [3, 2]
