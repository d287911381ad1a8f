import numpy as np

from tests.measures import table_of, value


def test_classes_that_the_table_has_are_counted():
    table = table_of(np.arange(6), [0, 0, 2, 2, 3, 3])  # there is no class 1
    assert value("missing_classes", table, [0, 2]) == 1
    assert value("missing_classes", table, [0]) == 2
    assert value("missing_classes", table, [0, 2, 4]) == 0
    assert value("missing_classes", table, [0, 2, 4], [1, 1, 0]) == 1
