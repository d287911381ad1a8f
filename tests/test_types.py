"""The nouns: what they refuse, and what survives a round trip."""

import dataclasses
import json

import numpy as np
import pytest

from fdmat_core.rankings import Ranking
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import Dataset, FeatureTable, Truth, fingerprint
from tests.conftest import make_table


def make_dataset():
    ids = np.array([30, 10, 20, 40])
    return Dataset(
        name="toy",
        ids=ids,
        labels=np.array([0, 1, 0, 1]),
        classes=("a", "b"),
        splits={"train": np.array([30, 10]), "test": np.array([40, 20])},
        key="toy",
        features=ids[:, None] * 1.0,
        truth=Truth(np.array([0, 1, 1, 1]), np.array([False, False, True, False]), np.zeros(4, dtype=bool)),
    )


def test_rows_are_found_by_id_whatever_the_order():
    assert make_dataset().rows_of(np.array([20, 30, 20])).tolist() == [2, 0, 2]


@pytest.mark.parametrize("unknown", [0, 15, 99])
def test_an_unknown_id_is_refused(unknown):
    with pytest.raises(ValueError, match=f"no item {unknown}; ids run from 10 to 40"):
        make_dataset().rows_of(np.array([10, unknown]))


def test_a_split_is_in_id_order_and_keeps_what_belongs_to_each_item():
    test = make_dataset().split("test")
    assert test.ids.tolist() == [20, 40]
    assert test.labels.tolist() == [0, 1]
    assert test.features.ravel().tolist() == [20, 40]
    assert test.truth.mislabelled.tolist() == [True, False]
    with pytest.raises(ValueError, match="no split 'dev'; it has train, test"):
        make_dataset().split("dev")


def test_data_cannot_be_changed_afterwards(table):
    for array in (table.embedding, table.labels, table.dynamics["el2n"], make_dataset().labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        table.key = "other"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": np.zeros(3, dtype=int)}, "labels has 3 rows, but there are 90 ids"),
        ({"logits": np.zeros((5, 3))}, "logits has 5 rows"),
        ({"dynamics": {"el2n": np.zeros(4)}}, "el2n has 4 rows"),
        ({"embedding": np.zeros(90)}, r"shape \(90,\); give \(n, d\)"),
        ({"labels": np.full(90, 3)}, "labels run from 3 to 3, but there are 3 classes"),
        ({"ids": np.zeros(90, dtype=int)}, "repeats an id"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(table, change, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(table, **change)


def test_take_moves_every_column_together(table):
    rows = np.array([5, 2, 80])
    part = table.take(rows)
    for name in ("ids", "labels", "embedding", "logits"):
        assert np.array_equal(getattr(part, name), getattr(table, name)[rows])
    assert np.array_equal(part.dynamics["el2n"], table.dynamics["el2n"][rows])
    assert np.array_equal(part.head, table.head) and part.c == 3 and part.n == 3


def test_has_knows_columns_by_name():
    table = dataclasses.replace(make_table(), logits=None)
    assert table.has("embedding") and table.has("dynamics.el2n") and table.has("head")
    assert not table.has("logits") and not table.has("dynamics.other") and not table.has("other")


def test_a_column_is_read_by_the_name_that_a_method_needs_it_by(table):
    assert table.column("embedding") is table.embedding
    assert np.array_equal(table.column("dynamics.el2n"), table.dynamics["el2n"])
    for name in ("dynamics.other", "logits", "other"):
        with pytest.raises(ValueError, match=f"has no {name}; extract features"):
            dataclasses.replace(table, logits=None).column(name)


def test_features_are_read_by_id_and_their_lack_is_named():
    data = make_dataset()
    assert data.features_of(np.array([20, 30])).tolist() == [[20], [30]]
    with pytest.raises(ValueError, match="dataset 'toy' has no features of its own"):
        dataclasses.replace(data, features=None).features_of(np.array([20]))


def test_a_ranking_by_score_says_which_end_stays():
    score = np.array([2.0, 1.0, 3.0, 1.0])
    assert Ranking.by_score(score, keep="lowest").order.tolist() == [1, 3, 0, 2]
    assert Ranking.by_score(score, keep="highest").order.tolist() == [2, 0, 1, 3]
    with pytest.raises(ValueError, match="keep is 'best'"):
        Ranking.by_score(score, keep="best")


def test_a_ranking_holds_every_row_once():
    assert Ranking.by_picks(np.array([3, 1]), 5).order.tolist() == [3, 1, 0, 2, 4]
    for order in ([0, 0, 1], [1, 2, 3]):
        with pytest.raises(ValueError, match="every row exactly once"):
            Ranking(np.array(order))
    with pytest.raises(ValueError, match="reason has 2 rows"):
        Ranking(np.arange(3), evidence={"reason": np.zeros(2)})


def test_a_choice_is_written_as_it_is_said():
    assert str(Choice("fdmat")) == "fdmat"
    assert str(Choice.of("fdmat", tau=0.5, lam=10)) == "fdmat(lam=10, tau=0.5)"
    assert Choice.of("a", x=1, y=2) == Choice.of("a", y=2, x=1)
    assert Choice.from_json("fdmat") == Choice("fdmat")


def make_spec(**changes):
    spec = Spec(
        dataset=Choice.of("mixture", n=100),
        backbone=Choice("given"),
        methods=(Choice("random"), Choice.of("fdmat", lam=3)),
        measures=(Choice("energy"),),
        fractions=(0.1, 0.5),
    )
    return dataclasses.replace(spec, **changes)


def test_a_spec_survives_json_with_its_key():
    spec = make_spec(corruption=Choice.of("symmetric", rate=0.4), seeds=2, band=4, balance="equal")
    again = Spec.from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec and again.key == spec.key


@pytest.mark.parametrize(
    "change",
    [
        {"seeds": 4},
        {"band": 3},
        {"balance": "none"},
        {"fractions": (0.1,)},
        {"methods": (Choice("random"),)},
        {"measures": ()},
        {"dataset": Choice.of("mixture", n=101)},
        {"corruption": Choice("symmetric")},
        {"backbone": Choice("pixels")},
    ],
)
def test_whatever_changes_a_spec_changes_its_key(change):
    assert make_spec(**change).key != make_spec().key


def test_an_unknown_field_of_a_spec_is_refused():
    with pytest.raises(ValueError, match="unknown field 'ratios'; known: dataset"):
        Spec.from_json(make_spec().to_json() | {"ratios": [0.1]})


def test_a_fingerprint_does_not_depend_on_the_order_of_names():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1}) != fingerprint({"a": 1, "b": [3]})
    assert len(fingerprint("x")) == 16


def test_an_empty_table_is_allowed():
    table = FeatureTable(np.zeros(0, dtype=int), np.zeros(0, dtype=int), np.zeros((0, 4)), ("a",), "empty")
    assert table.n == 0 and table.c == 1
