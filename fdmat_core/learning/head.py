"""The linear head on frozen features: its training, its weights, its gradients."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import device
from fdmat_core.learning.dynamics import Recorder
from fdmat_core.learning.resuming import Saved
from fdmat_core.learning.training import Recipe, evaluate, steps_per_epoch, train
from fdmat_core.numerics import distances, scaling
from fdmat_core.numerics.gradients import Gradients
from fdmat_core.numerics.probabilities import residuals, softmax
from fdmat_core.types import FeatureTable

if TYPE_CHECKING:
    from torch import nn

#: Passes that train the head on frozen features; fewer over more items than this, but as many at the least.
HEAD_EPOCHS, MANY, LEAST_EPOCHS = 30, 200_000, 6


def epochs_of(n: int) -> int:
    """How often the head passes over n items: it learns in a number of steps, not of passes."""
    return max(LEAST_EPOCHS, min(HEAD_EPOCHS, HEAD_EPOCHS * MANY // max(1, n)))


def linear_head(
    embedding: np.ndarray,
    labels: np.ndarray,
    c: int,
    *,
    seed: int = 0,
    tell: Callable[[int], None],
    work: Path | None = None,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Train a linear head on frozen features: its weights (c, d + 1), bias last, and the dynamics of every row.

    The head learns on standardised features; the weights returned are for the features as they are. A linear head is
    convex: it forgets seldom, and cannot learn wrong labels by heart unless the features are wide.

    Parameters
    ----------
    embedding
        (n, d) features.
    labels
        (n,) class numbers.
    tell
        Called with the epochs done after each of `epochs_of(n)`.
    work
        A folder in which the training is kept at times, so that it goes on there if it is killed.
    """
    import torch
    from torch import nn

    mean, scale = scaling.moments(embedding, least=scaling.NEARLY_CONSTANT)
    scaled = np.empty(embedding.shape, dtype=np.float32)
    for rows in distances.blocks(len(scaled), 4 * embedding.shape[1]):
        scaled[rows] = (embedding[rows] - mean) / scale
    inputs, epochs = torch.from_numpy(scaled).to(device.best()), epochs_of(len(scaled))
    targets = torch.as_tensor(labels, device=device.best())
    head = nn.Linear(inputs.shape[1], c)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    head, recorder = head.to(device.best()), Recorder(labels, c, epochs)
    recipe = Recipe.of_epochs(epochs, len(labels), batch=256, rate=0.1, seed=seed)
    per_epoch = steps_per_epoch(len(labels), recipe.batch)
    saved = Saved(work / "head.pt", recorder, per_epoch) if work else None
    for step in train(head, inputs, targets, recipe, saved=saved):
        if step % per_epoch == 0:
            recorder.add(evaluate(head, inputs).cpu().numpy(), inputs.cpu().numpy())
            tell(step // per_epoch)
    return fold(parameters(head), mean, scale), recorder.columns()


def parameters(head: nn.Linear) -> np.ndarray:
    """The weights of a linear layer as one array (c, d + 1), bias last."""
    import torch

    return torch.cat([head.weight, head.bias[:, None]], dim=1).detach().cpu().numpy()


def fold(head: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """A head (c, d + 1) on `(z - mean) / scale` as the head on z that gives the same logits."""
    slope = head[:, :-1].astype(np.float64) / scale
    bias = head[:, -1] - slope @ mean
    return np.concatenate([slope, bias[:, None]], axis=1).astype(np.float32)


def apply(head: np.ndarray, embedding: np.ndarray) -> np.ndarray:
    """The logits (n, c) that a head (c, d + 1) gives features (n, d)."""
    return (embedding @ head[:, :-1].T + head[:, -1]).astype(np.float32)


def head_gradients(table: FeatureTable) -> Gradients:
    """The gradients of the loss by the head, one per row, in float64, at the table's logits."""
    inputs = np.ones((table.n, table.embedding.shape[1] + 1))
    inputs[:, :-1] = table.embedding
    return Gradients(device.put(residuals(softmax(table.column("logits")), table.labels)), device.put(inputs))
