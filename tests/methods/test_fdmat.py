"""The flagship: what it removes, what it matches, and the laws of methods.md 1b."""

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from fdmat_core import selection
from fdmat_core.methods import fdmat as module
from fdmat_core.numerics.neighbours import Neighbours
from fdmat_core.spec import Choice
from fdmat_core.types import FeatureTable, Issue
from tests.conftest import make_table


@pytest.fixture(scope="module")
def digits():
    """Scikit-learn's digits as pixels, with 40% of the labels flipped to another class: table and flipped mask."""
    from sklearn.datasets import load_digits

    data, target = map(np.asarray, load_digits(return_X_y=True))
    rng = np.random.default_rng(0)
    flipped = np.zeros(len(target), dtype=bool)
    flipped[rng.permutation(len(flipped))[: int(0.4 * len(flipped))]] = True
    labels = np.where(flipped, (target + rng.integers(1, 10, len(flipped))) % 10, target)
    return as_table(data, labels), flipped


def as_table(embedding, labels):
    return FeatureTable(
        np.arange(len(labels)), labels, embedding.astype(np.float32), tuple(map(str, range(labels.max() + 1))), "t"
    )


def matched_in(ranking):
    return module.spaces.BY_WORDS[ranking.notes["matched"]]


def energy(x, part):
    from scipy.spatial.distance import cdist

    return 2 * cdist(part, x).mean() - cdist(part, part).mean() - cdist(x, x).mean()


def test_flipped_labels_are_suspected_and_leave(digits):
    table, flipped = digits
    ranking = selection.rank(table, "fdmat")
    assert roc_auc_score(flipped, ranking.score) > 0.95
    assert flipped[ranking.order[: table.n // 10]].mean() < 0.03
    assert flipped[ranking.order[-len(flipped) // 10 :]].mean() > 0.95


def test_it_matches_better_than_two_hundred_random_subsets(digits):
    """Class by class; of five rows, which are chosen one after another, at most two of those subsets are better."""
    table, _ = digits
    ranking = selection.rank(table, "fdmat")
    x = module.spaces.features(table.embedding, matched_in(ranking)).x
    rng = np.random.default_rng(1)
    alive = ranking.order[: ranking.survivors]
    for label in range(table.c):
        mine = alive[table.labels[alive] == label]
        for share, luckier in ((0.05, 2), (0.1, 0), (0.3, 0)):
            k = int(share * len(mine))
            ours = energy(x[mine], x[mine[:k]])
            drawn = [energy(x[mine], x[rng.choice(mine, k, replace=False)]) for _ in range(200)]
            assert np.count_nonzero(np.array(drawn) <= ours) <= luckier


def test_a_long_tail_keeps_its_rarest_class():
    from sklearn.datasets import load_digits

    data, target = map(np.asarray, load_digits(return_X_y=True))
    sizes = np.round(150 * 20 ** (-np.arange(10) / 9)).astype(int)
    rows = np.concatenate([np.flatnonzero(target == label)[:size] for label, size in enumerate(sizes)])
    table = as_table(data[rows], target[rows])
    issue = selection.rank(table, "fdmat").evidence["issue"]
    survived = [(issue[table.labels == label] == 0).mean() for label in range(10)]
    assert min(survived) > 0.4


def test_a_far_outlier_is_never_kept_below_half(table):
    embedding = table.embedding.copy()
    embedding[5] = embedding.mean(axis=0)
    embedding[5, 0] += 10 * embedding.std()
    ranking = selection.rank(dataclasses.replace(table, embedding=embedding), "fdmat")
    assert 5 not in ranking.order[: table.n // 2]


def test_both_criteria_are_needed():
    """Rows of a second mode are far from the prototype but among their own kind; they stay."""
    rng = np.random.default_rng(0)
    blob = lambda x, y, n: np.array([x, y]) + 0.3 * rng.standard_normal((n, 2))  # noqa: E731
    embedding = np.concatenate([blob(9, 1, 60), blob(1, 9, 25), blob(1, 1, 60)])
    table = as_table(embedding, np.repeat([0, 0, 1], [60, 25, 60]))
    ranking = selection.rank(table, "fdmat")
    second_mode = np.arange(60, 85)
    assert (ranking.evidence["issue"][second_mode] != 1).mean() > 0.9


def test_clean_labels_stay_where_classes_touch():
    """The plan doubts some of the clean digits, most of them eights; the labels around hardly any of these."""
    from sklearn.datasets import load_digits

    data, target = map(np.asarray, load_digits(return_X_y=True))
    issue = selection.rank(as_table(data, target), "fdmat").evidence["issue"]
    assert (issue == Issue.MISLABELLED).mean() < 0.01
    assert (issue > 0).mean() < 0.025
    assert min((issue[target == label] == 0).mean() for label in range(10)) > 0.95


def test_rows_that_belong_to_no_class_are_outliers():
    """A crowd of its own whose labels are drawn at random is no class's, and each of its rows has near neighbours."""
    rng = np.random.default_rng(0)
    centres = 6 * np.eye(6)[[0, 1, 2, 3, 4, 5]]
    labels = np.concatenate([np.repeat(np.arange(5), 60), rng.integers(0, 5, 40)])
    embedding = centres[np.r_[labels[:300], np.full(40, 5)]] + 0.5 * rng.standard_normal((340, 6))
    issue = selection.rank(as_table(np.abs(embedding), labels), "fdmat").evidence["issue"]
    assert (issue[:300] == 0).mean() > 0.99
    assert (issue[300:] == 2).mean() > 0.6


def test_the_tail_of_a_skewed_class_stays_and_what_lies_beyond_it_goes():
    """By hand: 1, 2, 4, ... 64 have a median of 8 and a spread of 3.0 doublings; the limit is 8 * 2^10.38 = 10,650."""
    radius = 2.0 ** np.arange(7)
    near, far = (np.log(np.append(radius[:6], last)) for last in (10_500, 11_000))
    assert module._deviations(near, near)[-1] < module.OUTLIER_LIMIT < module._deviations(far, far)[-1]
    found = module._deviations(np.log(radius)[[0, 3, 6]], np.log(radius))
    np.testing.assert_allclose(found, [-3 / (2 * 1.4826), 0, 3 / (2 * 1.4826)])


def test_a_class_of_copies_does_not_say_how_far_is_usual():
    radii = np.array([0, 0, 0, 0, 1, 2])
    assert not module._deviations(radii, radii).any()


def test_what_chance_explains_is_read_off_inside_the_classes():
    """By hand: rows 0 and 1 lie deep in class 0 and have 2 strangers among 8 neighbours; row 2 is not asked."""
    around = np.array([[0, 0, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1], [1, 1, 1, 0]])
    evidence = {"own_share": np.array([0.9, 0.9, 0.2, 0.7]), "preferred": np.array([0, 0, 0, 1])}
    assert module._inside(evidence, np.array([0, 0, 1, 1]), around, 2).tolist() == [[6, 2], [1, 3]]


def test_strangers_are_ranked_on_a_scale_of_their_own_and_leave():
    """A tenth of the digits replaced by pixels of noise; labels stay, so that their scale sees them less well."""
    from fdmat_core import corruptions, datasets

    data = corruptions.corrupt(datasets.load("digits"), Choice.of("outliers", rate=0.1)).split("train")
    table = as_table(data.images(data.ids).reshape(len(data.ids), -1) / 255, data.labels)
    ranking, bad = selection.rank(table, "fdmat", budget=20), data.truth.outlier
    strangeness = ranking.evidence["strangeness"]
    assert roc_auc_score(bad, strangeness) > 0.999 and roc_auc_score(bad, ranking.score) < 0.99
    assert bad[np.argsort(-strangeness)[:50]].all()
    rejected = ranking.evidence["issue"] > 0
    assert rejected[bad].mean() > 0.99 and rejected[~bad].mean() < 0.02
    outliers = ranking.order[ranking.evidence["issue"][ranking.order] == Issue.OUTLIER]
    assert (np.diff(strangeness[outliers]) >= 0).all()  # the strangest leaves first


def test_the_radius_counts_the_lengths_that_rows_have_lost():
    """Held against differences of the rows as they were: two of one direction, one across, one in the middle."""
    x = np.array([[1.0, 0], [1, 0], [0.6, 0.8], [0, 0]])
    lengths, near = np.array([2.0, 5, 3, 0]), np.array([[1, 2], [2, 3], [0, 3], [2, 0]])
    apart = np.linalg.norm(x[:, None] - x[near], axis=2)
    whole = x * lengths[:, None]
    expected = np.linalg.norm(whole[:, None] - whole[near], axis=2).mean(axis=1)
    np.testing.assert_allclose(module._radius(Neighbours(apart, near), lengths), expected)
    assert module._radius(Neighbours(np.zeros((2, 1)), np.array([[1], [0]])), np.ones(2)).tolist() == [0, 0]


def test_suspicion_is_the_mean_place_by_every_evidence_there_is():
    """By hand, for four rows; rows that an evidence says the same of tie."""
    evidence = {"suspicion": np.array([-4.0, -3, 2, -1]), "agreement": np.array([0.5, 1, 0, 1])}  # 1 2 4 3, 3 1.5 4 1.5
    inside, leaves = np.array([-0.4, -2.9, 2.9, -2.0]), np.array([False, False, True, False])  # 3 1 4 2, 2 2 4 2
    found = module._suspicion(evidence, inside, leaves)
    assert found * 3 + 1 == pytest.approx([9 / 4, 6.5 / 4, 4, 8.5 / 4])
    evidence["margin"] = np.array([-9.0, 1, 2, 3])  # doubts the first: 4 3 2 1
    found = module._suspicion(evidence, inside, leaves)
    assert found * 3 + 1 == pytest.approx([13 / 5, 9.5 / 5, 18 / 5, 9.5 / 5])


def test_training_dynamics_count_where_a_table_has_them(digits):
    table, _ = digits
    plain, margins = selection.rank(table, "fdmat").evidence, np.linspace(1, -1, table.n)
    found = selection.rank(dataclasses.replace(table, dynamics={"aum_logit": margins}), "fdmat").evidence
    shares = np.arange(table.n) / (table.n - 1)  # the lower the margin, the more suspicious
    np.testing.assert_allclose(found["suspicion"], (4 * plain["suspicion"] + shares) / 5, atol=1e-9)
    assert np.array_equal(found["issue"], plain["issue"])


def test_who_a_classifier_is_unsure_of_is_the_stranger(table):
    """One row with flat logits among sure ones; logits that are not finite, or the same for all, say nothing."""
    sure = 9.0 * np.eye(table.c, dtype=np.float32)[table.labels] + np.arange(table.n, dtype=np.float32)[:, None] / 500
    flat = sure.copy()
    flat[4] = 1
    jitter = 0.1 * np.random.default_rng(0).standard_normal(sure.shape).astype(np.float32)
    found = {}
    for name, logits in {"sure": sure + jitter, "flat": flat + jitter, "none": None, "broken": sure * np.nan}.items():
        found[name] = selection.rank(dataclasses.replace(table, logits=logits), "fdmat").evidence["strangeness"]
    gain = found["flat"] - found["sure"]
    assert gain[4] > 10 + np.delete(gain, 4).max()
    assert np.array_equal(found["none"], found["broken"])


def test_tau_zero_removes_nothing_by_label(digits):
    table, _ = digits
    assert (selection.rank(table, Choice.of("fdmat", tau=0)).evidence["issue"] != 1).all()


def test_removed_rows_come_last_and_the_worst_is_last(digits):
    table, _ = digits
    ranking = selection.rank(table, "fdmat")
    issue = ranking.evidence["issue"]
    removed = ranking.order[ranking.survivors :]
    assert (issue[ranking.order[: ranking.survivors]] == 0).all() and (issue[removed] > 0).all()
    mislabelled = removed[issue[removed] == 1]
    assert (np.diff(ranking.score[mislabelled]) >= 0).all()


def test_unclear_classes_are_named():
    rng = np.random.default_rng(0)
    table = as_table(rng.random((90, 6)), np.repeat([0, 1, 2], 30))  # no class can be told from another
    assert set(selection.rank(table, "fdmat").notes["unclear classes"]) == {"0", "1", "2"}
    apart = make_table((40, 40), spread=0.2)
    assert selection.rank(apart, "fdmat").notes["unclear classes"] == []


def test_a_row_without_features_comes_last(table):
    embedding = table.embedding.copy()
    embedding[11] = 0
    ranking = selection.rank(dataclasses.replace(table, embedding=embedding), "fdmat")
    assert ranking.order[-1] == 11 and ranking.evidence["issue"][11] == Issue.NO_FEATURES


def test_features_that_are_zero_in_every_row_are_refused_in_words():
    table = FeatureTable(np.arange(8), np.arange(8) % 2, np.zeros((8, 3), np.float32), ("a", "b"), "zero")
    with pytest.raises(ValueError, match="every row of the features is zero, so there is nothing to match; use other"):
        selection.rank(table, "fdmat")


def test_labels_that_all_go_to_the_next_class_are_found():
    """30% of the digits' labels go one up: two labels are frequent around each row, and both are in doubt."""
    from sklearn.datasets import load_digits

    data, target = map(np.asarray, load_digits(return_X_y=True))
    bad = np.random.default_rng(3).random(len(target)) < 0.3
    issue = selection.rank(as_table(data, np.where(bad, (target + 1) % 10, target)), "fdmat").evidence["issue"]
    assert (issue[bad] == Issue.MISLABELLED).mean() > 0.85 and (issue[~bad] > 0).mean() < 0.02


def test_two_classes_of_which_two_fifths_of_the_labels_are_wrong():
    rng = np.random.default_rng(0)
    truth, bad = np.repeat([0, 1], 200), rng.random(400) < 0.4
    embedding = np.array([[8, 2, 4, 5], [2, 8, 5, 4]])[truth] + rng.standard_normal((400, 4))
    issue = selection.rank(as_table(np.abs(embedding), np.where(bad, 1 - truth, truth)), "fdmat").evidence["issue"]
    assert (issue[bad] == Issue.MISLABELLED).mean() > 0.8 and (issue[~bad] == Issue.MISLABELLED).mean() < 0.1


def flooded():
    """Two classes of 60 rows, and 12 near copies of each of five rows of the first."""
    rng = np.random.default_rng(0)
    rows = np.abs(np.repeat([[9, 2, 5, 5, 5, 3], [2, 9, 5, 5, 5, 3]], 60, axis=0) + rng.standard_normal((120, 6)))
    copies = np.repeat(rows[[3, 17, 29, 41, 55]], 12, axis=0) + 0.01 * rng.standard_normal((60, 6))
    return as_table(np.concatenate([rows, copies]), np.repeat([0, 1, 0], [60, 60, 60]))


def test_one_of_near_copies_takes_part_and_the_others_follow_their_class():
    ranking = selection.rank(flooded(), "fdmat")
    assert np.flatnonzero(ranking.evidence["copy"]).tolist() == list(range(120, 180))
    assert ranking.notes["near copies"] == 60
    alive = ranking.order[: ranking.survivors]
    mine = alive[(alive < 60) | (alive >= 120)]
    assert (mine[-60:] >= 120).all() and (ranking.evidence["issue"][:120] == 0).mean() > 0.95


def test_a_copy_that_is_chosen_already_comes_first():
    ranking = selection.rank(flooded(), "fdmat", chosen=[150])
    assert ranking.order[0] == 150 and sorted(ranking.order) == list(range(180))


def beside(n=600):
    """Two classes beside each other in the direction of four in which the rows spread least, and which of 30% flips."""
    rng = np.random.default_rng(0)
    truth, bad = rng.integers(0, 2, n), rng.random(n) < 0.3
    across = (2.0 * truth - 1) + 0.35 * rng.standard_normal(n)
    turn = np.linalg.qr(rng.standard_normal((4, 4)))[0]
    return np.column_stack([8 * rng.standard_normal((n, 3)), across]) @ turn, np.where(bad, 1 - truth, truth), bad


def test_classes_that_lie_beside_each_other_across_a_wide_spread_are_told_apart():
    """By the signed square roots alone a quarter of the right labels would leave, and a third of the wrong ones."""
    z, labels, bad = beside()
    ranking = selection.rank(as_table(z, labels), "fdmat")
    issue = ranking.evidence["issue"]
    assert roc_auc_score(bad, ranking.score) > 0.98
    assert (issue[bad] == Issue.MISLABELLED).mean() > 0.8 and (issue[~bad] > 0).mean() < 0.06
    assert module.judged_in(ranking) == module.spaces.EVEN
    assert ranking.notes["features"].startswith("both signs: judged spread alike in all directions, matched ")


def test_signs_of_columns_and_one_scale_for_all_change_nothing():
    z, labels, _ = beside()
    one = selection.rank(as_table(z, labels), "fdmat")
    other = selection.rank(as_table(z * [8, -8, -8, 8], labels), "fdmat")
    assert np.array_equal(one.order, other.order) and one.notes["features"] == other.notes["features"]


def test_units_change_nothing_that_is_suspected():
    """Each column by itself: they count for what is matched, not for what is judged."""
    z, labels, _ = beside()
    one, other = (selection.rank(as_table(z * units, labels), "fdmat") for units in ([1, 1, 1, 1], [1, 64, -0.25, 8]))
    assert (one.evidence["issue"] == other.evidence["issue"]).mean() > 0.99
    assert one.score is not None and other.score is not None
    assert one.score == pytest.approx(other.score, abs=0.01 * np.std(one.score))


def test_pixels_are_judged_by_their_roots(digits):
    table, _ = digits
    moved = module.transported(table, lam=10.0, space=module.spaces_of(table).judging)
    x = module.transport.features(table.embedding, power=0.5, norm="unit").x
    assert module.to_numpy(moved.x) == pytest.approx(x, abs=1e-5)
    ranking = selection.rank(table, "fdmat")
    told = ranking.notes["features"]
    assert isinstance(told, str) and told.startswith("no value below 0: judged ")
    assert " by their square roots; " in told or " by their square roots, matched " in told
    assert module.judged_in(ranking) == module.spaces.ROOT


def test_copies_are_found_although_rows_are_judged_elsewhere():
    """Noise of a twentieth of every column is as wide as rows are in most directions: judged, none would be a copy."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 400)
    z = rng.standard_normal((400, 16)) * np.repeat([1, 0.06, 0.05], [6, 9, 1])
    z[:, 15] += 0.3 * (2 * labels - 1)
    z = z @ np.linalg.qr(rng.standard_normal((16, 16)))[0]
    rows = np.concatenate([np.arange(400), np.repeat([0, 7, 33], 20)])
    z = z[rows]
    z[400:] += 0.05 * np.std(z[:400], axis=0) * rng.standard_normal((60, 16))
    ranking = selection.rank(as_table(z, labels[rows]), "fdmat")
    assert module.judged_in(ranking) == module.spaces.EVEN
    copy = ranking.evidence["copy"]
    assert copy[400:].all() and copy[:400].mean() < 0.05


def test_rows_are_matched_where_small_coresets_tell_most(monkeypatch):
    """The notes name all spaces that were tried with what they tell; without labels nothing is asked."""
    z, labels, _ = beside()
    asked = {}
    monkeypatch.setattr(module.coresets, "told", lambda *given: asked.update(dict.fromkeys(given[3], 0.5)) or told)
    told = {module.spaces.PLAIN: 0.7, module.spaces.SCALED: 0.9, module.spaces.ROOT: 0.8}
    ranking = selection.rank(as_table(z, labels), "fdmat")
    assert [*asked] == [module.spaces.ROOT, module.spaces.PLAIN, module.spaces.SCALED_UNIT, module.spaces.SCALED]
    assert matched_in(ranking) == module.spaces.SCALED
    assert ranking.notes["features"].endswith(
        "; classes told from small coresets: 70.0% as they are, 90.0% with columns on one scale and their lengths, "
        "80.0% by their square roots"
    )
    x = module.spaces.features(z.astype(np.float32), module.spaces.SCALED).x
    mine = ranking.order[: ranking.survivors][labels[ranking.order[: ranking.survivors]] == 0]
    assert np.array_equal(mine[:5], np.sort(mine)[module.matching.energy(x[np.sort(mine)], 5)])


def test_without_labels_rows_are_matched_by_their_roots():
    z, labels, _ = beside()
    unlabelled = dataclasses.replace(as_table(z, np.zeros_like(labels)), classes=("unlabelled",))
    ranking = selection.rank(unlabelled, "fdmat")
    assert matched_in(ranking) == module.spaces.ROOT
    assert ranking.notes["features"] == "both signs, no labels: judged and matched by their square roots"


@pytest.mark.parametrize("balance", ["proportional", "equal", "error"])
def test_whatever_the_budget_the_first_rows_are_the_same_also_where_a_class_runs_out_of_survivors(balance):
    """Class 0 holds 120 rows, of which a fifth are items of others: then the others get its places, by their order."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 120)
    z = np.maximum(4 * rng.standard_normal((4, 8))[labels] + rng.standard_normal((480, 8)), 0)
    labels[np.flatnonzero(labels)[::5]] = 0
    table = as_table(z, labels)
    whole = selection.rank(table, "fdmat", balance=balance)
    assert np.bincount(table.labels[whole.order[: whole.survivors]]).min() < np.bincount(table.labels)[0] - 30
    for k in (30, 200, 280, 350, whole.survivors):
        part = selection.rank(table, "fdmat", budget=k, balance=balance)
        assert np.array_equal(part.order[:k], whole.order[:k]), k
