"""Detectors of bad items: which end is suspicious, what they find at what price, and the same scores as cleanlab's."""

import warnings

import numpy as np
import pytest

from fdmat_core import datasets, selection
from fdmat_core.analysis import detectors, issues
from fdmat_core.corruptions import corrupt
from fdmat_core.learning import features
from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable


@pytest.fixture(scope="module")
def flipped():
    """Three clear blobs of 60; rows 0-4 of class 0 carry label 1."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], 60)
    embedding = np.abs(5 * np.eye(3)[labels] @ rng.random((3, 12)) + 0.3 * rng.standard_normal((180, 12)))
    given = labels.copy()
    given[:5] = 1
    return FeatureTable(np.arange(180) + 1000, given, embedding.astype(np.float32), ("cat", "dog", "emu"), "t")


@pytest.fixture(scope="module")
def fdmat(flipped):
    return selection.rank(flipped, "fdmat")


def test_detection_knows_which_end_is_suspicious():
    bad = np.array([True] * 3 + [False] * 7)
    score = np.arange(10)[::-1].astype(float)
    frame = detectors.compare({"good": score, "reversed": -score}, bad, cuts=(3,)).set_index("detector")
    assert frame.T["good"].tolist() == [1, 1, 1]
    assert frame.auroc.sum() == 1 and frame.loc["reversed", "precision_at_3"] == 0
    assert detectors.compare({"any": score}, np.zeros(10, bool)).auroc.isna().all()


def test_every_detector_beats_chance_on_swapped_labels(flipped, fdmat):
    bad = np.arange(180) < 5
    frame = detectors.compare(detectors.scores(flipped, fdmat), bad, cuts=(5,)).set_index("detector")
    label_detectors = frame.drop(["FDMat, outliers", "local outlier factor"])
    assert (label_detectors.auroc > 0.95).all() and (label_detectors.precision_at_5 >= 0.8).all()


def test_self_confidence_is_cleanlabs(flipped, fdmat):
    rank = pytest.importorskip("cleanlab.rank")
    theirs = rank.get_label_quality_scores(flipped.labels, detectors.out_of_fold(flipped), method="self_confidence")
    assert np.allclose(1 - theirs, detectors.scores(flipped, fdmat)["self-confidence"])


def test_what_would_take_too_long_or_cannot_be_asked_is_left_out(flipped, fdmat, monkeypatch):
    fitted = {"self-confidence", "normalised margin"}
    assert fitted < set(detectors.scores(flipped, fdmat))
    monkeypatch.setattr(detectors, "AFFORDABLE", 180 * 12 * 3 - 1)
    assert not fitted & set(detectors.scores(flipped, fdmat))
    monkeypatch.setattr(detectors, "AFFORDABLE", 180 * 12 * 3)
    alone = flipped.take(np.flatnonzero(flipped.labels == 2))
    assert not fitted & set(detectors.scores(alone, selection.rank(alone, "fdmat")))


def test_a_row_is_judged_by_a_model_that_has_not_seen_it():
    """Labels by lot: a model that knew the row would be right more often than chance."""
    rng = np.random.default_rng(1)
    table = FeatureTable(np.arange(60), rng.integers(0, 2, 60), rng.random((60, 80), np.float32), ("a", "b"), "t")
    own = detectors.out_of_fold(table)[np.arange(60), table.labels]
    assert np.mean(own > 0.5) < 0.7


@pytest.fixture
def rare():
    """Well separated classes of 30, 1, 2, 0, 4 and 7 items, the rows shuffled."""
    labels = np.random.default_rng(2).permutation(np.repeat(np.arange(6), [30, 1, 2, 0, 4, 7]))
    embedding = 5 * np.eye(6)[labels] + 0.1 * np.random.default_rng(3).standard_normal((44, 6))
    return FeatureTable(np.arange(44), labels, embedding.astype(np.float32), tuple("abcdef"), "rare")


def test_rare_classes_are_known_to_the_models_that_judge_them(rare):
    for seed in range(10):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = detectors.out_of_fold(rare, seed=seed)
        assert found.sum(axis=1) == pytest.approx(1) and (found[:, 3] == 0).all()
        own = found[np.arange(44), rare.labels]
        assert (own[rare.labels != 1] > 0.1).all() and own[rare.labels == 1] == [0]
        assert (found[rare.labels != 1, 1] == 0).all()  # no model that is asked has seen it


def test_an_item_that_is_alone_in_its_class_may_be_one_of_two_classes(rare):
    """Folds of the whole table would leave a model with a single class."""
    few = rare.take(np.flatnonzero(np.isin(rare.labels, [0, 1])))
    scored = detectors.scores(few, selection.rank(few, "fdmat"))
    assert "self-confidence" not in scored and len(scored["FDMat"]) == 31
    some = rare.take(np.flatnonzero(np.isin(rare.labels, [1, 2, 4])))
    scored = detectors.scores(some, selection.rank(some, "fdmat"))
    assert scored["self-confidence"][some.labels == 1] == [1] and (scored["self-confidence"] >= 0).all()


def test_a_large_class_has_the_same_outlier_factors_by_our_own_search(monkeypatch):
    x = np.random.default_rng(0).standard_normal((200, 5))
    x[7], x[8:12] = 30, x[12]  # one far away, and copies
    alone = detectors._outlier_factors(x, 6)
    monkeypatch.setattr(detectors, "SMALL_ROWS", 100)
    assert np.allclose(detectors._outlier_factors(x, 6), alone, rtol=1e-5) and alone.argmax() == 7


def test_roc_by_hand():
    bad = np.array([True, False, True, False, False])
    frame = detectors.roc({"one": np.array([9.0, 8, 7, 1, 0])}, bad)  # bad, clean, bad, clean, clean
    found = frame.set_index("false_alarms").found
    assert found.iloc[0] == 0.5 and found[found.index < 1 / 3].eq(0.5).all() and found[found.index >= 1 / 3].eq(1).all()
    assert frame.false_alarms.iloc[[0, -1]].tolist() == [0, 1] and set(frame.detector) == {"one"}
    assert detectors.roc({"one": np.arange(5.0)}, np.zeros(5, bool)).empty


def test_removals_by_hand():
    bad, order = np.array([True, False, True, False, False]), np.array([1, 3, 0, 4, 2])
    afresh = {2: Ranking(np.array([0, 2, 1, 3, 4]), nested=False), 4: Ranking(order, nested=False)}
    ids = np.arange(5)
    both = {"nested": Rankings.nested_in(ids, Ranking(order)), "afresh": Rankings(ids, afresh)}
    frame = detectors.removals(both, bad)
    nested = frame[frame["method"] == "nested"].set_index("k")
    assert nested.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert nested["kept"].tolist() == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert nested["recall"].tolist() == [1, 1, 1, 0.5, 0.5, 0]
    assert nested["false_removal"].tolist() == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3, 0, 0])
    other = frame[frame["method"] == "afresh"]
    assert other["k"].tolist() == [2, 4] and other["recall"].tolist() == [0, 0.5]
    assert other["false_removal"].tolist() == pytest.approx([1, 0])


def test_agreement_counts_by_decision():
    decision = np.array(["drop", "", "keep", "drop", "relabel", ""], dtype=object)
    frame = detectors.agreement(decision, np.array([True, True, True, False, True, False])).set_index("decision")
    assert frame.T["drop"].tolist() == [2, 1] and frame.T["keep"].tolist() == [1, 1]
    assert frame.T["relabel"].tolist() == [1, 1] and len(frame) == 3
    assert detectors.agreement(np.array(["", ""], dtype=object), np.array([True, False])).empty


def clothes(corruption):
    """The bundled images as 14 x 14 pixels, damaged like this: the training items, their table, FDMat's ranking."""
    train = corrupt(datasets.load("fashion_mnist_8k"), corruption).split("train")
    pixels = train.images(train.ids).astype(np.float32)[..., 0] / 255
    pooled = pixels.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)).reshape(len(pixels), -1)
    table = FeatureTable(train.ids, train.labels, pooled, train.classes, "pooled")
    return train, table, selection.rank(table, "fdmat", budget=80)


def test_on_the_bundled_set_the_first_200_suspected_are_wrong():
    train, _, fdmat = clothes(Choice.of("symmetric", rate=0.2))
    found = detectors.compare({"FDMat": fdmat.evidence["suspicion"]}, train.truth.mislabelled).iloc[0]
    assert found["precision_at_200"] >= 0.95 and found["auroc"] > 0.95
    last = fdmat.order[::-1][:200]
    assert train.truth.mislabelled[last].mean() >= 0.95  # and they are the first to leave


@pytest.mark.slow
def test_on_the_bundled_set_the_first_200_suspected_by_the_sample_run_are_wrong():
    data = corrupt(datasets.load("fashion_mnist_8k"), Choice("symmetric"))
    table, _ = features.extract(data, "early_cnn")
    found = detectors.scores(table, selection.rank(table, "fdmat", budget=80))
    frame = detectors.compare(found, data.split("train").truth.mislabelled).set_index("detector")
    assert frame["precision_at_200"]["FDMat"] >= 0.95 and frame["auroc"]["FDMat"] >= 0.98
    assert frame["auroc"]["FDMat"] > frame["auroc"]["self-confidence"]


def test_false_alarms_on_clean_data_are_stated_by_class_and_stay_few():
    _, table, fdmat = clothes(Choice("none"))
    frame = issues.false_alarms(fdmat.evidence["issue"], table.labels, table.classes).set_index("label")
    assert frame["items"].tolist() == [800] * 10
    gone = np.isin(np.arange(table.n), fdmat.order[fdmat.survivors :])
    assert frame["suspected"].tolist() == [int(gone[table.labels == label].sum()) for label in range(10)]
    assert frame["suspected"].sum() / 8000 < 0.15 and frame["share"].max() < 0.33
    assert frame.loc[["Trouser", "Bag", "Ankle boot"], "share"].max() < 0.07


def test_on_a_long_tail_no_class_is_emptied_and_the_rarest_least_of_all():
    _, table, fdmat = clothes(Choice.of("long_tail", factor=100))
    frame = issues.false_alarms(fdmat.evidence["issue"], table.labels, table.classes)
    assert frame["items"].tolist()[0] == 100 * frame["items"].tolist()[-1] == 800
    assert frame["share"].max() < 0.4
    assert frame["suspected"].tolist()[-1] <= 1
