"""Full training: the test accuracy of a network trained from scratch on the coreset's images alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import numpy as np

from fdmat_core.learning import training
from fdmat_core.measures import Measure, accuracy
from fdmat_core.numerics import scaling
from fdmat_core.registry import Range, measure
from fdmat_core.types import Dataset, FeatureTable

if TYPE_CHECKING:
    from torch import nn

#: Channels of the three convolutions; and the width of the two layers for data without images.
CHANNELS = (16, 32, 64)
WIDTH = 128
#: Cells per side, at most, that the last feature map is averaged to.
GRID = 3


@measure(
    "full_training",
    title="Accuracy, trained from scratch",
    unit="share of test items",
    better="higher",
    source="the protocol of DeepCore (Guo, Zhao, Bai, DEXA 2022), with the same number of steps for every size",
    kind="accuracy",
    needs=("labels",),
    expensive=True,
)
def full_training(
    table: FeatureTable,
    *,
    dataset: Dataset | None = None,
    seed: int = 0,
    steps: Annotated[int, Range(10, 200_000)] = 500,
) -> Measure:
    """Train a new network on the kept items alone, and count the test items it gets right.

    Three 3 x 3 convolutions of 16, 32 and 64 channels with batch normalisation and pooling, then a linear layer; for
    data without images two hidden layers of 128. It is not the network that the features came from. SGD with momentum
    0.9, batches of 128 or of all items if they are fewer, learning rate from 0.05 to 0 as a cosine, weight decay
    5e-4, no augmentation. Every coreset gets the same number of steps, whatever its size, so a small one is seen more
    often. A weighted coreset trains on weighted losses. The seed draws the first weights and the order of batches.

    Parameters
    ----------
    steps
        Gradient steps of every training. A step takes about 20 ms on two CPU cores for images of 28 x 28.
    """
    if dataset is None:
        raise ValueError("full_training needs the items themselves; pass the dataset as `dataset`")
    read = _reader(dataset)
    test = dataset.split("test")
    shown, c = read(test.ids), table.c

    def predict(rows: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        order = np.argsort(table.ids[rows], kind="stable")  # a set has one value, in whatever order it comes
        rows, mass = rows[order], None if weights is None else _of_mean_one(np.asarray(weights)[order])
        kept = read(table.ids[rows])
        tell = training.train_network(
            lambda: _network(kept.shape[1:], c), kept, table.labels[rows], weights=mass, steps=steps, seed=seed
        )
        return tell(shown)

    return accuracy(predict, test.labels, max(c, len(dataset.classes)))


def _of_mean_one(weights: np.ndarray) -> np.ndarray:
    return weights / max(float(weights.mean()), np.finfo(np.float64).tiny)


def _reader(dataset: Dataset) -> Callable[[np.ndarray], np.ndarray]:
    """A function from ids (m,) to images (m, height, width, channels), or to standardised features (m, d)."""
    if dataset.images is not None:
        return dataset.images
    train = dataset.features_of(np.sort(dataset.splits["train"]))
    mean, scale = scaling.moments(train, least=scaling.NEARLY_CONSTANT)
    return lambda ids: ((dataset.features_of(ids) - mean) / scale).astype(np.float32)


def _network(shape: tuple[int, ...], c: int) -> nn.Module:
    """A new network for items of a shape: (height, width, channels) or (d,)."""
    from torch import nn

    if len(shape) == 1:
        hidden = (nn.Linear(shape[0], WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU())
        return nn.Sequential(*hidden, nn.Linear(WIDTH, c))
    height, width, channels = shape
    grid = tuple(max(1, min(GRID, side // 8)) for side in (height, width))
    widths = (channels, *CHANNELS)
    blocks = [layer for pair in zip(widths, CHANNELS, strict=False) for layer in _block(*pair)]
    head = nn.Linear(CHANNELS[-1] * grid[0] * grid[1], c)
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(grid), nn.Flatten(), head)


def _block(channels: int, out: int) -> tuple[nn.Module, ...]:
    from torch import nn

    pool = nn.MaxPool2d(2, ceil_mode=True)
    return nn.Conv2d(channels, out, 3, padding=1, bias=False), pool, nn.BatchNorm2d(out), nn.ReLU()
