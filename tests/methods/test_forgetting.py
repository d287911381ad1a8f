import numpy as np

from fdmat_core.learning import dynamics
from tests.methods.tables import kept, order, points


def learned(*sequences):
    """A table of the dynamics of rows that were right (1) or wrong (0) after each epoch."""
    right = np.array(sequences)
    recorder = dynamics.Recorder(np.zeros(len(right), dtype=np.int64), 2, right.shape[1])
    for epoch in right.T:
        recorder.add(np.column_stack([2.0 * epoch - 1, 1 - 2.0 * epoch]), np.zeros((len(right), 1)))
    return points(np.zeros((len(right), 1)), dynamics=recorder.columns())


def scored(events, loss, **columns):
    named = {"forgetting": np.array(events, dtype=float), "mean_loss": np.array(loss, dtype=float)}
    return points(np.zeros((len(events), 1)), dynamics=named, **columns)


def test_known_answer():
    """Counts of never learned, 2, 1 and 0 events; the published rule counts 0 for never learned and drops it first."""
    table = learned([1, 1, 1, 1, 1], [0, 1, 0, 1, 1], [1, 0, 1, 0, 1], [0, 0, 0, 0, 0])
    assert table.dynamics["forgetting"].tolist() == [0, 1, 2, 5]
    assert order(table, "forgetting") == [3, 2, 1, 0]


def test_the_higher_loss_breaks_ties_and_then_the_lower_row():
    assert order(scored([1, 1, 1, 2], [0.2, 0.9, 0.2, 0.1]), "forgetting") == [3, 1, 0, 2]


def test_classes_share_the_places():
    table = scored([9, 8, 7, 1], [0, 0, 0, 0], labels=[0, 0, 1, 1])
    assert kept(table, "forgetting", 2, balance="proportional") == [0, 2]
    assert kept(table, "forgetting", 2) == [0, 1]
