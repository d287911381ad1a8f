"""Exports that honour what people decided, without changing the dataset or the ranking."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from fdmat_core.analysis import issues
from fdmat_core.reading import tables
from fdmat_core.runs import decisions, exchange, library
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.types import Issue
from tests.runs.conftest import make_spec

FDMAT = Choice("fdmat")


@pytest.fixture
def spec():
    spec = make_spec("fdmat", "herding", corruption=Choice.of("symmetric", rate=0.2))
    library.execute(spec)
    return spec


def order_of(spec, method=FDMAT):
    return Run(spec).tables[0].ids[Run(spec).ranking(method).order].tolist()


def decide(spec, **items):
    for kind, ids in items.items():
        for item in ids:
            decisions.decide(Run(spec).dataset_key, Decision(item, kind, "class 1" if kind == "relabel" else ""))


def test_decisions_are_kept_under_the_key_of_the_corrupted_dataset(spec):
    assert Run(spec).dataset_key == Run(spec).dataset().key
    clean = make_spec()
    assert Run(clean).dataset_key is None
    library.execute(clean)
    assert Run(clean).dataset_key == Run(clean).dataset().key != Run(spec).dataset_key


def test_pinned_items_come_first_and_dropped_ones_last_each_in_the_methods_order(spec):
    order = order_of(spec)
    pinned, dropped = [order[150], order[40], order[7]], [order[2], order[90], order[5]]
    decide(spec, keep=pinned, drop=dropped, unsure=[order[0]])
    told = exchange.ranking(Run(spec), FDMAT, 0.05)
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
    few, all_ = exchange.ranking(Run(spec), FDMAT, 0.05), exchange.ranking(Run(spec), FDMAT, 1.0)
    assert few["id"][few["kept"]].tolist() == order[100:115] and few.attrs["kept"] == 15
    assert all_["kept"].sum() == 198 and not set(all_["id"][all_["kept"]]) & set(order[:2])
    assert all_["weight"].notna().sum() == 198


def test_a_relabelled_item_is_kept_with_its_new_label(spec):
    order, train = order_of(spec), Run(spec).tables[0]
    decide(spec, relabel=[order[150]])
    told = exchange.ranking(Run(spec), FDMAT, 0.1)
    assert told["id"].tolist() == [order[150], *order[:150], *order[151:]] and told["kept"].sum() == 20
    first, second = told.iloc[0], told.iloc[1]
    given = train.classes[train.labels[train.ids.tolist().index(order[150])]]
    assert (first.given_label, first.corrected_label, first.final_label) == (given, "class 1", "class 1")
    assert first.target == train.classes.index("class 1") and first.kept
    assert (second.corrected_label, second.final_label) == ("", second.given_label)
    assert told.attrs["kept_by_decision"] == 1 and told.attrs["decided"]["relabel"] == 1
    assert [train.classes[place] for place in told["target"]] == told["final_label"].tolist()
    assert np.array_equal(Run(spec).dataset().split("train").labels, train.labels)


def test_the_count_of_a_selection_is_that_of_its_file(spec):
    order = order_of(spec)
    assert exchange.kept_count(Run(spec), 10) == 10
    decide(spec, keep=order[100:109], relabel=order[109:112], drop=order[:3])
    for kept in (0.05, 0.1, 1.0):
        count = len(exchange.selected(Run(spec), FDMAT, kept))
        assert exchange.kept_count(Run(spec), round(kept * 200)) == count == {0.05: 12, 0.1: 20, 1.0: 197}[kept]


def test_a_list_of_numbers_has_every_label(spec):
    order, train = order_of(spec), Run(spec).tables[0]
    decide(spec, relabel=order[150:151])
    kept = np.load(io.BytesIO(exchange.content(exchange.selected(Run(spec), FDMAT, 0.05), ".npy")))
    labels = dict(zip(train.ids.tolist(), train.labels.tolist(), strict=True))
    assert kept["id"].tolist() == [order[150], *order[:9]]
    assert kept["given"].tolist() == [labels[item] for item in kept["id"].tolist()]
    assert kept["corrected"].tolist() == [train.classes.index("class 1")] + [-1] * 9
    assert kept["final"].tolist() == [train.classes.index("class 1"), *kept["given"].tolist()[1:]]
    text = exchange.content(exchange.selected(Run(spec), FDMAT, 0.05), ".txt").decode()
    assert [list(map(int, line.split("\t"))) for line in text.splitlines()] == list(
        map(list, kept[["id", "final"]].tolist())
    )


def test_a_decision_taken_back_does_not_count(spec):
    order = order_of(spec)
    decide(spec, drop=[order[0]])
    decisions.undo(Run(spec).dataset_key, "")
    told = exchange.ranking(Run(spec), FDMAT, 0.1)
    assert told["id"].tolist() == order and set(told["decision"]) == {""}


def test_decisions_on_other_datasets_and_on_test_items_do_not_count(spec):
    decisions.decide("other", Decision(order_of(spec)[0], "drop"))
    decide(spec, drop=Run(spec).tables[1].ids.tolist())
    assert exchange.ranking(Run(spec), FDMAT, 0.1)["id"].tolist() == order_of(spec)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".json"])
def test_a_selection_holds_what_is_kept_and_a_ranking_holds_all(spec, ending, tmp_path):
    order = order_of(spec)
    decide(spec, keep=order[150:151], drop=order[:1])
    kept = [order[150], *order[1:10]]
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".json": lambda file: pd.DataFrame(json_items(file))}
    for name, table in (("selection", exchange.selected), ("ranking", exchange.ranking)):
        exchange.write(table(Run(spec), FDMAT, 0.05), tmp_path / f"{name}{ending}")
    selection, ranking = (read[ending](tmp_path / f"{name}{ending}") for name in ("selection", "ranking"))
    assert selection["id"].tolist() == kept and len(ranking) == 200
    assert ranking["id"][ranking["kept"]].tolist() == kept
    assert set(ranking["reason"].fillna("")) == {"", "suspected mislabelled"}


def json_items(file):
    return json.loads(file.read_text())["items"]


def test_only_a_selection_can_be_a_list_of_ids(spec):
    chosen = exchange.selected(Run(spec), FDMAT, 0.05)
    assert exchange.endings(chosen) == (".csv", ".parquet", ".json", ".npy", ".txt")
    assert exchange.endings(exchange.issues(Run(spec))) == (".csv", ".parquet", ".json")
    lines = exchange.content(chosen, ".txt").decode().splitlines()
    assert [line.split("\t")[0] for line in lines] == [str(item) for item in order_of(spec)[:10]]


def test_the_issue_table_says_what_fdmat_says(spec):
    told, train = exchange.issues(Run(spec)), Run(spec).tables[0]
    evidence = Run(spec).ranking(FDMAT)
    assert told["id"].tolist() == train.ids.tolist()
    assert told["given_label"].tolist() == [train.classes[label] for label in train.labels]
    assert told["is_label_issue"].tolist() == (evidence.evidence["issue"] == Issue.MISLABELLED).tolist()
    assert told["is_outlier_issue"].tolist() == (evidence.evidence["issue"] == Issue.OUTLIER).tolist()
    assert told["issue"].tolist() == [Issue(code).title for code in issues.of_rows(train, evidence)]
    flipped = Run(spec).dataset().split("train").truth.mislabelled
    quality = told["label_quality"]
    assert quality[flipped].mean() < 0.2 and quality[~flipped].mean() > 0.7
    clean = np.array([train.classes[label] for label in Run(spec).dataset().split("train").truth.clean_labels])
    assert np.mean(told["predicted_label"][flipped] == clean[flipped]) > 0.9
    odds = np.exp(evidence.evidence["strangeness"])
    assert np.allclose(told["outlier_score"], 1 / (1 + odds)) and odds.max() > 2 * np.median(odds)
    for score in ("label_quality", "outlier_score", "near_duplicate_score"):
        assert told[score].between(0, 1).all()


def test_the_issue_table_needs_fdmat():
    spec = make_spec("herding")
    library.execute(spec)
    with pytest.raises(ValueError, match="has no fdmat among its methods"):
        exchange.issues(Run(spec))


def test_content_is_what_a_file_holds(spec, tmp_path):
    told = exchange.ranking(Run(spec), FDMAT, 0.1)
    for ending in exchange.WRITERS:
        exchange.write(told, tmp_path / f"x{ending}")
        assert exchange.content(told, ending) == (tmp_path / f"x{ending}").read_bytes()
    with pytest.raises(ValueError, match=r"let it end in \.csv, \.parquet, \.json$"):
        exchange.content(exchange.issues(Run(spec)), ".npy")


def test_files_of_own_data_name_their_items_and_hold_no_formula(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((60, 3)), columns=list("abc"))
    frame["id"], frame["label"] = [f"=item {number}" for number in range(60)], ["@x", "y"] * 30
    frame.to_csv(tmp_path / "mine.csv", index=False)
    own = make_spec("fdmat", "random", dataset=Choice.of("arrays", path=str(tmp_path / "mine.csv")))
    library.execute(own)
    run, read, reads = Run(own), tables.read, []
    monkeypatch.setattr(tables, "read", lambda *given, **more: reads.append(given) or read(*given, **more))
    table, whole = exchange.selected(run, FDMAT, 0.1), exchange.ranking(run, FDMAT, 0.1)
    assert len(reads) == 1 and whole["name"].tolist() == [f"=item {number}" for number in whole["id"]]
    assert table["name"].tolist() == [f"=item {number}" for number in table["id"]]
    text = exchange.content(table, ".csv").decode()
    assert "'=item" in text and ",=item" not in text and ",@x" not in text
    decisions.decide(Run(own).dataset_key, Decision(int(table["id"][0]), "relabel", "@x"))
    exchange.write(exchange.decided(Run(own)), tmp_path / "decided.csv")
    assert "'@x" in (tmp_path / "decided.csv").read_text()
    with (tmp_path / "decided.csv").open("rb") as stream:
        assert exchange.read(stream, ".csv")["label"].tolist() == ["@x"]
