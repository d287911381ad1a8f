import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import bws
from fdmat_core.spec import Choice
from tests.methods.tables import kept, points


def scored(embedding, score, labels, loss=None):
    names = ("aum_prob", "aum_logit", "el2n", "forgetting")
    columns = {name: np.asarray(score, dtype=np.float32) for name in names}
    columns["mean_loss"] = np.zeros(len(labels), np.float32) if loss is None else np.asarray(loss, dtype=np.float32)
    return points(embedding, labels=labels, dynamics=columns)


def two_classes():
    """Rows on a line: the easiest eight far below 0, eight on both sides, and below it eight of the other class."""
    z = [*np.linspace(-9, -8, 8), *np.linspace(-2, -1, 4), *np.linspace(1, 2, 4), *np.linspace(-3, -2, 8)]
    return scored(np.array(z)[:, None], np.arange(24), [0] * 12 + [1] * 12)


def test_a_window_is_a_run_of_the_order():
    groups = [np.array([4, 2, 0, 3, 1]), np.array([7, 5, 6])]
    assert bws.window(groups, [2, 1], 0).tolist() == [4, 2, 7]
    assert bws.window(groups, [2, 1], 1).tolist() == [3, 1, 6]
    assert bws.window(groups, [2, 1], 0.5).tolist() == [0, 3, 5]  # from places 1.5 and 1, the even one of two
    assert bws.window(groups, [5, 3], 0.3).tolist() == [4, 2, 0, 3, 1, 7, 5, 6]


def test_known_answer():
    """The windows at both ends hold one class, half of all; that in the middle is right on 16 of 24 rows."""
    ranking = selection.rank(two_classes(), Choice.of("bws", windows=3), budget=8, balance="none")
    assert sorted(ranking.order[:8].tolist()) == list(range(8, 16))
    assert ranking.notes == {"window": 1, "right": pytest.approx(16 / 24)}


def test_the_judge_is_ridge_regression_on_standardised_features():
    """Rows at -1 and 1 in deviations of all: the line between them has slope 1 / (1 + penalty / 2) and is right on all
    but those on the wrong side."""
    table = scored(np.array([[-1.0], [1], [-1], [1]]), np.zeros(4), [0, 1, 0, 0])
    assert bws.Judge(table, 1.0).right(np.array([0, 1])) == 0.75
    assert bws.Judge(table, 1e9).right(np.array([0, 1])) == 0.75
    assert bws.Judge(table, 1.0).right(np.array([0, 3])) == 0.75  # one class alone says 0 of all
    wide = scored(100 * np.random.default_rng(0).standard_normal((60, 3)), np.zeros(60), [0, 1] * 30)
    x = (wide.embedding - wide.embedding.mean(axis=0)) / wide.embedding.std(axis=0)
    rows = np.arange(20)
    mine = x[rows] - x[rows].mean(axis=0)
    targets = np.eye(2)[wide.labels[rows]]
    weights = np.linalg.solve(mine.T @ mine + 2 * np.eye(3), mine.T @ (targets - targets.mean(axis=0)))
    predicted = ((x - x[rows].mean(axis=0)) @ weights + targets.mean(axis=0)).argmax(axis=1)
    assert bws.Judge(wide, 2.0).right(rows) == (predicted == wide.labels).mean()


def test_no_window_predicts_more():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 200)
    z = rng.standard_normal((200, 4)) + 2 * np.eye(4)[labels]
    table = scored(z, rng.permutation(200), labels)
    ranking = selection.rank(table, "bws", budget=20, balance="none")
    order = np.argsort(table.dynamics["forgetting"])
    judge = bws.Judge(table, 1.0)
    right = [judge.right(np.sort(order[round(at * 180) :][:20])) for at in np.linspace(0, 1, 21)]
    assert ranking.notes["right"] == max(right) and ranking.notes["window"] == int(np.argmax(right))
    assert len(set(right)) > 3


def test_every_class_has_the_same_window_by_its_own_share():
    """Three each: the easiest of both classes, and those in the middle, are right on 20 rows; the easier are kept."""
    ranking = selection.rank(two_classes(), Choice.of("bws", windows=3), budget=6)
    assert set(ranking.order[:6].tolist()) == {0, 1, 2, 12, 13, 14}
    assert ranking.notes == {"window": 0, "right": pytest.approx(20 / 24)}


def test_ties_in_forgetting_go_by_loss():
    """The window of the easiest: of rows never forgotten those of least loss."""
    labels = [0, 1] * 4
    table = scored(np.array(labels)[:, None] * 10.0, np.zeros(8), labels, loss=[8, 7, 6, 5, 4, 3, 2, 1])
    assert sorted(kept(table, "bws", 4, windows=1)) == [4, 5, 6, 7]


def test_of_equal_windows_the_easier_is_kept():
    labels = np.tile([0, 1], 20)
    table = scored(10.0 * labels[:, None], np.arange(40), labels)
    assert sorted(kept(table, "bws", 10)) == list(range(10))
