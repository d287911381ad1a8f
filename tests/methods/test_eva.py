import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.spec import Choice
from tests.methods.tables import kept, order, points, recorded


def varied(first, second, **columns):
    windows = {"eva_early": np.asarray(first, dtype=np.float32), "eva_late": np.asarray(second, dtype=np.float32)}
    return points(np.zeros((len(first), 1)), dynamics=windows, **columns)


def score(table, **params):
    return selection.rank(table, Choice.of("eva", **params), balance="none").score


def test_known_answer():
    """Of both windows the shares are 1/4, 3/4, 0 and 1/2, 0, 1/2."""
    table = varied([1, 3, 0], [2, 0, 2])
    assert score(table) == pytest.approx([0.375, 0.375, 0.25])
    assert order(table, "eva") == [0, 1, 2]
    assert score(table, early=1.0) == pytest.approx([0.25, 0.75, 0]) and order(table, "eva", early=1.0) == [1, 0, 2]
    assert order(table, "eva", early=0.0) == [0, 2, 1]


def test_known_trajectories():
    """Eight epochs: windows of 2, epochs 1 and 2 and epochs 5 and 6; with two classes the error is sqrt 2 (1 - p)."""
    rows = [0.1, 0.5, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9], [0.9, 0.9, 0.1, 0.9, 0.5, 0.7, 0.1, 0.9], [0.5] * 8
    table = recorded(*rows)
    assert table.dynamics["eva_early"] == pytest.approx([0.4**2, 0, 0], abs=1e-6)  # 2 (.4)^2 / 2
    assert table.dynamics["eva_late"] == pytest.approx([0, 0.2**2, 0], abs=1e-6)
    assert score(table) == pytest.approx([0.5, 0.5, 0], abs=1e-5)


def test_what_is_learned_at_once_and_what_never_is_come_last():
    wavering, easy, never = [0.3, 0.8] * 4, [0.99] * 8, [0.01] * 8
    assert order(recorded(easy, never, wavering), "eva")[0] == 2


def test_shares_are_of_all_rows_whatever_the_classes():
    """Class by class the early window would be divided by another sum, and rows 0 and 1 would change places."""
    table = varied([4, 2, 94, 0], [0, 1.5, 0, 98.5], labels=[0, 0, 1, 1])
    assert score(table)[:2] == pytest.approx([0.02, (0.02 + 0.015) / 2])
    alone = varied([4, 2], [0, 1.5])
    assert order(alone, "eva") == [1, 0]
    assert set(kept(table, "eva", 2, balance="equal")) == {0, 3}


def test_a_window_without_variance_counts_nothing():
    assert order(varied([0, 0, 0], [1, 3, 2]), "eva") == [1, 2, 0]
    assert order(varied([0, 0], [0, 0]), "eva") == [0, 1]


def test_too_few_epochs_have_no_score():
    with pytest.raises(ValueError, match=r"dynamics\.eva_early"):
        order(recorded([0.5, 0.6, 0.7]), "eva")


def test_training_that_ends_with_the_second_window_has_a_score():
    """The public code scores when an epoch after the window is seen. Four epochs end with it."""
    assert score(recorded([0.2, 0.4, 0.5, 0.9], [0.2, 0.2, 0.2, 0.2])) == pytest.approx([1, 0], abs=1e-5)
