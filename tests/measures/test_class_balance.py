import numpy as np
import pytest

from tests.measures import table_of, value


def table():
    return table_of(np.arange(10), [0] * 5 + [1] * 3 + [2] * 2)


def test_shares_by_hand():
    assert value("class_balance", table(), [0, 1, 2, 3, 4]) == pytest.approx(0.5)
    assert value("class_balance", table(), [0, 5, 8]) == pytest.approx((abs(1 / 3 - 0.5) + 1 / 30 + 4 / 30) / 2)
    assert value("class_balance", table(), np.arange(10)) == pytest.approx(0)


def test_weights_can_restore_the_balance():
    assert value("class_balance", table(), [0, 5, 8], [5, 3, 2]) == pytest.approx(0)


def test_nothing_kept_is_all_wrong():
    assert value("class_balance", table(), np.array([], dtype=int)) == 1
