import numpy as np
import pytest

from tests.conftest import make_table
from tests.measures import table_of, value


def by_hand(kept, everything):
    pairs = lambda a, b: np.linalg.norm(a[:, None] - b[None], axis=2).mean()  # noqa: E731
    return 2 * pairs(kept, everything) - pairs(kept, kept) - pairs(everything, everything)


def test_zero_against_zero_and_two_is_one():
    assert value("energy", table_of([0, 2]), [0]) == pytest.approx(1, abs=1e-9)  # 2 * 1 - 0 - 1


@pytest.mark.parametrize("k", [1, 7, 20, 33, 39])
def test_it_is_the_v_statistic_by_hand(k):
    x = make_table((40,)).embedding.astype(float)
    rows = np.random.default_rng(k).permutation(40)[:k]
    assert value("energy", table_of(x), rows) == pytest.approx(by_hand(x[rows], x), rel=1e-6)


def test_classes_weigh_by_their_size():
    table = table_of([0, 2, 10, 10, 10, 10], [0, 0, 1, 1, 1, 1])
    assert value("energy", table, [0, 2]) == pytest.approx(2 / 6, abs=1e-6)


def test_weights_count():
    table = table_of([0, 2])
    assert value("energy", table, [0, 1], [1.5, 0.5]) == pytest.approx(2 * 1 - 2 * 0.75 * 0.25 * 2 - 1, abs=1e-9)
