"""Exports that honour what people decided, without changing the dataset or the ranking."""

import numpy as np
import pytest

from fdmat_core.analysis import issues
from fdmat_core.runs import decisions, exports, run
from fdmat_core.runs.decisions import Decision
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec

FDMAT = Choice("fdmat")


@pytest.fixture
def spec():
    spec = make_spec("fdmat", "herding", corruption=Choice.of("symmetric", rate=0.2))
    run.execute(spec)
    return spec


def order_of(spec, method=FDMAT):
    return run.tables(spec)[0].ids[run.ranking(spec, method).order].tolist()


def decide(spec, **items):
    for kind, ids in items.items():
        for item in ids:
            decisions.decide(run.dataset_key(spec), Decision(item, kind, "class 1" if kind == "relabel" else ""))


def test_decisions_are_kept_under_the_key_of_the_corrupted_dataset(spec):
    assert run.dataset_key(spec) == run.dataset(spec).key
    clean = make_spec()
    assert run.dataset_key(clean) is None
    run.execute(clean)
    assert run.dataset_key(clean) == run.dataset(clean).key != run.dataset_key(spec)


def test_pinned_items_come_first_and_dropped_ones_last_each_in_the_methods_order(spec):
    order = order_of(spec)
    pinned, dropped = [order[150], order[40], order[7]], [order[2], order[90], order[5]]
    decide(spec, keep=pinned, drop=dropped, unsure=[order[0]])
    told = exports.frame(spec, FDMAT, 0.05)
    mine = [item for item in order if item not in pinned + dropped]
    assert told["id"].tolist() == [order[7], order[40], order[150], *mine, order[2], order[5], order[90]]
    assert told["rank"].tolist() == list(range(1, 201))
    assert told["id"][told["kept"]].tolist() == [order[7], order[40], order[150], *mine[:7]]
    assert told["decision"].tolist()[:4] == ["keep", "keep", "keep", "unsure"]
    assert told["decision"].tolist()[-3:] == ["drop"] * 3
    assert told.attrs["kept"] == 10
    assert told.attrs["decided"] == {"keep": 3, "drop": 3, "relabel": 0, "unsure": 1}
    assert told.attrs["kept_by_decision"] == 2 and told.attrs["dropped_by_decision"] == 2  # 7 was in, 90 was out anyway


def test_pins_beat_the_count_and_drops_beat_even_the_whole(spec):
    order = order_of(spec)
    decide(spec, keep=order[100:115], drop=order[:2])
    few, all_ = exports.frame(spec, FDMAT, 0.05), exports.frame(spec, FDMAT, 1.0)
    assert few["id"][few["kept"]].tolist() == order[100:115] and few.attrs["kept"] == 15
    assert all_["kept"].sum() == 198 and not set(all_["id"][all_["kept"]]) & set(order[:2])
    assert all_["weight"].notna().sum() == 198


def test_a_relabelled_item_keeps_its_place_and_its_label(spec):
    before, order = exports.frame(spec, FDMAT, 0.1), order_of(spec)
    decide(spec, relabel=[order[9]])
    told = exports.frame(spec, FDMAT, 0.1)
    same = ["id", "rank", "label", "score", "kept", "weight", "reason"]
    assert told[same].equals(before[same])
    assert told["label_decided"].tolist() == [""] * 9 + ["class 1"] + [""] * 190
    assert np.array_equal(run.dataset(spec).split("train").labels, run.tables(spec)[0].labels)


def test_a_decision_taken_back_does_not_count(spec):
    order = order_of(spec)
    decide(spec, drop=[order[0]])
    decisions.undo(run.dataset_key(spec), "")
    told = exports.frame(spec, FDMAT, 0.1)
    assert told["id"].tolist() == order and set(told["decision"]) == {""}


def test_decisions_on_other_datasets_and_on_test_items_do_not_count(spec):
    decisions.decide("other", Decision(order_of(spec)[0], "drop"))
    decide(spec, drop=run.tables(spec)[1].ids.tolist())
    assert exports.frame(spec, FDMAT, 0.1)["id"].tolist() == order_of(spec)


def test_the_issue_table_says_what_the_witness_says(spec):
    told, train = exports.issues(spec), run.tables(spec)[0]
    witness = run.ranking(spec, FDMAT)
    assert told["id"].tolist() == train.ids.tolist()
    assert told["given_label"].tolist() == [train.classes[label] for label in train.labels]
    assert told["is_label_issue"].tolist() == (witness.evidence["reason"] == 1).tolist()
    assert told["is_outlier_issue"].tolist() == (witness.evidence["reason"] == 2).tolist()
    assert told["issue"].tolist() == issues.issues(train, witness).tolist()
    flipped = run.dataset(spec).split("train").truth.mislabelled
    quality = told["label_quality"]
    assert quality[flipped].mean() < 0.2 and quality[~flipped].mean() > 0.7
    clean = np.array([train.classes[label] for label in run.dataset(spec).split("train").truth.clean_labels])
    assert np.mean(told["predicted_label"][flipped] == clean[flipped]) > 0.9
    farthest = told.loc[told.groupby("given_label")["outlier_score"].idxmin(), "id"]
    radius = witness.evidence["radius"]
    by_hand = {int(train.ids[np.where(train.labels == label, radius, -1).argmax()]) for label in range(train.c)}
    assert set(farthest) == by_hand
    for score in ("label_quality", "outlier_score", "near_duplicate_score"):
        assert told[score].between(0, 1).all()


def test_the_issue_table_needs_fdmat():
    spec = make_spec("herding")
    run.execute(spec)
    with pytest.raises(ValueError, match="has no fdmat among its methods"):
        exports.issues(spec)


def test_content_is_what_a_file_holds(spec, tmp_path):
    told = exports.frame(spec, FDMAT, 0.1)
    for ending in exports.WRITERS:
        exports.write(told, tmp_path / f"x{ending}")
        assert exports.content(told, ending) == (tmp_path / f"x{ending}").read_bytes()
    with pytest.raises(ValueError, match=r"let it end in \.csv, \.parquet, \.json$"):
        exports.content(exports.issues(spec), ".npy")
