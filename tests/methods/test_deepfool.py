import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods.deepfool import boundary_distances
from tests.methods.tables import order, points

PLANE = np.array([[1.0, 0, 0], [0, 1, 0]])  # W the identity, no bias


def test_known_answer():
    table = points([(3, 1), (0, 5), (4, 3.5)], head=PLANE)
    ranking = selection.rank(table, "deepfool", balance="none")
    assert ranking.score == pytest.approx([np.sqrt(2), 5 / np.sqrt(2), 0.5 / np.sqrt(2)])
    assert ranking.order.tolist() == [2, 0, 1]


def test_moving_by_the_distance_reaches_the_boundary():
    rng = np.random.default_rng(0)
    head, z = rng.standard_normal((4, 6)), rng.standard_normal((20, 5))
    distance = boundary_distances(z, head)
    logits = z @ head[:, :-1].T + head[:, -1]
    for row in range(20):
        best = logits[row].argmax()
        gaps = head[:, :-1] - head[best, :-1]
        reached = [
            z[row] + distance[row] * gap / np.linalg.norm(gap) for gap in np.delete(gaps, best, axis=0)
        ]  # straight at every boundary
        leads = [np.ptp(np.sort(head[:, :-1] @ x + head[:, -1])[-2:]) for x in reached]
        assert min(leads) == pytest.approx(0, abs=1e-9)


def test_the_bias_moves_the_boundary():
    head = PLANE + np.array([[0, 0, 1.0], [0, 0, 0]])
    assert boundary_distances(np.array([[3.0, 3.0]]), head) == pytest.approx([1 / np.sqrt(2)])


def test_classes_of_equal_weights_have_no_boundary():
    head = np.array([[1.0, 0, 0], [1, 0, -5], [0, 1, 0]])
    assert boundary_distances(np.array([[3.0, 1.0]]), head) == pytest.approx([np.sqrt(2)])
    assert np.isinf(boundary_distances(np.array([[3.0, 1.0]]), head[:2])).all()


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="at least two classes"):
        order(points([(1, 2), (3, 4)], head=PLANE[:1]), "deepfool")


def test_a_thousand_classes_take_no_cube_of_memory():
    """A difference of each class's weights to each other's would take 2 GB here."""
    import tracemalloc

    rng = np.random.default_rng(0)
    z, head = rng.standard_normal((50, 256)).astype(np.float32), rng.standard_normal((1000, 257)).astype(np.float32)
    tracemalloc.start()
    found = boundary_distances(z, head)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    logits, row = z.astype(np.float64) @ head[:, :-1].T + head[:, -1], 7
    best = logits[row].argmax()
    others = np.delete(np.arange(1000), best)
    apart = (logits[row, best] - logits[row, others]) / np.linalg.norm(head[best, :-1] - head[others, :-1], axis=1)
    assert found[row] == pytest.approx(apart.min(), rel=1e-4) and most < 2**26
