"""Named sets of items: what comes back, what is refused and why, and what leaves as a file."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from fdmat_core.runs import decisions, exchange, library, sets
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.store import files
from tests.runs.conftest import make_spec


@pytest.fixture
def run():
    spec = make_spec("fdmat", "herding")
    library.execute(spec)
    return Run(spec)


def test_a_set_comes_back_by_its_name_with_its_ids(run):
    dataset, ids = sets.dataset_of(run), run.tables[0].ids
    chosen = ids[[7, 3, 7, 11]]
    one = sets.of_items(run, "  to   check ", chosen, "marked by hand")
    assert one.name == "to check" and one.ids == tuple(sorted({*chosen.tolist()})) and one.run == run.key
    sets.save(dataset, one)
    sets.save(dataset, sets.of_items(run, "Another", ids[:2]))
    assert sets.load(dataset, "to check") == sets.load(dataset, " to check") == one
    assert [found.name for found in sets.listed(dataset)] == ["Another", "to check"]
    assert sets.rows(one, ids).tolist() == [3, 7, 11]
    assert sets.listed("other data") == []
    sets.delete(dataset, "to check")
    assert [found.name for found in sets.listed(dataset)] == ["Another"]
    with pytest.raises(ValueError, match="no set 'to check' is stored for these data; stored: 'Another'"):
        sets.load(dataset, "to check")


def test_what_a_method_keeps_is_a_set(run):
    one = sets.kept_by(run, Choice("fdmat"), 0.05)
    table, ranking = run.tables[0], run.ranking(Choice("fdmat"))
    assert one.ids == tuple(sorted(table.ids[ranking.order[:10]].tolist()))
    assert one.name == one.origin == "kept by fdmat at 5%"
    with pytest.raises(ValueError, match="has not ranked by craig"):
        sets.kept_by(run, Choice("craig"), 0.05)


def test_what_is_no_set_is_refused_and_nothing_is_overwritten(run):
    dataset, ids = sets.dataset_of(run), run.tables[0].ids
    first = sets.of_items(run, "a", ids[:3])
    sets.save(dataset, first)
    with pytest.raises(ValueError, match="name is 'a', which another set has"):
        sets.save(dataset, sets.of_items(run, "a", ids[3:5]))
    assert sets.load(dataset, "a") == first
    for name, items, message in [
        ("b", [], "would hold no item"),
        ("b", [*ids[:2].tolist(), 10**9], "item 1000000000 is not among the 200"),
        (" ", ids[:2], "give 1 to 60 letters"),
        ("x" * 61, ids[:2], "give 1 to 60 letters"),
    ]:
        with pytest.raises(ValueError, match=message):
            sets.of_items(run, name, items)


@pytest.mark.parametrize("body", ["{", "[]", '{"name": "a"}', '{"name": "a", "ids": ["1"]}', '{"name": 1, "ids": [1]}'])
def test_files_that_are_no_sets_stand_in_nobodys_way(run, body):
    dataset = sets.dataset_of(run)
    sets.save(dataset, sets.of_items(run, "fine", run.tables[0].ids[:2]))
    (file,) = (files.home() / "sets").glob("*/*.json")
    file.with_name("broken.json").write_text(body)
    assert [one.name for one in sets.listed(dataset)] == ["fine"]


def test_a_set_leaves_with_labels_and_decisions(run):
    train = run.tables[0]
    other = next(name for name in train.classes if name != train.classes[train.labels[5]])
    decisions.decide(run.dataset_key, Decision(int(train.ids[5]), "relabel", other))
    table = sets.table(run, sets.of_items(run, "mine", train.ids[[9, 5]], "marked by hand"))
    assert table["id"].tolist() == sorted(train.ids[[5, 9]].tolist())
    told = table.set_index("id").loc[train.ids[5]]
    assert (told["final_label"], told["decision"]) == (other, "relabel")
    said = json.loads(exchange.content(table, ".json"))
    assert (said["set"], said["origin"], said["kept"], said["of"]) == ("mine", "marked by hand", 2, 200)
    assert pd.read_csv(io.BytesIO(exchange.content(table, ".csv")))["id"].tolist() == table["id"].tolist()
    assert np.load(io.BytesIO(exchange.content(table, ".npy")))["id"].tolist() == table["id"].tolist()


def test_sets_of_one_name_and_size_are_told_apart_by_their_runs():
    """As those that methods keep under two kinds of damage."""
    specs = make_spec("fdmat"), make_spec("fdmat", corruption=Choice.of("symmetric", rate=0.2))
    for spec in specs:
        library.execute(spec)
        run = Run(spec)
        sets.save(sets.dataset_of(run), sets.kept_by(run, Choice("fdmat"), 0.05))
    found = sets.of_runs(specs)
    assert set(found) == {f"kept by fdmat at 5% (10 items, of run {Run(spec).key[:6]})" for spec in specs}
    for spec in specs:
        one = found[f"kept by fdmat at 5% (10 items, of run {Run(spec).key[:6]})"]
        assert one.ids == sets.load(sets.dataset_of(Run(spec)), "kept by fdmat at 5%").ids
