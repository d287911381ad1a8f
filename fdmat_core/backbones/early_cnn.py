"""Early CNN: a small network trained for a few epochs on the dataset itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fdmat_core.backbones import Backbone, averaged
from fdmat_core.registry import Range, backbone

if TYPE_CHECKING:
    from torch import nn

#: Channels after each convolution, and the width of the embedding.
CHANNELS, WIDTH = (16, 32), 128
#: Cells per side, at most, that the last feature map is averaged to.
GRID = 7


@backbone(
    "early_cnn",
    title="Small CNN, trained a few epochs",
    source="features of a network early in its training, as in FDMat (Xiao et al., AAAI 2024)",
    trains=True,
)
def early_cnn(
    shape: tuple[int, ...], *, epochs: Annotated[int, Range(1, 200)] = 6, size: Annotated[int, Range(8, 256)] = 32
) -> Backbone:
    """Train two convolutions and a 128-wide layer on the dataset; the embedding is that layer after its ReLU.

    Early in training a network has learned what the items of a class have in common, and not yet the labels of single
    items, so mislabelled ones stand out. Many epochs learn wrong labels by heart.

    Parameters
    ----------
    epochs
        Passes over the training items; more if they would come to fewer than 200 steps of 128 items.
    size
        Images with a longer side are averaged down until it has this many pixels: at 64 they take three times as long
        as at 32.
    """
    from torch import nn

    channels, cells = shape[2], averaged(shape, size)
    grid = tuple(max(1, min(GRID, side // 4)) for side in cells)
    network = nn.Sequential(
        *([] if cells == shape[:2] else [nn.AdaptiveAvgPool2d(cells)]),
        nn.BatchNorm2d(channels, affine=False),  # learns the mean and spread of the images
        *_convolution(channels, CHANNELS[0]),
        *_convolution(*CHANNELS),
        nn.AdaptiveAvgPool2d(grid),
        nn.Flatten(),
        nn.Linear(CHANNELS[-1] * grid[0] * grid[1], WIDTH),
        nn.ReLU(),
    )
    return Backbone(network, epochs=epochs, rate=0.05)


def _convolution(channels: int, out: int) -> tuple[nn.Module, ...]:
    """A 3 x 3 convolution whose map has half the side; pooled first, because the rest is then cheaper."""
    from torch import nn

    return (
        nn.Conv2d(channels, out, 3, padding=1, bias=False),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.BatchNorm2d(out),
        nn.ReLU(),
    )
