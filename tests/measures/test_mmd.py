import numpy as np
import pytest

from fdmat_core.measures.mmd import SCALES
from tests.measures import table_of, value


def test_zero_against_zero_and_two_by_hand():
    near = np.mean([np.exp(-4 / (2 * (scale * 2) ** 2)) for scale in SCALES])  # the median distance is 2
    assert value("mmd", table_of([0, 2]), [0]) == pytest.approx(1 - (1 + near) / 2)


def test_equal_means_and_other_spread_is_seen():
    table = table_of([-2, -1, 0, 1, 2])
    assert value("mmd", table, [2]) > 0.1
    assert value("mmd", table, [0, 4]) > 2 * value("mmd", table, [0, 2, 4])
