import numpy as np
import pytest

from fdmat_core import selection
from fdmat_core.methods import gradmatch
from fdmat_core.numerics import probabilities
from tests.conftest import make_table
from tests.methods.tables import from_probabilities, order, points


def pursue(g, b, budget, lam):
    return gradmatch.pursue(lambda row: g @ g[row], g @ b, (g**2).sum(axis=1), budget, lam=lam)


def fit(g, b, lam):
    return gradmatch.refit(lambda w: g @ (g.T @ w), g @ b, lam=lam)


def by_definition(g, b, budget, lam):
    """The pursuit with every system solved anew: the picks and the residual."""
    picks, left = [], b
    for _ in range(budget):
        aligned = g @ left
        aligned[picks] = -np.inf
        picks.append(int(aligned.argmax()))
        chosen = g[picks]
        left = b - chosen.T @ np.linalg.solve(chosen @ chosen.T + lam * np.eye(len(picks)), chosen @ b)
    return picks, left


def test_known_answer():
    """Three unit gradients and the target (3, 2, 1): rows 0 and 1, weights 3 and 2, halved by a penalty of 1."""
    g, b = np.eye(3), np.array([3.0, 2, 1])
    picks, left = pursue(g, b, 2, 0.0)
    assert picks.tolist() == [0, 1] and left == pytest.approx([0, 0, 1])
    assert fit(g[:2], b, 0.0) == pytest.approx([3, 2])
    assert fit(g[:2], b, 1.0) == pytest.approx([1.5, 1])
    assert pursue(g, b, 2, 1.0)[1] == pytest.approx([1.5, 1, 1])


@pytest.mark.parametrize("lam", [1e-6, 0.5])
def test_the_factorised_pursuit_is_the_plain_one(lam):
    rng = np.random.default_rng(1)
    g = rng.standard_normal((40, 12)) + 0.5
    picks, left = pursue(g, g.mean(axis=0), 8, lam)
    expected, residual = by_definition(g, g.mean(axis=0), 8, lam)
    assert picks.tolist() == expected and left == pytest.approx(g @ residual, abs=1e-8)


def test_the_residual_never_grows():
    rng = np.random.default_rng(2)
    g = rng.standard_normal((30, 10)) + 0.3
    lengths = [np.linalg.norm(by_definition(g, g.mean(axis=0), k, 1e-9)[1]) for k in range(1, 10)]
    assert (np.diff(lengths) <= 1e-9).all()
    assert pursue(g, g.mean(axis=0), 9, 1e-9)[0].tolist() == by_definition(g, g.mean(axis=0), 9, 1e-9)[0]


def test_a_table_follows_the_definition():
    table = make_table((12, 8), d=4)
    table = table.take(np.argsort(table.ids))
    residual = probabilities.softmax(table.logits) - np.eye(table.c)[table.labels]
    g = np.einsum("ic,id->icd", residual, np.column_stack([table.embedding, np.ones(20)])).reshape(20, -1)
    assert order(table, "gradmatch")[:6] == by_definition(g, g.mean(axis=0), 6, 0.5)[0]


def test_weights_are_not_negative_and_as_good_as_a_solver_finds():
    from scipy.optimize import nnls

    rng = np.random.default_rng(3)
    g = rng.standard_normal((25, 12))
    b = g[:5].sum(axis=0)
    exact, _ = nnls(np.vstack([g.T, np.sqrt(0.5) * np.eye(25)]), np.concatenate([b, np.zeros(25)]))
    assert fit(g, b, 0.5) == pytest.approx(exact, abs=1e-5) and (exact == 0).any()


def test_rows_of_weight_0_are_kept():
    """Row 3's gradient points away from the mean. The published code drops such rows and returns fewer than asked."""
    table = points([[2], [8], [8], [-2]], logits=np.log([[0.1, 0.9]] * 3 + [[0.9, 0.1]]))
    assert gradmatch.matching_weights(table, np.array([0, 3])) == pytest.approx([4, 0])
    assert len(selection.coreset(make_table((40, 30, 20)), "gradmatch", 60).weights) == 60


def test_weights_sum_to_the_class_sizes():
    table = make_table((30, 20, 1))
    rows = selection.coreset(table, "gradmatch", 12, balance="equal").rows
    weights = gradmatch.matching_weights(table, rows)
    assert np.bincount(table.labels[rows], weights, minlength=3) == pytest.approx([30, 20, 1])


def test_rows_without_a_gradient_come_last():
    """Gradients 0, 2, 0, 1 on a line, in the direction of their mean."""
    table = from_probabilities((1, 0), (0.6, 0.4), (1, 0), (0.8, 0.2))
    assert order(table, "gradmatch") == [1, 3, 0, 2]
    away = points([[2], [0], [8], [-2]], logits=np.log([[0.1, 0.9], [1, 1e-300], [0.1, 0.9], [0.9, 0.1]]))
    assert order(away, "gradmatch", lam=1000) == [2, 0, 3, 1]
    assert selection.coreset(table, "gradmatch", 4).weights.min() >= 0


def test_a_perfect_fit_is_survived():
    table = from_probabilities((1, 0), (1, 0), (1, 0))
    assert order(table, "gradmatch") == [0, 1, 2]
    assert selection.coreset(table, "gradmatch", 2).weights == pytest.approx([1, 1])


def test_more_than_memory_holds_is_refused(monkeypatch, table):
    monkeypatch.setattr(gradmatch, "LARGEST", 1000)
    with pytest.raises(ValueError, match="choose balance"):
        order(table, "gradmatch")
