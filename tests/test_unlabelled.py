"""Data without labels: every method and measure either works on the whole distribution or says that it needs labels."""

import dataclasses

import numpy as np
import pytest

from fdmat_core import curves, registry, selection
from fdmat_core.analysis import detectors, issues
from fdmat_core.methods.fdmat import UNLABELLED_NOTE
from fdmat_core.spec import Choice
from fdmat_core.types import UNLABELLED, Issue
from tests.conftest import make_table, without_labels

LEARNED = ("labels", "logits", "head", "dynamics")
METHODS = registry.methods.all()
FREE = [name for name, entry in METHODS.items() if not {one.split(".")[0] for one in entry.facts.needs} & set(LEARNED)]
BOUND = [name for name in METHODS if name not in FREE]


@pytest.fixture
def bare():
    """Two blobs that nobody labelled, and one row far from both."""
    table = without_labels(make_table((60, 40)))
    embedding = table.embedding.copy()
    embedding[17] = 60
    return dataclasses.replace(table, embedding=embedding)


@pytest.mark.parametrize("name", FREE)
def test_a_method_without_need_of_labels_works_on_the_whole(name, bare):
    for balance in ("proportional", "none"):
        kept = selection.coreset(bare, name, 20, balance=balance)
        assert len(set(kept.ids)) == 20


@pytest.mark.parametrize("name", BOUND)
def test_a_method_that_needs_labels_says_so_and_names_others(name, bare):
    with pytest.raises(ValueError, match=f"method '{name}' needs .*choose one of .*fdmat.*random") as refused:
        selection.rank(bare, name)
    named = set(str(refused.value).split(" of ")[-1].split(", "))
    assert "this data has n" in str(refused.value) and named == set(FREE)


def test_gradients_of_labels_need_labels():
    needy = {name for name, entry in METHODS.items() if "labels" in entry.facts.needs}
    assert needy == {"craig", "glister", "gradmatch", "lcmat"}


def test_fdmat_suspects_no_label_and_rejects_the_outlier_last(bare):
    ranking = selection.rank(bare, "fdmat")
    evidence = ranking.evidence
    assert not (evidence["issue"] == Issue.MISLABELLED).any()
    assert evidence["issue"][17] == Issue.OUTLIER and ranking.order[-1] == 17
    assert (
        (evidence["own_share"] == 1).all() and (evidence["preferred"] == 0).all() and (evidence["suspicion"] == 0).all()
    )
    assert ranking.notes["unlabelled"] == UNLABELLED_NOTE and ranking.notes["unclear classes"] == []
    assert np.array_equal(ranking.score, evidence["radius"])


def test_fdmat_puts_the_farther_outlier_behind_the_nearer_whatever_their_rows(bare):
    embedding = bare.embedding.copy()
    embedding[3], embedding[90] = 300, -90  # the farthest has the lower row
    order = selection.rank(dataclasses.replace(bare, embedding=embedding), "fdmat").order
    assert list(order[-3:]) == [17, 90, 3]


def test_fdmat_notes_nothing_about_labels_where_there_are_some(table):
    assert "unlabelled" not in selection.rank(table, "fdmat").notes


def test_issues_speak_of_neighbours_and_of_no_label(bare):
    evidence = selection.rank(bare, "fdmat")
    lines = issues.items(bare, evidence)
    assert set(lines["given"]) == set(lines["preferred"]) == {""}
    assert issues.sentence(lines.iloc[17]) == (
        "It lies farther from its neighbours than all of the items lie from theirs."
    )
    assert issues.gravest_first(bare, evidence)[0] == 17
    ordinary = [row for row in issues.gravest_first(bare, evidence) if lines["issue"][row] == Issue.NONE]
    radius = evidence.evidence["radius"][ordinary]
    assert (np.diff(radius) <= 0).all()


def test_detectors_by_label_are_left_out(bare):
    found = detectors.scores(bare, selection.rank(bare, "fdmat"))
    assert list(found) == ["FDMat", "local outlier factor"]
    assert all(score.argmax() == 17 for score in found.values())


def test_measures_of_labels_are_refused_and_the_others_see_the_whole(bare):
    refused = {name for name in registry.measures.all() if curves.lacking(bare, Choice(name))}
    assert refused == {"linear_probe", "full_training", "worst_class_accuracy", "class_balance", "missing_classes"}
    assert curves.lacking(bare, Choice("linear_probe")) == (
        "measure 'linear_probe' needs labels, which this data has not; it is left out of runs"
    )
    with pytest.raises(ValueError, match="measure 'class_balance' needs labels"):
        curves.measure(bare, methods=["random"], measures=["class_balance"], fractions=[0.2], seeds=1, band=1)


def test_a_distance_does_not_see_the_cells_that_labels_would_make():
    """All of one blob is far from the whole without labels; a class of its own would be at the worst single pick."""
    table = make_table((50, 50))
    bare = without_labels(table)
    measure = registry.measures.get("exact_wasserstein")
    half = np.flatnonzero(table.labels == 0)
    everything = np.arange(table.n)
    assert measure(bare)(everything, None) == pytest.approx(0, abs=1e-6)
    assert measure(bare)(half, None) != pytest.approx(measure(table)(half, None))


def test_any_table_of_one_class_counts_as_unlabelled():
    assert not dataclasses.replace(without_labels(make_table((30,))), classes=("things",)).labelled
    assert UNLABELLED == ("unlabelled",)
