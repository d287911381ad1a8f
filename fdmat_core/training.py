"""The one training loop, and the sums over training that methods read.

The small CNN learns 8,000 images of 28 x 28 pixels for 6 epochs in about 7 s on two CPU cores. No global seed is set
or read: weights and the order of batches come from a generator of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import kernels
from fdmat_core.work import device

if TYPE_CHECKING:
    import torch
    from torch import nn

#: Items per step, unless a recipe says otherwise.
BATCH = 128
#: Passes that train the head on frozen features.
HEAD_EPOCHS = 30
#: Numbers in the inputs evaluated at once: blocks that stay small keep the memory of the last one.
EVALUATED = 2**19


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: SGD with momentum 0.9, the rate falling to 0 as a cosine over exactly these steps."""

    steps: int
    batch: int = BATCH
    rate: float = 0.05  # the first and highest
    decay: float = 5e-4  # of the weights

    @staticmethod
    def of_epochs(epochs: int, n: int, *, batch: int = BATCH, rate: float = 0.05) -> Recipe:
        """The recipe whose steps are so many passes over n items."""
        return Recipe(epochs * steps_per_epoch(n, batch), batch, rate)


def steps_per_epoch(n: int, batch: int) -> int:
    """Steps in one pass over n items; a last, smaller batch is dropped when there are at least two full ones."""
    return n // batch if n >= 2 * batch else -(-n // batch)


def train(
    network: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    recipe: Recipe,
    *,
    weights: torch.Tensor | None = None,
    seed: int = 0,
) -> Iterator[int]:
    """Train a network in place, and hand over after every step: yields the number of steps done.

    The caller may look at the network, record, report progress or stop in between.

    Parameters
    ----------
    network
        Maps images (b, channels, height, width) from 0 to 1, or features (b, d), to logits (b, c).
    inputs
        (n, ...) what it reads, on its device; images as uint8.
    labels
        (n,) class numbers.
    weights
        (n,) how much each item counts, of mean 1; all the same if not given.
    """
    from torch import autocast, bfloat16, optim
    from torch.nn import functional

    place = inputs.device
    optimiser = optim.SGD(network.parameters(), recipe.rate, momentum=0.9, weight_decay=recipe.decay, nesterov=True)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.steps)
    for step, chosen in enumerate(_batches(len(labels), recipe, seed), start=1):
        rows = chosen.to(place)
        network.train()
        with _deterministic(), autocast(place.type, bfloat16, enabled=place.type != "cpu"):
            losses = functional.cross_entropy(network(floats(inputs[rows])), labels[rows], reduction="none")  # (b,)
            loss = losses.mean() if weights is None else (losses * weights[rows]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        schedule.step()
        yield step


def _batches(n: int, recipe: Recipe, seed: int) -> Iterator[torch.Tensor]:
    """The rows (b,) of every step: shuffled passes over n items, one after another."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    per_epoch = steps_per_epoch(n, recipe.batch)
    for step in range(recipe.steps):
        if step % per_epoch == 0:
            order = torch.randperm(n, generator=generator)
        start = step % per_epoch * recipe.batch
        yield order[start : start + recipe.batch]


@contextmanager
def _deterministic() -> Iterator[None]:
    """Ask for the same bytes every time, and leave the process as it was."""
    import torch

    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def classifier(body: nn.Module, shape: tuple[int, ...], c: int, *, seed: int) -> nn.Sequential:
    """A network that embeds by `body` and tells c classes apart by a linear head, with seeded first weights."""
    import torch
    from torch import nn

    body.eval()
    with torch.no_grad():
        width = body(torch.zeros((1, *shape))).shape[1]
    network = nn.Sequential(body, nn.Linear(width, c))
    initialise(network, seed)
    return network.to(device.best(), memory_format=torch.channels_last)


def initialise(network: nn.Module, seed: int) -> None:
    """Draw the first weights of every layer from a seed: normal, scaled to keep variance after a ReLU; biases 0."""
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(seed)
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def evaluate(network: nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    """What a network makes of inputs (n, ...), in row order and full precision, without training it: (n, ...)."""
    import torch

    network.eval()
    step = max(1, EVALUATED // max(1, inputs[:1].numel()))
    slices = [slice(start, start + step) for start in range(0, max(1, len(inputs)), step)]
    with torch.inference_mode(), _deterministic():
        return torch.cat([network(floats(inputs[rows])).float() for rows in slices])


def train_network(
    build: Callable[[], nn.Module],
    images: np.ndarray,
    labels: np.ndarray,
    *,
    weights: np.ndarray | None = None,
    steps: int = 2000,
    seed: int = 0,
) -> Callable[[np.ndarray], np.ndarray]:
    """Train a new network on images alone, and return the function that gives others (m, ...) their labels (m,).

    Parameters
    ----------
    build
        Makes a network that maps images (b, channels, height, width) from 0 to 1 to logits (b, c).
    images
        (k, height, width, channels) uint8.
    labels
        (k,) class numbers.
    weights
        (k,) how much each item counts, of mean 1.
    steps
        Optimiser steps, the same for any number of images, so that coresets of every size compare.
    """
    import torch

    network = build()
    initialise(network, seed)
    network = network.to(device.best(), memory_format=torch.channels_last)
    inputs, targets = to_inputs(images), torch.as_tensor(labels, device=device.best())
    mass = None if weights is None else torch.as_tensor(weights, dtype=torch.float32, device=device.best())
    for _ in train(network, inputs, targets, Recipe(steps), weights=mass, seed=seed):
        pass

    return lambda images: evaluate(network, to_inputs(images)).argmax(dim=1).cpu().numpy()


def to_inputs(batch: np.ndarray) -> torch.Tensor:
    """Images (m, height, width, channels) as a tensor (m, channels, height, width) on the device; features as such.

    In memory the channels stay last, which pools and convolves several times as fast, also on a CPU.
    """
    import torch

    tensor = torch.from_numpy(np.array(batch)).to(device.best())
    return tensor.permute(0, 3, 1, 2) if tensor.ndim == 4 else tensor


def floats(batch: torch.Tensor) -> torch.Tensor:
    """Bytes as numbers from 0 to 1; other numbers as they are."""
    import torch

    return batch.float() / 255 if batch.dtype == torch.uint8 else batch


class Recorder:
    """Training dynamics of every row as sums, so that memory does not grow with the number of epochs.

    `add` takes one evaluation of all rows after each epoch; `columns` gives what methods read:

    - `forgetting`: how often a row was right after one epoch and wrong after the next; the number of epochs, which is
      more than any count, if it was never right
    - `mean_loss`: mean cross-entropy
    - `aum_logit`, `aum_prob`: mean lead of the label over the best other class, in logits and in probabilities
    - `el2n`, `grand`: mean error norm and mean gradient norm of the head, over the first third of the epochs
    - `tdds`: spread of the change of prediction within windows of a third of the epochs, from 3 to 10; the last window
      weighs 0.9, each one before it a tenth of the next; absent with fewer than three epochs
    """

    def __init__(self, labels: np.ndarray, c: int, epochs: int) -> None:
        self.labels, self.epochs, self.seen = labels, epochs, 0
        self.early = -(-epochs // 3)
        names = ("forgetting", "mean_loss", "aum_logit", "aum_prob", "el2n", "grand", "tdds")
        self.sums = {name: np.zeros(len(labels)) for name in names}
        self.right, self.ever = np.zeros(len(labels), dtype=bool), np.zeros(len(labels), dtype=bool)
        self.last = np.zeros((len(labels), c), dtype=np.float32)  # probabilities after the last epoch
        window = min(10, max(3, self.early))
        self.changes = np.zeros((window - 1, len(labels)), dtype=np.float32)  # ring of the latest

    def add(self, logits: np.ndarray, embedding: np.ndarray) -> None:
        """Take in the logits (n, c) after an epoch, and what the head saw, (n, d)."""
        self.seen += 1
        for rows in kernels.blocks(len(self.labels), 4 * max(logits.shape[1], embedding.shape[1])):
            self._add_block(rows, logits[rows], embedding[rows])

    def _add_block(self, rows: slice, logits: np.ndarray, embedding: np.ndarray) -> None:
        labels, sums = self.labels[rows], self.sums
        probabilities = kernels.softmax(logits)
        own = np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]
        right = logits.argmax(axis=1) == labels
        sums["forgetting"][rows] += self.right[rows] & ~right
        self.right[rows], self.ever[rows] = right, self.ever[rows] | right
        sums["mean_loss"][rows] -= np.log(np.maximum(own, np.finfo(np.float64).tiny))
        sums["aum_logit"][rows] += kernels.margins(logits, labels)
        sums["aum_prob"][rows] += kernels.margins(probabilities, labels)
        if self.seen <= self.early:
            sums["el2n"][rows] += kernels.el2n(probabilities, labels)
            sums["grand"][rows] += kernels.grand(probabilities, labels, embedding)
        self._add_change(rows, probabilities)

    def _add_change(self, rows: slice, probabilities: np.ndarray) -> None:
        if self.seen > 1:
            ring = self.changes[:, rows]
            ring[self.seen % len(ring)] = change(self.last[rows], probabilities)
            if self.seen > len(ring):
                spread = np.sqrt(((ring - ring.mean(axis=0)) ** 2).sum(axis=0))
                self.sums["tdds"][rows] = 0.1 * self.sums["tdds"][rows] + 0.9 * spread
        self.last[rows] = probabilities

    def columns(self) -> dict[str, np.ndarray]:
        """The dynamics (n,) by name, once all epochs were added."""
        whole = {name: self.sums[name] / self.epochs for name in ("mean_loss", "aum_logit", "aum_prob")}
        early = {name: self.sums[name] / self.early for name in ("el2n", "grand")}
        forgetting = np.where(self.ever, self.sums["forgetting"], self.epochs)
        late = {"tdds": self.sums["tdds"]} if self.epochs > len(self.changes) else {}
        columns = {"forgetting": forgetting} | whole | early | late
        return {name: column.astype(np.float32) for name, column in columns.items()}


def change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """How far predictions (n, c) moved in one epoch: `sum_c |p (log p - log q)|` (n,), p after and q before."""
    logs = np.log(np.maximum(after, 1e-8)) - np.log(np.maximum(before, 1e-8))
    return np.abs(after * logs).sum(axis=1)


def linear_head(
    embedding: np.ndarray, labels: np.ndarray, c: int, *, seed: int = 0, tell: Callable[[int], None]
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
        Called with the epochs done after each of the `HEAD_EPOCHS`.
    """
    import torch
    from torch import nn

    mean, scale = standard(embedding)
    inputs = torch.from_numpy(((embedding - mean) / scale).astype(np.float32)).to(device.best())
    targets = torch.as_tensor(labels, device=device.best())
    head = nn.Linear(inputs.shape[1], c)
    nn.init.zeros_(head.weight), nn.init.zeros_(head.bias)
    head, recorder = head.to(device.best()), Recorder(labels, c, HEAD_EPOCHS)
    recipe = Recipe.of_epochs(HEAD_EPOCHS, len(labels), batch=256, rate=0.1)
    per_epoch = steps_per_epoch(len(labels), recipe.batch)
    for step in train(head, inputs, targets, recipe, seed=seed):
        if step % per_epoch == 0:
            recorder.add(evaluate(head, inputs).cpu().numpy(), inputs.cpu().numpy())
            tell(step // per_epoch)
    return fold(parameters(head), mean, scale), recorder.columns()


def standard(embedding: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the scale (d,) that standardise features (n, d); nearly constant features are not blown up."""
    mean = embedding.mean(axis=0, dtype=np.float64)
    scale = embedding.std(axis=0, dtype=np.float64)
    largest = scale.max(initial=0)
    return mean, np.where(scale > 1e-3 * largest, scale, largest if largest > 0 else 1)


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
