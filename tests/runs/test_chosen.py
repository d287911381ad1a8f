"""A run that begins with items chosen before: its provenance, its rankings and what is said of it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from fdmat_core.analysis import caveats, differences
from fdmat_core.runs import applying, artifacts, decisions, library, sets
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.runs.settings import checked
from fdmat_core.spec import Choice, Chosen, Spec
from tests.runs.conftest import make_spec


@pytest.fixture
def first():
    spec = make_spec("fdmat", "herding", "el2n", measures=(Choice("energy"),))
    library.execute(spec)
    run = Run(spec)
    sets.save(sets.dataset_of(run), sets.of_items(run, "to check", run.tables[0].ids[[40, 7, 3]], "marked by hand"))
    return run


def test_a_spec_without_has_the_key_it_had_and_with_one_of_its_own():
    spec = make_spec("fdmat")
    assert "chosen" not in spec.to_json() and Spec.from_json(spec.to_json()) == spec
    with_some = replace(spec, chosen=Chosen((3, 5), "mine"))
    assert with_some.key != spec.key and with_some.key != replace(spec, chosen=Chosen((3, 6), "mine")).key
    assert Spec.from_json(json.loads(json.dumps(with_some.to_json()))) == with_some == checked(with_some)
    unordered = with_some.to_json() | {"chosen": {"ids": [5, 3, 5], "called": "mine"}}
    assert Spec.from_json(unordered) == with_some
    for wrong in ([], [1.5], "3", [True]):
        with pytest.raises(ValueError, match=r"chosen\.ids is"):
            Spec.from_json(with_some.to_json() | {"chosen": {"ids": wrong}})


def test_the_name_of_a_set_makes_no_other_ranking_but_its_items_do(first):
    used = artifacts.used_features(first.spec)
    one, renamed, other = (
        replace(first.spec, chosen=chosen)
        for chosen in (Chosen((3, 5), "mine"), Chosen((3, 5), "yours"), Chosen((3, 6), "mine"))
    )
    keys = [artifacts.ranking_key(spec, used, Choice("fdmat"), 0, None) for spec in (first.spec, one, renamed, other)]
    origins = [artifacts.source(spec, used).origin for spec in (first.spec, one, renamed, other)]
    for names in (keys, origins):
        assert names[1] == names[2] and len(set(names)) == 3


def test_every_method_of_the_run_begins_with_the_set(first):
    offered = sets.of_runs(library.on(first.spec.dataset).values())
    (called,) = offered
    chosen = offered[called]
    assert called == "to check (3 items)" and chosen.ids == tuple(sorted(first.tables[0].ids[[40, 7, 3]].tolist()))
    spec = replace(first.spec, chosen=chosen)
    library.execute(spec)
    run = Run(spec)
    assert run.complete and not run.problems
    for method in (*spec.methods, Choice("random")):
        rankings = run.rankings(method) if method in spec.methods else None
        if rankings is not None:
            assert set(rankings.cut(0.05).ids[:3].tolist()) == set(chosen.ids)
    alone, after = (one.rankings(Choice("el2n")).nested.order for one in (first, run))
    rows = np.flatnonzero(np.isin(run.tables[0].ids, chosen.ids))
    assert set(after[:3]) == set(rows) and first.complete
    for label in range(first.tables[0].c):  # each class goes on in the order of its scores
        others = [row for row in np.flatnonzero(first.tables[0].labels == label) if row not in rows]
        one, other = (order[np.isin(order, others)].tolist() for order in (alone, after))
        assert one == other
    random = [one.curve().query("method == 'random' and kept == 0.05")["value"].to_numpy() for one in (first, run)]
    assert not np.array_equal(*random)
    assert library.prune() == [] and Run(spec).complete


def test_items_that_the_data_lack_stop_the_run_with_a_sentence(first):
    with pytest.raises(ValueError, match="item 100000 is chosen already, but not among these 200 items"):
        library.execute(replace(first.spec, chosen=Chosen((3, 100_000))))


def test_applying_decisions_no_longer_begins_with_what_was_dropped(first):
    ids = first.tables[0].ids
    run = Run(replace(first.spec, chosen=Chosen(tuple(sorted(ids[[40, 7, 3]].tolist())), "to check")))
    library.execute(run.spec)
    decisions.decide_all(run.dataset_key, [Decision(int(ids[7]), "drop"), Decision(int(ids[90]), "drop")])
    spec = applying.apply(run)
    assert spec.chosen == Chosen(tuple(sorted(ids[[40, 3]].tolist())), "to check")
    assert applying.on_all(spec).chosen is None


def test_what_is_said_of_it():
    chosen = Chosen(tuple(range(12)), "to check")
    assert caveats.begins_with(None, Choice("fdmat"), 20) == ""
    assert caveats.begins_with(chosen, Choice("fdmat"), 20) == (
        "Begins with the 12 items of 'to check', chosen before; FDMat adds 8 to go with them."
    )
    assert caveats.begins_with(chosen, Choice("el2n"), 20) == (
        "Begins with the 12 items of 'to check', chosen before; EL2N adds 8 in its own order, which takes no note of "
        "them."
    )
    assert "at this size 5 of them are kept" in caveats.begins_with(chosen, Choice("el2n"), 5)
    spec = make_spec("fdmat")
    assert differences.settings(spec, replace(spec, chosen=chosen)) == [
        ("Begins with", "nothing", "the 12 items of 'to check'")
    ]
