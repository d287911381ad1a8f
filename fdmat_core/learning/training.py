"""The one training loop.

The small CNN learns 8,000 images of 28 x 28 pixels for 6 epochs in about 7 s on two CPU cores. No global seed is set
or read: weights and the order of batches come from a generator of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from fdmat_core import device
from fdmat_core.learning.resuming import Saved

if TYPE_CHECKING:
    import torch
    from torch import nn

#: Items per step, unless a recipe says otherwise.
BATCH = 128
#: Numbers in the inputs evaluated at once: blocks that stay small keep the memory of the last one.
EVALUATED = 2**19


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: SGD with momentum 0.9, the rate falling to 0 as a cosine over exactly these steps."""

    steps: int
    batch: int = BATCH
    rate: float = 0.05  # the first and highest
    decay: float = 5e-4  # of the weights
    seed: int = 0  # of the order of batches

    @staticmethod
    def of_epochs(epochs: int, n: int, *, batch: int = BATCH, rate: float = 0.05, seed: int = 0) -> Recipe:
        """The recipe whose steps are so many passes over n items."""
        return Recipe(epochs * steps_per_epoch(n, batch), batch, rate, seed=seed)


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
    saved: Saved | None = None,
) -> Generator[int]:
    """Train a network in place, and hand over after every step: yields the number of steps done.

    The caller may look at the network, record, report progress or stop in between. What was saved goes on where it was.

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
    saved
        Where to go on from, and what to keep after each step's caller is done with it.
    """
    from torch import autocast, bfloat16, optim
    from torch.nn import functional

    place = inputs.device
    optimiser = optim.SGD(network.parameters(), recipe.rate, momentum=0.9, weight_decay=recipe.decay, nesterov=True)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.steps)
    parts = {"network": network, "optimiser": optimiser, "schedule": schedule}
    done = saved.restore(parts) if saved else 0
    for step, chosen in islice(enumerate(_batches(len(labels), recipe), start=1), done, None):
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
        if saved and step < recipe.steps:
            saved.keep(step, parts)


def _batches(n: int, recipe: Recipe) -> Iterator[torch.Tensor]:
    """The rows (b,) of every step: shuffled passes over n items, one after another."""
    import torch

    generator = torch.Generator().manual_seed(recipe.seed)
    per_epoch = steps_per_epoch(n, recipe.batch)
    order = torch.arange(n)
    for step in range(recipe.steps):
        if step % per_epoch == 0:
            order = torch.randperm(n, generator=generator)
        start = step % per_epoch * recipe.batch
        yield order[start : start + recipe.batch]


@contextmanager
def _deterministic() -> Generator[None]:
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
    _place(network)
    return network


def _place(network: nn.Module) -> None:
    """Move a network to where work runs, in the order of memory in which convolutions are fast."""
    import torch

    network.to(device.best(), memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue] # torch's types lack it


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


def evaluate(network: nn.Module, inputs: torch.Tensor, *, numbers: int = EVALUATED) -> torch.Tensor:
    """What a network makes of inputs (n, ...), in row order and full precision, without training it: (n, ...).

    Parameters
    ----------
    numbers
        In the inputs that are evaluated at once. On a CPU results may differ in the last bit if it does.
    """
    import torch

    network.eval()
    step = max(1, numbers // max(1, inputs[:1].numel()))
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
    _place(network)
    inputs, targets = to_inputs(images), torch.as_tensor(labels, device=device.best())
    mass = None if weights is None else torch.as_tensor(weights, dtype=torch.float32, device=device.best())
    for _ in train(network, inputs, targets, Recipe(steps, seed=seed), weights=mass):
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
