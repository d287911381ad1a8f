import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.numerics import probabilities
from fdmat_core.spec import Choice
from tests.methods.tables import order, points


def scored(values, **columns):
    return points(np.zeros((len(values), 1)), dynamics={"el2n": np.array(values, dtype=float)}, **columns)


def test_known_answer():
    """Probabilities (.7, .2, .1), (1, 0, 0) and (0, 1, 0) of label 0: .374, 0 and the square root of 2."""
    p = np.array([[0.7, 0.2, 0.1], [1, 0, 0], [0, 1, 0]])
    score = probabilities.el2n(p, np.zeros(3, dtype=np.int64))
    assert score == pytest.approx([0.374166, 0, 1.414214], abs=1e-6)
    assert order(scored(score), "el2n") == [2, 0, 1]


def test_ties_go_to_the_lower_row():
    assert order(scored([1, 2, 2, 1]), "el2n") == [1, 2, 0, 3]


def test_the_hardest_are_set_aside():
    ranking = selection.rank(scored([0.1, 0.9, 0.5, 0.8, 0.3]), Choice.of("el2n", offset=0.4), balance="none")
    assert ranking.order.tolist() == [2, 4, 0, 3, 1] and ranking.survivors == 3


def test_a_flipped_label_scores_high():
    """Two clusters and one flipped row: it is the first kept, which is why noise hurts this method."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 20)
    margin = 4.0 * (2 * labels - 1) + rng.standard_normal(40)
    labels[3] = 1
    p = probabilities.softmax(np.column_stack([-margin, margin]))
    assert order(scored(probabilities.el2n(p, labels), labels=labels), "el2n")[0] == 3
