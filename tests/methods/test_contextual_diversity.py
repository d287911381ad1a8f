import numpy as np
import pytest

from fdmat_core.methods.contextual_diversity import divergences
from fdmat_core.numerics import probabilities
from tests.methods.tables import from_probabilities, order

THREE = [(0.5, 0.5), (0.9, 0.1), (0.1, 0.9)]


def test_known_divergences():
    p = np.array(THREE)
    assert divergences(p, np.log(p), p[0]) == pytest.approx([0, 0.43944, 0.43944], abs=1e-5)
    assert divergences(p, np.log(p), p[1]) == pytest.approx([0.43944, 0, 1.75778], abs=1e-5)


def test_known_answer():
    assert order(from_probabilities(*THREE), "contextual_diversity") == [0, 1, 2]
    assert order(from_probabilities((0.9, 0.1), (0.6, 0.4), (0.5, 0.5), (0.1, 0.9)), "contextual_diversity") == [
        2,
        0,
        3,
        1,
    ]


def test_probabilities_of_zero_do_no_harm():
    """An exact 0 in a logarithm makes a divergence that is not a number, which argmax would pick first."""
    table = from_probabilities((1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0), (0.4, 0.3, 0.3))
    picks = order(table, "contextual_diversity")
    assert picks[0] == 4 and sorted(picks[1:4]) == [0, 1, 2] and picks[4] == 3
    p = probabilities.clipped(probabilities.softmax(table.logits))
    assert np.isfinite(divergences(p, np.log(p), p[0])).all()
