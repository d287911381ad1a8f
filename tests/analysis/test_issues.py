"""What was removed: the issue of every item, its evidence, and the tally against the truth."""

import dataclasses

import numpy as np
import pandas
import pytest

from fdmat_core import selection
from fdmat_core.analysis import issues
from fdmat_core.rankings import Coreset, Ranking
from fdmat_core.types import FeatureTable, Issue


@pytest.fixture(scope="module")
def flipped():
    """Three clear blobs of 60; rows 0-4 of class 0 carry label 1, row 60 lies far out, row 61 is a copy of row 62."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 60)
    embedding = np.abs(5 * np.eye(3)[labels] @ rng.random((3, 12)) + 0.3 * rng.standard_normal((180, 12)))
    embedding[60] += 40
    embedding[61] = embedding[62] * (1 + 1e-6)
    given = labels.copy()
    given[:5] = 1
    return FeatureTable(np.arange(180) + 1000, given, embedding.astype(np.float32), ("cat", "dog", "emu"), "t")


@pytest.fixture(scope="module")
def evidence(flipped):
    return selection.rank(flipped, "fdmat")


def test_every_item_gets_its_gravest_issue(flipped, evidence):
    frame = issues.items(flipped, evidence)
    assert frame.item.tolist() == flipped.ids.tolist()
    assert set(frame.issue[:5]) == {Issue.MISLABELLED} and set(frame.preferred[:5]) == {"cat"}
    assert frame.issue[60] == Issue.OUTLIER
    assert frame.issue[61] == frame.issue[62] == Issue.NEAR_DUPLICATE
    assert (frame.issue == Issue.NONE).sum() > 150


def test_a_row_of_a_flood_is_a_near_duplicate_however_close_its_class_lies(flipped, evidence):
    copy = np.arange(180) == 100
    assert issues.of_rows(flipped, evidence)[100] == Issue.NONE
    flood = dataclasses.replace(evidence, evidence=dict(evidence.evidence) | {"copy": copy})
    assert issues.of_rows(flipped, flood)[100] == Issue.NEAR_DUPLICATE


def test_the_worst_come_first_issue_by_issue(flipped, evidence):
    worst, issue = issues.gravest_first(flipped, evidence), issues.of_rows(flipped, evidence)
    assert sorted(worst) == list(range(180))
    places = [issues.GRAVEST_FIRST.index(name) for name in issue[worst]]
    assert places == sorted(places) and set(worst[:5]) == set(range(5)) and worst[5] == 60
    suspicion = evidence.evidence["suspicion"]
    alike = worst[np.array(places) == issues.GRAVEST_FIRST.index(Issue.NONE)]
    assert (np.diff(suspicion[alike]) <= 0).all() and suspicion[alike][0] > suspicion[alike][-1]


@pytest.mark.parametrize(("classes", "order"), [(("a", "b"), [2, 0, 1, 3]), (("a",), [2, 1, 0, 3])])
def test_outliers_go_by_strangeness_without_labels_by_distance_and_those_without_features_first(classes, order):
    table = FeatureTable(np.arange(4), np.zeros(4, int), np.ones((4, 2), np.float32), classes, "t")
    evidence = {
        "issue": np.array([Issue.OUTLIER, Issue.OUTLIER, Issue.NO_FEATURES, Issue.NONE]),
        "radius": np.array([5.0, 9, 0, 1]),
        "suspicion": np.array([0.1, 0.9, 0, 0.5]),
        "strangeness": np.array([3.0, 2, 0, -4]),
        "nearest": np.ones(4),
    }
    evidence = Ranking(np.arange(4), evidence=evidence, notes={"unclear classes": []})
    assert issues.gravest_first(table, evidence).tolist() == order


def test_percentile_counts_the_class_only():
    share = issues.class_percentile(np.array([1.0, 2, 3, 10, 20]), np.array([0, 0, 0, 1, 1]))
    assert share.tolist() == [0, 0.5, 1, 0, 1]


def test_the_card_of_a_flipped_row(flipped, evidence):
    by = issues.transported(flipped, evidence)
    row = issues.plan_row(by, flipped, 2)
    assert row.label.tolist() == ["cat", "dog", "emu"] and row.share.sum() == pytest.approx(1)
    assert row.share.idxmax() == 0
    kept = evidence.order[: evidence.survivors]
    near = issues.nearest_kept(by, flipped, 2, kept)
    assert set(near.label) == {"cat"} and near.distance.is_monotonic_increasing and len(near) == 5
    assert 1002 not in set(issues.nearest_kept(by, flipped, 2, np.arange(180)).item)


def test_the_sentence_says_it_in_words():
    facts = {"given": "Coat", "preferred": "Shirt", "own_share": 0.11, "agreement": 0.2, "distance_percentile": 0.97}
    told = (
        "89% of its mass leaves Coat, most of it for Shirt; 20% of its nearest neighbours are Coat; "
        "it lies farther from Coat than 97% of that class."
    )
    assert issues.sentence(pandas.Series(facts | {"issue": Issue.MISLABELLED})) == told
    why = " Not suspected: enough of its mass or of its neighbours speaks for the label."
    assert issues.sentence(pandas.Series(facts | {"issue": Issue.NONE})) == told + why


def test_the_sentence_has_no_0_and_no_100_percent():
    facts = {"given": "Bag", "preferred": "Bag", "own_share": 0.999, "agreement": 1.0, "distance_percentile": 0.0}
    assert issues.sentence(pandas.Series(facts)) == (
        "Under 1% of its mass leaves Bag; all of its nearest neighbours are Bag; it lies closer to Bag than all others "
        "of that class."
    )
    far = issues.sentence(pandas.Series(facts | {"own_share": 1.0, "agreement": 0.0, "distance_percentile": 0.996}))
    assert far == (
        "None of its mass leaves Bag; none of its nearest neighbours are Bag; it lies farther from Bag than over 99% "
        "of that class."
    )


OUTLIERS = [
    (
        np.array([3.0, 1, 2, 2.0, 2]),
        [-9.0, 0, 0, 0, 0],
        Issue.OUTLIER,
        "1.5 times as far off as is usual in a, farther than all of",
    ),
    (np.array([3.0, 1, 2, 2.0, 2]), [0.1, 0, 0, 0, 0], Issue.OUTLIER, "by how far its neighbours lie it more likely"),
    (np.array([0.0, 1, 2, 2.0, 2]), [0.0, 0, 0, 0, 0], Issue.NO_FEATURES, "its features are all zero"),
]


@pytest.mark.parametrize(("radius", "strangeness", "issue", "reason"), OUTLIERS)
def test_an_outlier_says_why_it_is_one_and_no_other_row_does(radius, strangeness, issue, reason):
    labels = np.array([0, 0, 0, 1, 1])
    table = FeatureTable(np.arange(5), labels, np.ones((5, 2), np.float32), ("a", "b"), "t")
    evidence = {name: np.ones(5) for name in ("own_share", "agreement", "own_cost", "suspicion", "nearest")}
    evidence |= {"radius": radius, "strangeness": np.array(strangeness), "preferred": labels}
    evidence |= {"issue": np.array([issue, 0, 0, 0, 0])}
    lines = issues.items(table, Ranking(np.arange(5), evidence=evidence, notes={"unclear classes": []}))
    assert "that class. An outlier: " in issues.sentence(lines.iloc[0]) and reason in issues.sentence(lines.iloc[0])
    assert not any("outlier" in issues.sentence(line) for _, line in lines.iloc[1:].iterrows())


def test_what_says_that_a_row_is_an_outlier_depends_on_the_table():
    """Of two classes the labels around say nothing, and a classifier only where there is one."""
    facts = {"ids": np.arange(6), "embedding": np.ones((6, 2), np.float32), "classes": ("a", "b", "c"), "key": "t"}
    labels, logits = np.array([0, 0, 1, 1, 2, 2]), np.zeros((6, 3), np.float32)
    assert issues._grounds(FeatureTable(labels=labels, **facts)) == (
        "the labels of its neighbours and how far its neighbours lie"
    )
    assert issues._grounds(FeatureTable(labels=labels % 2, logits=logits, **facts)) == (
        "how far its neighbours lie and how unsure a classifier is of it"
    )


def coreset(rows):
    return Coreset(np.array(rows), np.array(rows), 5)


def test_tally_by_hand():
    bad = np.array([True, False, True, False, False])
    tally = issues.tally(coreset([1, 3, 0]), bad)
    assert (tally.bad_removed, tally.bad_kept, tally.clean_removed, tally.clean_kept) == (1, 1, 1, 2)
    assert tally.recall == 0.5
    assert tally.false_removal == tally.noise_kept == pytest.approx(1 / 3)


def test_tally_counts_both_sides_of_the_cut():
    bad = np.array([True, False, True, False, False])
    assert issues.tally(coreset([0, 3]), bad) == issues.Tally(1, 1, 2, 1)  # 2 bad, 3 clean
    assert issues.tally(coreset([0, 3, 1, 2, 4]), bad) == issues.Tally(0, 2, 0, 3)


def test_false_alarms_are_counted_by_class():
    frame = issues.false_alarms(np.array([1, 0, 2, 0]), np.array([0, 0, 1, 1]), ("a", "b", "c"))
    assert frame.suspected.tolist() == [1, 1, 0] and frame.share.tolist() == [0.5, 0.5, 0]


def test_something_from_outside_is_compared_in_the_space_in_which_rows_are_judged(monkeypatch):
    """A row given as if from outside is as like the others as that row is, though the features go below 0."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 300)
    embedding = np.column_stack([8 * rng.standard_normal((300, 2)), 2 * labels - 1 + 0.3 * rng.standard_normal(300)])
    embedding = (embedding @ np.linalg.qr(rng.standard_normal((3, 3)))[0]).astype(np.float32)
    table = FeatureTable(np.arange(300), labels, embedding, ("a", "b"), "t")
    evidence = selection.rank(table, "fdmat")
    told = issues.likeness(issues.transported(table, evidence), 40)
    for given in (None, evidence):
        assert issues.likeness_to(table, embedding[40], given) == pytest.approx(told, abs=0.05)
    monkeypatch.delattr(issues.fdmat, "spaces_of")  # the evidence says which space it is
    assert issues.likeness_to(table, embedding[40], evidence) == pytest.approx(told, abs=0.05)
    nearest = np.argsort(-told)[1:11]
    assert (labels[nearest] == labels[40]).mean() > 0.8


def test_in_a_class_that_is_mostly_copies_the_others_say_what_is_usual():
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2])
    far = issues.closeness(np.array([0.0, 0, 0, 0.02, 0.04, 1, 2, 3, 0, 0]), labels)
    assert far == pytest.approx([0, 0, 0, 2 / 3, 4 / 3, 0.5, 1, 1.5, 0, 0])
