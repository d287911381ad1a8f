import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.numerics import probabilities
from fdmat_core.spec import Choice
from tests.methods.tables import order, points


def scored(values):
    return points(np.zeros((len(values), 1)), dynamics={"grand": np.array(values, dtype=float)})


def test_known_answer():
    """Errors .374 and .707 on features of length 3 and 0: .374 sqrt(10) = 1.183 and .707; for EL2N the reverse."""
    p, y = np.array([[0.7, 0.2, 0.1], [0.5, 0.5, 0]]), np.zeros(2, dtype=np.int64)
    score = probabilities.grand(p, y, np.array([[3.0, 0], [0, 0]]))
    assert score == pytest.approx([1.183216, 0.707107], abs=1e-6)
    assert order(scored(score), "grand") == [0, 1]
    assert probabilities.el2n(p, y).argmax() == 1


def test_ties_go_to_the_lower_row():
    assert order(scored([1, 2, 2, 1]), "grand") == [1, 2, 0, 3]


def test_the_hardest_are_set_aside():
    ranking = selection.rank(scored([0.1, 0.9, 0.5, 0.8, 0.3]), Choice.of("grand", offset=0.2), balance="none")
    assert ranking.order.tolist() == [3, 2, 4, 0, 1] and ranking.survivors == 4
