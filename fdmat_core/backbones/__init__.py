"""Backbones: one file and one decorated function each, turning images into features."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
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


def imagenet(name: str, weights: str, size: int) -> Backbone:
    """A torchvision network with its ImageNet weights, without its last layer.

    Parameters
    ----------
    name
        Its name in torchvision.
    weights
        A checkpoint file; if empty, torchvision's folder is searched, and the file downloaded if it is not there.
    size
        Side that images are resized to.
    """
    from torch import nn
    from torchvision import models

    published = models.get_model_weights(name)["DEFAULT"]
    file = Path(weights).expanduser() if weights else _published(published.url)
    network = models.get_model(name, weights=None)
    load_weights(network, file)
    network.fc = nn.Identity()
    pixels = published.transforms()
    return Backbone(nn.Sequential(*prepare(size, pixels.mean, pixels.std), network), batch=64)


def prepare(size: int, mean: Sequence[float], std: Sequence[float]) -> tuple[nn.Module, ...]:
    """The layers that turn images (m, 1 or 3, height, width) into what a network for colour images expects."""
    from torchvision.transforms import v2

    return v2.RGB(), v2.Resize([size, size], antialias=True), v2.Normalize(mean, std)


def load_weights(network: nn.Module, file: Path) -> None:
    """Fill a network with the weights in a checkpoint file; nothing else in it is executed."""
    import torch

    try:
        network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    except FileNotFoundError:
        raise ValueError(f"weights is {str(file)!r}, but there is no such file; give a checkpoint's path") from None
    except (pickle.UnpicklingError, RuntimeError, EOFError, TypeError, AttributeError, LookupError) as error:
        raise ValueError(f"{file} does not hold this network's weights; name a checkpoint of it") from error


def _published(url: str) -> Path:
    """The file that torchvision keeps of the weights at an address, downloaded if it is not there."""
    import torch

    file = Path(torch.hub.get_dir()) / "checkpoints" / Path(url).name
    if not file.exists():
        _download(url, file)
    return file


def _download(url: str, wanted: Path) -> None:
    import torch

    try:
        torch.hub.load_state_dict_from_url(url, progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ValueError(
            f"the ImageNet weights are not there and cannot be downloaded ({error}); put {wanted.name} into the folder "
            f"{wanted.parent}, or name its path as `weights`; it can be had from {url}"
        ) from error
