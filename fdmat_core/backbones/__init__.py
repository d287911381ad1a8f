"""Backbones: one file and one decorated function each, turning images into features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Backbone:
    """A network from a batch to its embedding, and how it is used.

    It takes images (m, channels, height, width) with values from 0 to 1, or features (m, d); what else is to be done to
    them is done by its first layers.
    """

    network: nn.Module
    batch: int = 256  # items embedded at once
    epochs: int = 0  # of training on the dataset; 0: the network stays as it is
    rate: float = 0.0  # highest learning rate of that training
