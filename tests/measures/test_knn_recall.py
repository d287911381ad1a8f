import pytest

from tests.measures import table_of, value


def test_a_line_with_an_outlier_by_hand():
    table = table_of([0, 1, 3, 7, 100])  # nearest other: 1, 0, 1, 3 (the third), 7 (the fourth)
    assert value("knn_recall", table, [1], neighbours=1) == pytest.approx(3 / 5)
    assert value("knn_recall", table, [4], neighbours=1) == pytest.approx(1 / 5)
    assert value("knn_recall", table, [3], neighbours=1) == pytest.approx(2 / 5)
    assert value("knn_recall", table, [0, 2, 4], neighbours=1) == pytest.approx(1)
