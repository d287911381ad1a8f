"""What the map is told and what it says back."""

import base64
import json

import numpy as np
import pytest

from fdmat_core.types import Ranking, Truth
from fdmat_core.web import payload

CLASSES = ("ant", "bee")


def points(n=5, **facts):
    xy = np.arange(2 * n, dtype=float).reshape(n, 2)
    return payload.Points(xy, np.arange(n) % 2, 100 + np.arange(n), CLASSES, "some points", **facts)


def unpack(blob, scored, witnessed=0):
    """The columns as the browser's typed arrays read them, one after another."""
    magic, version, has, n, _, key, start = payload.HEADER.unpack(blob[:32])
    kinds = [("xy", "<f4", 2 * n), ("column", "<u4", n), ("ids", "<u4", n)]
    kinds += [("score", "<f4", n)] * scored + [("own", "<f4", n)] * witnessed + [("labels", "<u2", n)]
    kinds += [("preferred", "<u2", n)] * witnessed + [("flags", "u1", n)]
    read = {"magic": magic, "version": version, "has": has, "n": n, "key": key, "start": start}
    at = 32
    for name, kind, count in kinds:
        assert at % np.dtype(kind).itemsize == 0  # a typed view of the browser refuses other offsets
        read[name] = np.frombuffer(blob, kind, count, at)
        at += read[name].nbytes
    return read | json.loads(blob[at:])


def test_a_nested_ranking_is_packed_column_by_column():
    ranking = Ranking.by_score(np.array([0.5, 0.1, 0.4, 0.2, 0.3]), keep="highest")
    words = payload.Words(method="M", scored="margin", thumbs="/thumb/x/")
    blob = payload.pack(points(flags=np.array([0, 1, 2, 4, 0])), ranking, words, fractions=[1.0, 0.2], start=0.4)
    read = unpack(blob, scored=1)
    assert (read["magic"], read["version"], read["has"], read["n"], read["start"]) == (b"FMAP", 1, 3, 5, 0.4)
    assert read["xy"].tolist() == list(range(10))
    assert read["column"].tolist() == [0, 2, 4, 3, 1]
    assert read["ids"].tolist() == [100, 101, 102, 103, 104]
    assert np.allclose(read["score"], [0.5, 0.1, 0.4, 0.2, 0.3])
    assert read["labels"].tolist() == [0, 1, 0, 1, 0]
    assert read["flags"].tolist() == [0, 1, 2, 4, 0]
    assert read["fractions"] == [0.2, 1.0]
    assert (read["classes"], read["method"], read["scored"], read["thumbs"]) == (
        ["ant", "bee"],
        "M",
        "margin",
        "/thumb/x/",
    )


def test_what_the_plan_says_travels_with_the_points():
    own, preferred = np.array([0.9, 0.2, 0.8, 0.7, 1.0]), np.array([0, 0, 1, 1, 0])
    made = points(own=own, preferred=preferred)
    read = unpack(payload.pack(made, Ranking(np.arange(5)), payload.Words(), fractions=[1]), scored=0, witnessed=1)
    assert read["has"] == 5
    assert np.allclose(read["own"], own)
    assert read["preferred"].tolist() == [0, 0, 1, 1, 0]


def test_points_of_a_table_carry_its_ids_labels_and_truth(table):
    xy = np.random.default_rng(0).random((table.n, 2))
    truth = Truth(table.labels, np.arange(table.n) == 3, np.arange(table.n) == 4)
    made = payload.points_of(table, xy, truth)
    assert made.flags[:6].tolist() == [0, 0, 0, payload.MISLABELLED, payload.OUTLIER, 0]
    assert np.array_equal(made.ids, table.ids)
    assert np.array_equal(made.labels, table.labels)
    assert made.key == payload.points_of(table, xy).key != payload.points_of(table, xy + 1).key


def test_a_witness_lends_its_evidence(table):
    xy = np.zeros((table.n, 2))
    evidence = {"own_share": np.linspace(0, 1, table.n), "preferred": table.labels}
    made = payload.points_of(table, xy, None, Ranking(np.arange(table.n), survivors=table.n - 1, evidence=evidence))
    assert np.array_equal(made.own, evidence["own_share"])
    assert np.array_equal(made.preferred, table.labels)
    assert np.flatnonzero(made.flags).tolist() == [table.n - 1]


def test_a_ranking_per_count_becomes_one_bit_per_count():
    rankings = {4: Ranking(np.array([4, 3, 2, 1, 0])), 1: Ranking(np.array([1, 0, 2, 3, 4]))}
    read = unpack(payload.pack(points(), rankings, payload.Words(), fractions=[0.5]), scored=0)
    assert read["has"] == 0
    assert read["fractions"] == [0.2, 0.8]
    assert read["column"].tolist() == [0b00, 0b11, 0b10, 0b10, 0b10]


def test_more_counts_than_bits_are_refused():
    rankings = {k: Ranking(np.arange(40)) for k in range(1, 34)}
    with pytest.raises(ValueError, match="33 kept counts; give 1 to 32"):
        payload.kept_bits(rankings)


def test_the_key_names_the_points_and_not_the_method():
    one, other = Ranking(np.arange(5)), Ranking(np.arange(5)[::-1])
    first = payload.pack(points(), one, payload.Words("a"), fractions=[1])
    second = payload.pack(points(), other, payload.Words("b"), fractions=[1])
    third = payload.pack(points(n=4), Ranking(np.arange(4)), payload.Words("a"), fractions=[1])
    assert first[16:24] == second[16:24] != third[16:24]
    assert first != second
    assert first == payload.pack(points(), one, payload.Words("a"), fractions=[1])


def test_rejected_rows_are_suspected_only_where_the_truth_is_unknown():
    witness = Ranking(np.array([2, 0, 3, 1]), survivors=2)
    truth = Truth(np.zeros(4), np.array([True, False, False, True]), np.array([False, True, False, True]))
    assert payload.flags(4, None, witness).tolist() == [0, 1, 0, 1]
    assert payload.flags(4, truth, witness).tolist() == [2, 4, 0, 6]
    assert payload.flags(2).tolist() == [0, 0]


@pytest.mark.parametrize("rows", [[], [0], [7], [8], [0, 1, 9, 12]])
def test_a_lasso_comes_back_as_the_rows_that_the_browser_marked(rows):
    bits = bytearray(2)
    for row in rows:  # as packRows in blob.js does
        bits[row >> 3] |= 1 << (row & 7)
    assert payload.rows_in(base64.b64encode(bits).decode(), 13).tolist() == rows


def test_no_lasso_holds_no_rows():
    assert payload.rows_in(None, 3).tolist() == payload.rows_in("", 3).tolist() == []


def test_a_lasso_that_is_not_base64_is_refused():
    with pytest.raises(ValueError, match="lasso is 'not base64!'"):
        payload.rows_in("not base64!", 3)


@pytest.mark.parametrize(("ratio", "kept"), [(0.0, 1.0), (0.94, 0.05), (0.96, 0.05), (0.9999, 0.01), (1.0, 0.01)])
def test_a_ratio_snaps_to_the_nearest_computed_fraction_on_a_log_scale(ratio, kept):
    assert payload.snap(ratio, [1.0, 0.05, 0.01]) == kept


def test_the_brink_is_what_leaves_next_and_what_left_last():
    ranking = Ranking(np.array([3, 1, 4, 0, 2]))
    leaving, left = payload.brink(ranking, 3, width=2)
    assert leaving.tolist() == [4, 1]
    assert left.tolist() == [0, 2]
    assert [rows.tolist() for rows in payload.brink(ranking, 0, width=2)] == [[], [3, 1]]
    assert [rows.tolist() for rows in payload.brink(ranking, 5, width=2)] == [[2, 0], []]


def test_without_one_order_the_brink_lies_between_neighbouring_counts():
    rankings = {1: Ranking(np.array([2, 0, 1, 3, 4])), 3: Ranking(np.array([2, 1, 3, 0, 4])), 5: Ranking(np.arange(5))}
    leaving, left = payload.brink(rankings, 3)
    assert leaving.tolist() == [3, 1]
    assert left.tolist() == [4, 0]
    assert payload.brink(rankings, 5)[1].tolist() == []
    assert payload.brink(rankings, 1)[0].tolist() == [2]


def test_rows_are_written_as_a_lasso_writes_them():
    assert payload.rows_in(payload.bits_of(np.array([2, 9, 16]), 17), 17).tolist() == [2, 9, 16]
    assert payload.rows_in(payload.bits_of(np.array([], int), 17), 17).tolist() == []
