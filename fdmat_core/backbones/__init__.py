"""Backbones: one file and one decorated function each, turning images, texts or given features into features."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

#: The `weights` that stand for none: a network as it is before training.
RANDOM = "random"


@dataclass(frozen=True)
class Backbone:
    """A network from a batch to its embedding, and how it is used.

    It takes images (m, channels, height, width) with values from 0 to 1, or features (m, d); what else is to be done to
    them is done by its first layers. With `encode` it takes what that makes of items as the dataset gives them.
    """

    network: nn.Module
    batch: int = 256  # items embedded at once
    epochs: int = 0  # of training on the dataset; 0: the network stays as it is
    rate: float = 0.0  # highest learning rate of that training
    encode: Callable[[Any], np.ndarray] | None = None  # items as read to numbers (m, ...), while others are computed


def prepare(size: int | Sequence[int], mean: Sequence[float], std: Sequence[float]) -> tuple[nn.Module, ...]:
    """The layers that turn images (m, 1 or 3, height, width) into what a network for colour images expects."""
    from torchvision.transforms import v2

    sides = [size, size] if isinstance(size, int) else list(size)
    return v2.RGB(), v2.Resize(sides, antialias=True), v2.Normalize(mean, std)


def averaged(shape: Sequence[int], size: int) -> tuple[int, int]:
    """Height and width of images (height, width, channels) whose longer side is averaged down to a size."""
    height, width = shape[:2]
    ratio = min(1, size / max(height, width))
    return max(1, round(height * ratio)), max(1, round(width * ratio))


def remove(network: nn.Module, layer: str) -> None:
    """Let a layer, known by its dotted name, pass on what it gets."""
    from torch import nn

    owner, _, name = layer.rpartition(".")
    setattr(network.get_submodule(owner), name, nn.Identity())


def require_width(network: nn.Module, shape: tuple[int, ...], name: str) -> None:
    """Refuse a network that cannot read images of a shape (height, width, channels), or makes no vector of them."""
    import torch

    height, width, channels = shape
    try:
        with torch.inference_mode():
            made = network.eval()(torch.zeros((1, channels, height, width)))
    except (RuntimeError, AssertionError, ValueError, IndexError) as error:
        text = " ".join(str(error).split())[:120]
        raise ValueError(f"{name} cannot read images of this size ({text}); let size be 0, its own") from error
    if made.ndim != 2:
        raise ValueError(f"{name} gives {tuple(made.shape[1:])} numbers per image and no vector; choose another model")


@contextmanager
def untrained(name: str) -> Generator[None]:
    """Draw the weights of networks built inside from a fixed seed, leave the process's own as it was, and say so."""
    import torch

    warnings.warn(
        f"weights is {RANDOM!r}: {name} is used untrained, as it is before it has seen an image", stacklevel=3
    )
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(0)
        yield


def absent(name: str, file: str, size: float, folder: Path | None, address: str, why: object) -> ValueError:
    """The error that says which weights are missing, how large they are (MB), where they belong and where they are."""
    place = (
        f"into the folder {folder}, or name its path as `weights`"
        if folder
        else "anywhere and name its path as `weights`"
    )
    cause = " ".join(str(why).split())[:200].replace(";", ",")
    return ValueError(
        f"the weights of {name} are not there and cannot be downloaded ({cause}); put {file} ({size:.0f} MB) {place}; "
        f"it can be had from {address}"
    )


def from_folder(folder: str, helper: str, needs: str, other: str) -> tuple[Any, Any]:
    """A Hugging Face model from a folder, and the helper that prepares its input; nothing in the folder is run.

    The model's attribute `untrained` says whether its pooled output comes of weights that the folder does not hold.

    Parameters
    ----------
    helper
        Class of transformers that prepares the input.
    needs
        The file that only models with such an input have.
    other
        The backbone for models without it.
    """
    try:
        import transformers
        from safetensors import SafetensorError
    except ImportError as error:
        raise ValueError('this backbone needs more packages; pip install "fdmat-explorer[huggingface]"') from error
    place = _checked(folder, needs, other)
    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        ready = getattr(transformers, helper).from_pretrained(place, **safe)
        model, about = transformers.AutoModel.from_pretrained(
            place, use_safetensors=True, output_loading_info=True, dtype="float32", **safe
        )
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        cause = " ".join(str(error).split())[:200].replace(";", ",")
        raise ValueError(f"the model in {place} cannot be read ({cause}); download its folder again") from error
    lost = sorted(about["missing_keys"])
    if beyond := [name for name in lost if "pooler" not in name]:
        raise ValueError(
            f"the weights in {place} lack {len(beyond)} of this model, such as {beyond[0]}; download its folder again"
        )
    model.untrained = bool(lost)
    return model.eval(), ready


def _checked(folder: str, needs: str, other: str) -> Path:
    """The folder of a model, if it holds what one must."""
    place = Path(folder).expanduser()
    if not folder or not place.is_dir():
        raise ValueError(f"folder is {folder!r}, which is no folder; give the one with a model's config.json")
    if not (place / "config.json").is_file():
        raise ValueError(f"{place} holds no config.json; give the folder into which a model was downloaded")
    if not (place / needs).is_file():
        raise ValueError(f"{place} holds no {needs}; put it there, or choose {other} if the model reads something else")
    if not any(place.glob("*.safetensors")):
        raise ValueError(
            f"{place} holds no weights as .safetensors; put model.safetensors there, as other formats may run code"
        )
    return place
