import numpy as np
import pytest

from tests.methods.tables import order
from tests.methods.test_aum_logit import recorded


def test_known_answer():
    """Label probabilities 3/4 and 1/4 in turn: margins .5 and -.5, mean 0. Row 1: .8 and .8. Row 2: -.6 and -.2."""

    def logits(*rows):
        return np.log(np.array(rows))

    table = recorded(
        logits([0.75, 0.25], [0.9, 0.1], [0.8, 0.2]), logits([0.25, 0.75], [0.9, 0.1], [0.6, 0.4]), labels=[0, 0, 1]
    )
    assert table.dynamics["aum_prob"] == pytest.approx([0, 0.8, -0.4], abs=1e-6)
    assert order(table, "aum_prob") == [2, 0, 1]
