"""The numbers beside the map."""

import numpy as np
import pandas as pd
import pytest

from fdmat_core.types import Ranking, Truth
from fdmat_core.view import figures, readings


@pytest.fixture
def table():
    rows = [
        ("fdmat", 0.95, 5, 0, 1.0),
        ("fdmat", 0.95, 5, 1, 3.0),
        ("fdmat", 0.5, 50, 0, 0.5),
        ("random", 0.95, 5, 0, 4.0),
        ("random", 0.95, 5, 1, 6.0),
        ("random", 0.5, 50, 0, 0.7),
    ]
    frame = pd.DataFrame(rows, columns=["method", "ratio", "kept", "seed", "value"]).assign(measure="w")
    return figures.summary(frame, "w")


def test_a_reading_is_taken_at_the_nearest_measured_ratio(table):
    reading = readings.nearest(table, "fdmat", 0.9)
    assert (reading.value, reading.random, reading.seeds) == (2.0, 5.0, 2)
    assert reading.spread == pytest.approx(np.sqrt(2))
    assert reading.fraction == pytest.approx(0.05)


def test_near_is_meant_on_the_log_scale(table):
    assert readings.nearest(table, "fdmat", 0.83).fraction == pytest.approx(0.5)  # 17% kept: nearer 50% than 5%
    assert readings.nearest(table, "fdmat", 0.85).fraction == pytest.approx(0.05)


def test_one_seed_has_no_spread_and_an_absent_method_no_reading(table):
    assert readings.nearest(table, "fdmat", 0).spread is None
    assert readings.nearest(table, "herding", 0.9) is None


def test_injected_and_suspected_noise_are_masks_by_row():
    truth = Truth(np.zeros(3), np.array([True, False, False]), np.array([False, False, True]))
    assert readings.injected(truth).tolist() == [True, False, True]
    assert readings.suspected(Ranking(np.array([2, 0, 1]), survivors=1)).tolist() == [True, True, False]
