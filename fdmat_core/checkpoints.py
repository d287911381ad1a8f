"""Weights from a file of somebody's own: read without running anything in it, and fitted to a network.

A checkpoint is a mapping from names to tensors, `.safetensors` or what `torch.save` writes. Training programs put it
under a name such as `state_dict`, put `module.` before every name, or train another last layer: all three are undone
here, and what is left out is said.
"""

from __future__ import annotations

import pickle
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import nn

    State = dict[str, torch.Tensor]

#: Names under which training programs keep the weights, the likeliest first.
WRAPPERS = ("state_dict", "model_state_dict", "model", "network", "ema")
#: What they put before the name of a weight.
PREFIXES = ("module.", "backbone.", "encoder.", "model.", "network.", "_orig_mod.")
#: Names listed in an error or a warning; more are counted.
SHOWN = 3


def fill(network: nn.Module, file: Path, *, head: str = "", renamed: Callable[[str], str] = lambda name: name) -> None:
    """Fill a network with the weights in a file, and say which of them were left out.

    Every weight of the network must be there, but for those of its head. Left out is a head of another shape, and what
    belongs to no part of the network at all, such as the head of another task.

    Parameters
    ----------
    head
        Dotted name of the network's last layer, which the caller does not need.
    renamed
        Gives a weight the name that this network knows it by.
    """
    own = network.state_dict()
    held = read(file)
    names = {name: _bare(renamed(name), own) for name in held}
    if twice := next((name for name, often in Counter(names.values()).items() if often > 1), ""):
        both = " and ".join([name for name, own_name in names.items() if own_name == twice][:2])
        raise _refusal(file, f"{both} are both {twice}", "save the one of the two networks that is meant")
    state = {names[name]: tensor for name, tensor in held.items()}
    fitting = {name: tensor for name, tensor in state.items() if name in own and tensor.shape == own[name].shape}
    left = [name for name in state if name not in fitting]
    missing = [name for name in own if name not in fitting and not name.endswith("num_batches_tracked")]
    lost, strange = [name for name in missing if not _inside(name, head)], _strange(left, own, head)
    if lost or strange:
        wrong = {name: state[name].shape for name in lost if name in state}
        raise _refusal(file, _difference(lost, strange, len(own), wrong), "name a checkpoint of this very network")
    network.load_state_dict(fitting, strict=False)
    if left:
        shapes = (f"{name} {tuple(state[name].shape)}" for name in left)
        warnings.warn(
            f"{file.name}: {_listed(shapes, len(left))} left out, as the features need no such layer", stacklevel=2
        )


def read(file: Path) -> State:
    """The weights in a file by name; no code in it is run.

    Raises
    ------
    ValueError
        There is no such file, or it holds something else; the message names the fix.
    """
    if not file.is_file():
        raise ValueError(f"weights is {str(file)!r}, but there is no such file; give a checkpoint's path")
    _check_start(file)
    found = _read_safetensors(file) if file.suffix.lower() == ".safetensors" else _read_torch(file)
    state = _unwrapped(found)
    if not state:
        raise _refusal(file, "it holds no tensors by name", "save network.state_dict() by torch.save")
    return state


def _check_start(file: Path) -> None:
    """Refuse by its first bytes what is a text or empty: a page of a website, a pointer left by Git LFS."""
    with file.open("rb") as stream:
        start = stream.read(64)
    if start.startswith(b"version https://git-lfs"):
        raise _refusal(file, "it is Git LFS's pointer to them", "fetch the file itself by `git lfs pull`")
    if file.suffix.lower() == ".safetensors":
        whole = len(start) > 8 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < file.stat().st_size
    else:
        whole = start.startswith((b"PK\x03\x04", b"\x80"))  # a zip file, or a pickle of 2018
    if not whole:
        raise _refusal(file, "it does not begin like a checkpoint", "download it again, or name another file")


def _read_torch(file: Path) -> Any:
    import torch

    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise _refusal(file, "it holds more than tensors", "save network.state_dict() alone by torch.save") from error
    except (
        RuntimeError,
        EOFError,
        OSError,
        TypeError,
        ValueError,
        AttributeError,
        LookupError,
        zipfile.BadZipFile,
    ) as error:
        raise _refusal(file, "it is damaged or no checkpoint", "download it again, or name another file") from error


def _read_safetensors(file: Path) -> Any:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise ValueError(f"{file.name} needs one more package to be read; pip install safetensors") from error
    try:
        return load_file(file)
    except (SafetensorError, OSError, ValueError) as error:
        raise _refusal(file, "it is damaged", "download it again, or name another file") from error


def _unwrapped(found: Any) -> State:
    """The tensors of a checkpoint by name, from under whatever it was put."""
    import torch

    while isinstance(found, Mapping):
        inner = next((found[name] for name in WRAPPERS if isinstance(found.get(name), Mapping)), None)
        if inner is None:
            return {str(name): value for name, value in found.items() if isinstance(value, torch.Tensor)}
        found = inner
    return {}


def _bare(name: str, own: Iterable[str]) -> str:
    """A weight's name without prefixes if that is a name of the network's own, else as it is."""
    short, known = name, True
    while known and short not in own:
        known = next((prefix for prefix in PREFIXES if short.startswith(prefix)), "")
        short = short.removeprefix(known)
    return short if short in own else name


def _strange(left: list[str], own: Iterable[str], head: str) -> list[str]:
    """Weights that a part of the network should hold but does not, as those of a deeper network of the family."""
    parts = {name.partition(".")[0] for name in own}
    return [name for name in left if name.partition(".")[0] in parts and not _inside(name, head) and name not in own]


def _inside(name: str, part: str) -> bool:
    return bool(part) and f"{name}.".startswith(f"{part}.")


def _difference(lost: list[str], strange: list[str], n: int, wrong: Mapping[str, Any]) -> str:
    named = (f"{name} (there of shape {tuple(wrong[name])})" if name in wrong else name for name in lost)
    parts = [f"{len(lost)} of {n} are missing, {_listed(named, len(lost))}"] if lost else []
    parts += [f"{len(strange)} are unexpected, {_listed(strange, len(strange))}"] if strange else []
    return " and ".join(parts)


def _listed(names: Iterable[str], n: int) -> str:
    shown = [name for name, _ in zip(names, range(SHOWN), strict=False)]
    return ", ".join(shown) + (f" and {n - SHOWN} more" if n > SHOWN else "")


def _refusal(file: Path, why: str, fix: str) -> ValueError:
    return ValueError(f"{file} does not hold this network's weights: {why}; {fix}")
