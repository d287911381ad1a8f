"""Linear probe: the test accuracy of a linear classifier trained on the coreset alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core import device
from fdmat_core.measures import Accuracy, Predict, accuracy
from fdmat_core.numerics import scaling
from fdmat_core.numerics.arrays import like, namespace, to_numpy
from fdmat_core.registry import Range, measure
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from fdmat_core.numerics.arrays import Array

#: Items per step, first step size (it falls to 0 as a cosine) and momentum.
BATCH, RATE, MOMENTUM = 128, 0.2, 0.9


@measure(
    "linear_probe",
    title="Linear probe accuracy",
    unit="share of test items",
    better="higher",
    source="softmax regression by minibatch gradient descent, with the penalty of scikit-learn's LogisticRegression",
    kind="accuracy",
    needs=("embedding", "labels"),
)
def linear_probe(
    table: FeatureTable,
    *,
    test: FeatureTable | None = None,
    seed: int = 0,
    steps: Annotated[int, Range(1, 100_000)] = 500,
) -> Accuracy:
    """Train softmax regression on the kept items' features and count the test items it gets right.

    Every coreset gets the same number of steps, whatever its size, with batches of 128 or all of it if smaller, from
    small seeded weights. The loss is weighed if the coreset is, and has `|W|^2 / 2k` added. Features are standardised
    by the whole table. It says how good the features of the kept items are, not how well a network trained from
    scratch on them would do, and it favours methods that keep typical items.

    Parameters
    ----------
    steps
        Gradient steps of every fit.
    """
    if test is None:
        raise ValueError("linear_probe needs test features; pass the test table as `test`")
    predict = predictor(table, test, steps=steps, seed=seed)
    return accuracy(predict, test.labels, max(table.c, test.c))


def predictor(table: FeatureTable, test: FeatureTable, *, steps: int, seed: int) -> Predict:
    """A function from a coreset, never empty, to the labels (test.n,) that its probe gives the test items."""
    scaler = scaling.moments(table.embedding)
    z, asked = device.put(table.embedding), device.put(test.embedding)
    mean, scale = (like(z, column.astype(np.float32)) for column in scaler)

    def predict(rows: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        order = np.argsort(table.ids[rows], kind="stable")  # a set has one value, in whatever order it comes
        mass = np.ones(len(rows), np.float32) if weights is None else np.asarray(weights, np.float32)[order]
        rows = rows[order]

        def batch(places: np.ndarray) -> tuple[Array, Array, Array]:
            these = rows[places]
            return (z[like(z, these), :] - mean) / scale, like(z, table.labels[these]), like(z, mass[places])

        slope, bias = _fit(batch, len(rows), (table.embedding.shape[1], table.c), steps, seed, near=z)
        return to_numpy(namespace(z).argmax((asked - mean) / scale @ slope + bias, axis=1))

    return predict


def _fit(
    batch: Callable[[np.ndarray], tuple[Array, Array, Array]],
    k: int,
    shape: tuple[int, int],
    steps: int,
    seed: int,
    *,
    near: Array,
) -> tuple[Array, Array]:
    """Slope (d, c) and bias (c,) after gradient descent on batches: x (b, d), labels (b,), weights (b,) of places.

    They lie where `near` does.
    """
    rng = np.random.default_rng(seed)
    xp = namespace(near)
    slope = like(near, 0.01 * rng.standard_normal(shape, dtype=np.float32))
    bias = like(near, np.zeros(shape[1], np.float32))
    speed, drift = xp.zeros_like(slope), xp.zeros_like(bias)
    for step, places in enumerate(_visits(k, min(k, BATCH), steps, rng)):
        x, labels, mass = batch(places)
        gap = _softmax(x @ slope + bias)  # (b, c)
        gap[xp.arange(len(labels), device=x.device), labels] -= 1
        gap *= mass[:, None] / len(labels)
        speed = MOMENTUM * speed + x.T @ gap + slope / k
        drift = MOMENTUM * drift + xp.sum(gap, axis=0)
        rate = float(RATE / 2 * (1 + np.cos(np.pi * step / steps)))
        slope -= rate * speed
        bias -= rate * drift
    return slope, bias


def _softmax(logits: Array) -> Array:
    xp = namespace(logits)
    logits -= xp.max(logits, axis=1, keepdims=True)
    shares = xp.exp(logits)
    shares /= xp.sum(shares, axis=1, keepdims=True)
    return shares


def _visits(k: int, size: int, steps: int, rng: np.random.Generator) -> np.ndarray:
    """The places (steps, size) that each step sees: shuffled passes over all k, one after another, none cut short."""
    passes = -(-steps * size // k)
    return np.concatenate([rng.permutation(k) for _ in range(passes)])[: steps * size].reshape(steps, size)
