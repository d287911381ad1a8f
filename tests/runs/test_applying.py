"""Applying decisions: a new run of cleaned data, with ids, truth and provenance; nothing changes in place."""

from dataclasses import replace

import numpy as np
import pytest

from fdmat_core import registry
from fdmat_core.runs import applying, artifacts, decisions, library
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from fdmat_core.store import entries
from tests.runs.conftest import make_spec

MEASURES = (Choice("energy"), Choice("energy_to_clean"), Choice("linear_probe"))


@pytest.fixture
def run():
    spec = make_spec("fdmat", "random", corruption=Choice.of("symmetric", rate=0.2), measures=MEASURES)
    library.execute(spec)
    return Run(spec)


def review(run, count, author="ann"):
    """Decide as somebody who knows the truth on the first suspects: drop every third, relabel the bad of the others."""
    data, table = run.dataset().split("train"), run.tables[0]
    suspects = np.flatnonzero(run.evidence.rejected)[:count]
    said = []
    for place, row in enumerate(suspects.tolist()):
        right = data.classes[data.truth.clean_labels[row]]
        bad = data.truth.mislabelled[row]
        kind = "drop" if place % 3 == 0 else "relabel" if bad else "keep"
        said.append(Decision(int(table.ids[row]), kind, right if kind == "relabel" else "", author))
    decisions.decide_all(run.dataset_key, said)
    return said


def test_the_new_run_is_of_the_cleaned_data_and_the_old_one_stays(run):
    before = run.dataset().split("train")
    said = review(run, 24)
    spec = applying.apply(run)
    assert spec.dataset == run.spec.dataset and spec.methods == run.spec.methods and spec.measures == run.spec.measures
    library.execute(spec)
    after = Run(spec)
    train, dropped = after.dataset().split("train"), {one.item for one in said if one.decision == "drop"}
    labels = {one.item: one.label for one in said if one.decision == "relabel"}
    assert len(dropped) == 8 and len(labels) > 10
    assert train.ids.tolist() == [item for item in before.ids.tolist() if item not in dropped]
    given = dict(zip(before.ids.tolist(), before.labels.tolist(), strict=True))
    wanted = [before.classes.index(labels[item]) if item in labels else given[item] for item in train.ids.tolist()]
    assert train.labels.tolist() == wanted == after.tables[0].labels.tolist()
    assert np.array_equal(after.tables[0].ids, train.ids)
    assert train.truth.bad.sum() == before.truth.bad[~np.isin(before.ids, list(dropped | labels.keys()))].sum()
    test = [one.dataset().split("test") for one in (run, after)]
    assert np.array_equal(test[0].ids, test[1].ids) and np.array_equal(test[0].labels, test[1].labels)
    assert not after.problems and after.complete and after.dataset_key != run.dataset_key
    assert np.array_equal(run.dataset().split("train").labels, before.labels) and run.complete


def test_it_says_where_it_comes_from_and_the_same_decisions_give_the_same_run(run):
    said = review(run, 12)
    spec = applying.apply(run)
    kinds = [one.decision for one in said]
    came = applying.origin(spec)
    assert (came.run, came.authors) == (run.key, ("ann",))
    assert (came.dropped, came.relabelled, came.kept) == tuple(map(kinds.count, ("drop", "relabel", "keep")))
    assert registry.corruptions.title(spec.corruption) == (
        f"20% of labels flipped, then cleaned (4 dropped, {came.relabelled} relabelled)"
    )
    assert applying.apply(run).key == spec.key and list(applying.made_from(run)) == [spec.key]
    assert applying.origin(run.spec) is None and Spec.from_json(spec.to_json()) == spec
    review(run, 15)
    assert applying.apply(run).key != spec.key


def test_what_people_called_right_is_right_in_the_new_run(run):
    said = review(run, 12)
    spec = applying.apply(run)
    applying.apply(run)
    told = decisions.history(Run(spec).dataset().key)
    assert told["item"].tolist() == sorted(one.item for one in said if one.decision in ("keep", "relabel"))
    assert set(told["decision"]) == {"keep"} and set(told["author"]) == {"ann"}


def test_cleaned_data_can_be_cleaned_again(run):
    review(run, 12)
    library.execute(first := applying.apply(run))
    again = Run(first)
    items = again.tables[0].ids[:3].tolist()
    decisions.decide_all(again.dataset_key, [Decision(item, "drop") for item in items])
    second = applying.apply(again)
    assert len(Run(second).dataset().split("train").ids) == again.tables[0].n - 3
    assert artifacts.brought(second) == {
        ("applied", dict(first.corruption.params)["content"]),
        ("applied", dict(second.corruption.params)["content"]),
    }


def test_decisions_that_were_applied_stay_while_a_run_needs_them(run):
    review(run, 12)
    spec = applying.apply(run)
    library.prune()
    assert len(list(entries.keys("applied"))) == 1
    library.delete(spec.key)
    library.prune()
    assert list(entries.keys("applied")) == []
    with pytest.raises(ValueError, match="are not in the store; apply them again"):
        Run(spec).dataset()


def test_what_cannot_be_applied_is_refused(run):
    with pytest.raises(ValueError, match="nobody has dropped or relabelled"):
        applying.apply(run)
    with pytest.raises(ValueError, match="has no features yet"):
        applying.apply(Run(make_spec("fdmat", seeds=3)))
    review(run, 12)
    spec = applying.apply(run)
    other = make_spec("fdmat", corruption=Choice.of("cleaned", **dict(spec.corruption.params) | {"after": "none"}))
    with pytest.raises(ValueError, match="are of other data"):
        Run(other).dataset()


def test_accuracy_on_all_items_reads_the_features_and_points_of_the_run(run):
    spec = applying.on_all(run.spec)
    assert spec.fractions == (1.0,) and [one.name for one in spec.measures] == ["linear_probe", "full_training"]
    library.execute(replace(spec, measures=spec.measures[:1]))
    alone = replace(spec, measures=spec.measures[:1])
    assert artifacts.used_features(alone).key == artifacts.used_features(run.spec).key
    curve, own = (Run(one).curve().query("kept == 1 and measure == 'linear_probe'") for one in (alone, run.spec))
    own = own[own["method"] == "random"]
    assert len(curve) == 3 and curve["value"].tolist() == own["value"].tolist()
