"""Copies of a run: looked for, stored, planned, decided as one step, swept away with the run."""

import numpy as np
import pytest

from fdmat_core import cli
from fdmat_core.runs import decisions, duplicates, library
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.duplicates import Asked
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.copies import run_with_copies
from tests.stores import filling


@pytest.fixture
def run(tmp_path_factory):
    with filling(tmp_path_factory, "copies") as home:
        yield run_with_copies(home)


def ids(copies, groups):
    return sorted(sorted(copies.ids[group].tolist()) for group in groups)


def test_what_is_found_is_stored_and_planned(run):
    assert duplicates.find(run) is None
    made = duplicates.look(run)
    copies = duplicates.find(run)
    assert copies.n_train == 150 and copies.ways == ["pixels", "features"] and len(copies.ids) == 170
    np.testing.assert_array_equal(copies.found.near["pixels"].distance, made.found.near["pixels"].distance)
    exact = duplicates.plan(run, copies, Asked())
    assert ids(copies, exact.groups) == [[3, 140, 141], [4, 142]]
    assert exact.differing == 1
    near = duplicates.plan(run, copies, Asked("pixels", 0.2, rule="id"))
    assert ids(copies, near.groups) == [[3, 140, 141], [4, 142], [10, 145], [11, 146]]
    kept = {int(copies.ids[row]) for row in near.kept}
    assert kept == {3, 4, 10, 11}  # 3 and 141 are of one class, 140 is of the other
    assert run.tables[0].ids[near.drops].tolist() == [140, 141, 142, 145, 146]
    leaks = duplicates.plan(run, copies, Asked("pixels", 0.2, leaks=True))
    assert ids(copies, leaks.groups) == [[20, 150], [21, 151]]
    assert run.tables[0].ids[leaks.drops].tolist() == [20, 21]


def test_one_of_each_is_kept_by_hand_or_by_rank(run):
    copies = duplicates.look(run)
    by_hand = duplicates.plan(run, copies, Asked(rule="id", by_hand={3: 140, 4: 999}))
    assert [int(copies.ids[row]) for row in by_hand.kept] == [140, 4]
    place = np.argsort(run.evidence.order)
    by_rank = duplicates.plan(run, copies, Asked(rule="rank"))
    assert [int(copies.ids[row]) for row in by_rank.kept] == [
        min((3, 141), key=lambda item: place[item]),
        min((4, 142), key=lambda item: place[item]),
    ]


def test_drops_are_one_step_and_people_are_not_overruled(run):
    copies, dataset = duplicates.look(run), run.dataset_key
    decisions.decide(dataset, Decision(140, "keep", session="ann"))
    plan = duplicates.plan(run, copies, Asked(rule="id"))
    assert run.tables[0].ids[plan.drops].tolist() == [141, 142] and plan.decided.tolist() == [140]
    assert duplicates.drop(run, plan.drops, "me") == 2
    found = decisions.current(dataset)
    assert dict(zip(found["item"], found["decision"], strict=True)) == {140: "keep", 141: "drop", 142: "drop"}
    assert sorted(decisions.undo(dataset, "me")) == [141, 142]
    assert decisions.current(dataset)["item"].tolist() == [140]


def test_the_command_line_says_what_it_found_and_prune_spares_it(run, capsys):
    assert cli.main(["duplicates", run.key]) == 0
    assert "170 items: 5 exact copies of an item before them" in capsys.readouterr().out
    library.prune()
    assert duplicates.find(Run.open(run.key)) is not None
    library.delete(run.key)
    assert not list(library.files.home().glob("duplicates/*"))


def test_a_process_of_its_own_looks(run):
    duplicates.start(run)
    duplicates._STARTED[run.key].wait(120)
    assert duplicates.problem(run) == "" and not duplicates.is_looking(run)
    assert duplicates.find(run) is not None


def test_a_search_that_fails_says_why(run, monkeypatch):
    monkeypatch.setattr(duplicates, "COMMAND", (*duplicates.COMMAND, "--nonsense"))
    duplicates.start(run)
    duplicates._STARTED[run.key].wait(120)
    assert "--nonsense" in duplicates.problem(run)


def test_features_without_images_have_no_pixels(tmp_path, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path))
    from tests.pages.test_again import SPEC

    spec = SPEC.__class__(**SPEC.__dict__ | {"corruption": Choice("none"), "seeds": 1, "band": 2})
    library.execute(spec)
    assert duplicates.look(Run(spec)).ways == ["features"]


def test_copies_of_other_data_than_those_of_the_run_are_not_stored(run, tmp_path, monkeypatch):
    monkeypatch.setattr(duplicates.originals, "train", lambda key, spec, data: None)
    with pytest.raises(ValueError, match="have changed since it was made; run it again first"):
        duplicates.look(run)
    assert duplicates.find(run) is None
