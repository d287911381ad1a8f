import numpy as np
import pytest

from tests.methods.tables import order, recorded


def changes(trajectory):
    """`K_t = sum_c |p_{t+1} (log p_{t+1} - log p_t)|`, the plain way."""
    p = np.column_stack([trajectory, 1 - np.array(trajectory)])
    return np.abs(p[1:] * (np.log(p[1:]) - np.log(p[:-1]))).sum(axis=1)


def test_known_answer():
    """Three epochs are one window of two changes a and b: its spread is |a - b| / sqrt 2, weighed by .9."""
    rows = [0.5, 0.5, 0.9], [0.5, 0.5, 0.5], [0.5, 0.6, 0.8]
    table = recorded(*rows)
    expected = [0.9 * np.abs(np.subtract(*changes(row))) / np.sqrt(2) for row in rows]
    assert table.dynamics["tdds"] == pytest.approx(expected, abs=1e-6)
    assert order(table, "tdds") == [0, 2, 1]


def test_a_steady_prediction_comes_last():
    """Jumping by the same amount every epoch changes much, but not more at one time than at another."""
    steady, late = [0.2, 0.8] * 3, [0.5, 0.5, 0.5, 0.5, 0.5, 0.9]
    table = recorded(steady, late)
    assert table.dynamics["tdds"][0] == pytest.approx(0, abs=1e-5)
    assert order(table, "tdds") == [1, 0]
    assert changes(steady).min() > changes(late).mean()


def test_the_last_window_counts_most():
    early, late = [0.5, 0.9, 0.9, 0.9, 0.9, 0.9], [0.5, 0.5, 0.5, 0.5, 0.5, 0.9]
    assert order(recorded(early, late), "tdds") == [1, 0]


def test_too_few_epochs_have_no_score():
    with pytest.raises(ValueError, match=r"dynamics\.tdds"):
        order(recorded([0.5, 0.6]), "tdds")
