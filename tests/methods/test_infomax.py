import numpy as np
import pytest
from scipy.sparse import csr_matrix

from fdmat_core.methods import infomax
from fdmat_core.numerics import greedy
from tests.conftest import make_table
from tests.methods.tables import order, points


def scored(embedding, score):
    column = np.asarray(score, dtype=np.float32)
    return points(embedding, dynamics=dict.fromkeys(("aum_prob", "aum_logit", "el2n", "forgetting"), column))


def test_known_gains():
    similar = csr_matrix(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0.0]]))
    picks, gains = greedy.maximise(infomax.Importance(np.array([1, 1, 0.9]), similar, 0.3), 3, 3)
    assert picks.tolist() == [0, 2, 1] and gains == pytest.approx([1, 0.9, 0.4])


def test_known_answer():
    """Rows 0 and 1 point the same way: when one is kept, the less important row 2 comes before the other."""
    table = scored([(1, 0), (2, 0), (0, 1)], [1, 1, 0.9])
    assert order(table, "infomax", neighbours=1) == [0, 2, 1]


def test_without_a_price_it_is_the_score_ranking():
    table = make_table()
    expected = np.argsort(-table.dynamics["el2n"].astype(np.float64), kind="stable")
    by_id = np.argsort(table.ids)
    rank = by_id[np.argsort(-table.dynamics["el2n"][by_id], kind="stable")]
    assert order(table, "infomax", alpha=0) == rank.tolist()
    assert set(rank[:10]) == set(expected[:10])


def test_the_gains_are_those_of_the_objective():
    rng = np.random.default_rng(0)
    dense = np.triu(rng.random((20, 20)), 1)
    dense, importance = dense + dense.T, rng.random(20)
    picks, gains = greedy.maximise(infomax.Importance(importance, csr_matrix(dense), 0.2), 20, 20)

    def value(rows):
        return importance[rows].sum() - 0.2 * dense[np.ix_(rows, rows)].sum()

    for t in range(20):
        assert gains[t] == pytest.approx(value(picks[: t + 1]) - value(picks[:t]))
        rest = [value([*picks[:t], row]) for row in picks[t:]]
        assert value(picks[: t + 1]) == pytest.approx(max(rest))


def test_cosines():
    z = np.array([(1, 0), (3, 0), (0, 0), (1, 1), (-1, 0)], dtype=np.float32)
    dense = infomax.cosines(z, 4).toarray()
    assert np.diag(dense).tolist() == [0] * 5
    assert dense[0] == pytest.approx([0, 1, 0, np.sqrt(0.5), 0], abs=1e-6)
    assert (dense[2] == 0).all() and (dense == dense.T).all()
