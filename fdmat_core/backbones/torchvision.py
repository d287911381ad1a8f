"""Torchvision: any of its networks for classification, without the last layer."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fdmat_core import checkpoints
from fdmat_core.backbones import RANDOM, Backbone, absent, prepare, remove, require_width, untrained
from fdmat_core.registry import Range, backbone

if TYPE_CHECKING:
    from torch import nn

#: What its builders are told beside the weights: two networks scale their input when they have the published ones.
OPTIONS: dict[str, dict[str, bool]] = {
    name: {"transform_input": True, "init_weights": False} for name in ("googlenet", "inception_v3")
}


@backbone(
    "torchvision",
    title="Any torchvision network (ImageNet)",
    source="the papers that torchvision's documentation names; weights of torchvision, BSD-3-Clause",
    files=("weights",),
)
def torchvision(
    shape: tuple[int, ...],
    *,
    model: str = "resnet18",
    weights: str = "",
    size: Annotated[int, Range(0, 1024)] = 0,
) -> Backbone:
    """Use what a network of torchvision knows of an image before its last layer tells classes apart.

    Images are resized, cropped and scaled as the network's own weights ask for.

    Parameters
    ----------
    model
        Its name in torchvision: resnet18, convnext_tiny, vit_b_16, efficientnet_b0, swin_t and about 75 more.
    weights
        Path of a checkpoint file; by default the published weights from torchvision's folder, downloaded if they are
        not there; "random" for an untrained network.
    size
        Side in pixels that whole images are resized to; 0 resizes and crops as the published weights ask for.
    """
    from torch import nn

    published = _published(model)
    network = _filled(model, weights, published)
    pixels = published.transforms()
    first = prepare(size, pixels.mean, pixels.std) if size else _own(pixels)
    whole = nn.Sequential(*first, network)
    if size:
        require_width(whole, shape, model)
    return Backbone(whole, batch=64)


def _published(model: str) -> Any:
    """Torchvision's default weights of a network by name: where they are, how large, what they expect."""
    from torchvision import models

    known = models.list_models(module=models)
    if model not in known:
        near = difflib.get_close_matches(model, known, n=3, cutoff=0.5)
        meant = f"did you mean {' or '.join(near)}?" if near else f"it has {', '.join(known[:8])}, ..."
        raise ValueError(f"torchvision has no network named {model!r}; {meant}")
    return models.get_model_weights(model)["DEFAULT"]


def _filled(model: str, weights: str, published: Any) -> nn.Module:
    """The network with its weights, without its last layer."""
    from torchvision import models

    def build() -> nn.Module:
        return models.get_model(model, weights=None, **OPTIONS.get(model, {}))

    if weights == RANDOM:
        with untrained(model):
            network = build()
    else:
        network = build()
        file = Path(weights).expanduser() if weights else _file(model, published)
        checkpoints.fill(network, file, head=_last(network), renamed=_renamed)
    remove(network, _last(network))
    return network


def _last(network: nn.Module) -> str:
    """The dotted name of the layer that tells classes apart: in all of torchvision the last one with weights."""
    from torch import nn

    return [name for name, layer in network.named_modules() if isinstance(layer, nn.Linear | nn.Conv2d)][-1]


def _renamed(name: str) -> str:
    """A weight by today's name: the published DenseNets still call `norm1` `norm.1`."""
    return re.sub(r"(denselayer\d+\.(?:norm|relu|conv))\.(\d)", r"\1\2", name)


def _own(pixels: Any) -> tuple[nn.Module, ...]:
    """The layers that do to images (m, 1 or 3, height, width) what the published weights expect."""
    from torchvision.transforms import v2

    resize = v2.Resize(pixels.resize_size, interpolation=pixels.interpolation, antialias=True)
    return v2.RGB(), resize, v2.CenterCrop(pixels.crop_size), v2.Normalize(pixels.mean, pixels.std)


def _file(model: str, published: Any) -> Path:
    """The file that torchvision keeps of published weights, downloaded if it is not there."""
    import torch

    folder = Path(torch.hub.get_dir()) / "checkpoints"
    file = folder / Path(published.url).name
    if not file.exists():
        try:
            torch.hub.load_state_dict_from_url(published.url, progress=False, check_hash=True, weights_only=True)
        except (OSError, RuntimeError) as error:
            raise absent(model, file.name, published.meta["_file_size"], folder, published.url, error) from error
    return file
