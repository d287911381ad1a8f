"""The linear head: what it learns, how it is folded back, its gradients."""

import numpy as np
import pytest

from fdmat_core.learning.head import apply, epochs_of, fold, head_gradients, linear_head
from fdmat_core.numerics import probabilities, scaling
from tests.conftest import make_table
from tests.learning.test_features import DYNAMICS
from tests.learning.test_training import blobs


def test_the_folded_head_gives_the_logits_of_the_standardised_one():
    embedding, _ = blobs(d=5)
    embedding = embedding * np.array([1, 100, 0.01, 1, 1], np.float32) + np.array([0, 1000, 0, 0, 7], np.float32)
    embedding[:, 4] = 7  # constant
    mean, scale = scaling.moments(embedding, least=scaling.NEARLY_CONSTANT)
    raw = np.random.default_rng(0).standard_normal((3, 6)).astype(np.float32)
    direct = apply(raw, (embedding - mean) / scale)
    assert np.allclose(apply(fold(raw, mean, scale), embedding), direct, atol=1e-3)
    assert scale[4] > 0 and np.isfinite(direct).all()


def test_a_linear_head_separates_what_is_separable_and_names_flipped_labels():
    embedding, labels = blobs(n=600)
    given = labels.copy()
    given[:60] = (given[:60] + 1) % 3
    head, dynamics = linear_head(embedding, given, 3, tell=lambda done: None)
    assert head.shape == (3, 7) and (apply(head, embedding).argmax(axis=1) == labels).mean() > 0.95
    assert np.quantile(dynamics["aum_logit"][:60], 0.95) < 0 < np.quantile(dynamics["aum_logit"][60:], 0.05)
    assert set(dynamics) == DYNAMICS


def test_the_head_gradients_are_those_of_the_loss():
    """Moving the head a little changes the loss as the gradient says."""
    table = make_table((3, 2), d=3)
    step = np.random.default_rng(0).standard_normal((2, 4)) * 1e-6
    inputs = np.column_stack([table.embedding, np.ones(table.n)])

    def losses(logits):
        return -np.log(probabilities.softmax(logits)[np.arange(table.n), table.labels])

    logits = table.logits.astype(np.float64)
    rise = losses(logits + inputs @ step.T) - losses(logits)
    assert head_gradients(table).along(step) == pytest.approx(rise, rel=1e-3)


@pytest.mark.parametrize(("n", "epochs"), [(1, 30), (200_000, 30), (400_000, 15), (1_000_000, 6), (10**8, 6)])
def test_over_many_items_the_head_passes_less_often(n, epochs):
    assert epochs_of(n) == epochs
