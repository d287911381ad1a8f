"""timm: any of its more than a thousand networks, without the last layer."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fdmat_core import checkpoints
from fdmat_core.backbones import RANDOM, Backbone, absent, require_width, untrained
from fdmat_core.registry import backbone

if TYPE_CHECKING:
    from torch import nn


@backbone(
    "timm",
    title="Any timm network",
    source="the papers and licences that timm names for each network (Wightman, Apache-2.0)",
    files=("weights",),
)
def timm(shape: tuple[int, ...], *, model: str = "resnet18", weights: str = "") -> Backbone:
    """Use what a network of timm knows of an image before its last layer; needs the extra `timm`.

    Images are resized, cropped and scaled as the network's own configuration asks for.

    Parameters
    ----------
    model
        Its name in timm, with the tag of its weights if there are several: vit_small_patch14_dinov2.lvd142m.
    weights
        Path of a checkpoint file; by default the published weights, downloaded if they are not there; "random" for an
        untrained network.
    """
    from torch import nn

    library = _library()
    network = _filled(library, model, weights)
    whole = nn.Sequential(*_own(library, network), network)
    require_width(whole, shape, model)
    return Backbone(whole, batch=64)


def _library() -> Any:
    try:
        import timm
    except ImportError as error:
        raise ValueError("backbone 'timm' needs one more package; pip install \"fdmat-explorer[timm]\"") from error
    return timm


def _filled(library: Any, model: str, weights: str) -> nn.Module:
    """The network with its weights, without its last layer."""
    if not library.is_model(model.partition(".")[0]):
        near = difflib.get_close_matches(model.partition(".")[0], library.list_models(), n=3)
        meant = f"did you mean {' or '.join(near)}?" if near else "timm.list_models() names all"
        raise ValueError(f"timm has no network named {model!r}; {meant}")
    if not weights:
        return _published(library, model)
    if weights == RANDOM:
        with untrained(model):
            return library.create_model(model, num_classes=0)
    network = library.create_model(model)
    checkpoints.fill(network, Path(weights).expanduser(), head=_head(network))
    network.reset_classifier(0)
    return network


def _published(library: Any, model: str) -> nn.Module:
    try:
        return library.create_model(model, pretrained=True, num_classes=0)
    except (OSError, RuntimeError) as error:
        network = library.create_model(model)
        about = network.pretrained_cfg
        numbers = sum(tensor.numel() for tensor in network.state_dict().values())
        hub = f"https://huggingface.co/{about.get('hf_hub_id')}/resolve/main/model.safetensors"
        address = about.get("url") or (hub if about.get("hf_hub_id") else "nowhere: nobody published any")
        file = Path(address).name if about.get("url") else "model.safetensors"
        raise absent(model, file, 4 * numbers / 1e6, None, address, error) from error


def _head(network: Any) -> str:
    """The dotted name of the last layer; of several, which tell the same classes apart, the first."""
    named = network.pretrained_cfg.get("classifier") or ""
    return named if isinstance(named, str) else named[0]


def _own(library: Any, network: nn.Module) -> list[nn.Module]:
    """The layers that do to images (m, 1 or 3, height, width) what the network expects."""
    from torchvision.transforms import v2

    about = library.data.resolve_model_data_config(network)
    _, height, width = about["input_size"]
    side = int(min(height, width) / about["crop_pct"])
    kind = v2.InterpolationMode(about["interpolation"] if about["interpolation"] != "random" else "bilinear")
    resized = [height, width] if about["crop_mode"] == "squash" else [side]
    return [
        v2.RGB(),
        v2.Resize(resized, interpolation=kind, antialias=True),
        v2.CenterCrop([height, width]),
        v2.Normalize(about["mean"], about["std"]),
    ]
