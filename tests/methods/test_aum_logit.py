import numpy as np
import pytest

from fdmat_core.learning import dynamics
from tests.methods.tables import order, points


def recorded(*epochs, labels):
    """A table of the dynamics of these logits (epochs, n, c)."""
    labels = np.asarray(labels)
    recorder = dynamics.Recorder(labels, len(epochs[0][0]), len(epochs))
    for logits in epochs:
        recorder.add(np.array(logits, dtype=np.float32), np.zeros((len(labels), 1)))
    return points(np.zeros((len(labels), 1)), labels=labels, dynamics=recorder.columns())


def test_known_answer():
    """Row 0: margins 1 and -3, mean -1. Row 1: 2 and 2. Row 2: -4 and 0, mean -2. Lowest first."""
    table = recorded([[2, 1, 0], [2, 0, 0], [4, 0, 0]], [[0, 3, 1], [2, 0, 0], [1, 1, 0]], labels=[0, 0, 1])
    assert table.dynamics["aum_logit"].tolist() == [-1, 2, -2]
    assert order(table, "aum_logit") == [2, 0, 1]


def test_logits_and_probabilities_rank_differently():
    """One epoch of 10 outweighs two of -1 in logits; in probabilities it counts at most 1. Row 2 is never in doubt."""
    large, small = [[10, 0], [1, 0], [0, 20]], [[-1, 0], [0.1, 0], [0, 20]]
    table = recorded(large, small, small, labels=[0, 0, 1])
    assert order(table, "aum_logit") == [1, 0, 2] and order(table, "aum_prob") == [0, 1, 2]


@pytest.mark.parametrize("name", ["aum_logit", "aum_prob"])
def test_one_class_has_no_margin(name):
    table = points(np.zeros((3, 1)), dynamics={name: np.zeros(3)})
    with pytest.raises(ValueError, match="only one class"):
        order(table, name)
