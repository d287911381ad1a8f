"""Checkpoints: unwrapped, fitted to a network, and never executed."""

import warnings

import pytest
import torch
from torch import nn

from fdmat_core import checkpoints


def network(classes=4):
    """A body of two layers and a last one, `head`."""
    torch.manual_seed(classes)
    parts = {"stem": nn.Conv2d(1, 3, 3), "norm": nn.BatchNorm2d(3), "head": nn.Linear(3, classes)}
    return nn.ModuleDict(parts)


def same_body(one, other):
    return all(torch.equal(one.state_dict()[n], t) for n, t in other.state_dict().items() if not n.startswith("head"))


def put(file, state):
    if file.suffix == ".safetensors":
        pytest.importorskip("safetensors.torch").save_file(state, file)
    else:
        torch.save(state, file)
    return file


WRAPPED = {
    "plain": lambda state: state,
    "state_dict": lambda state: {"state_dict": state, "epoch": 3},
    "model": lambda state: {"model": state, "args": {"lr": 0.1}},
    "model_state_dict": lambda state: {"optimizer": {"state": {}}, "model_state_dict": state},
    "network": lambda state: {"network": state},
    "ema": lambda state: {"ema": state},
    "twice": lambda state: {"model": {"state_dict": state}},
    "module.": lambda state: {f"module.{name}": tensor for name, tensor in state.items()},
    "backbone.": lambda state: {f"backbone.{name}": tensor for name, tensor in state.items()},
    "module.encoder.": lambda state: {f"module.encoder.{name}": tensor for name, tensor in state.items()},
    "wrapped and prefixed": lambda state: {"state_dict": {f"module.{name}": t for name, t in state.items()}},
}


@pytest.mark.parametrize("how", WRAPPED)
def test_every_wrapper_and_prefix_is_undone(how, tmp_path):
    source, target = network(), network(5)
    state = dict(source.state_dict(), **{"head.weight": torch.zeros(5, 3), "head.bias": torch.zeros(5)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        checkpoints.fill(target, put(tmp_path / "w.pth", WRAPPED[how](state)), head="head")
    assert same_body(target, source)


def test_safetensors_are_read(tmp_path):
    source, target = network(), network(4)
    nn.init.zeros_(target.get_parameter("stem.weight"))
    checkpoints.fill(target, put(tmp_path / "w.safetensors", source.state_dict()), head="head")
    assert same_body(target, source)


def test_two_networks_in_one_file_are_not_mixed(tmp_path):
    student, teacher = network(2).state_dict(), network(3).state_dict()
    both = {f"model.{name}": one for name, one in student.items() if "head" not in name}
    both |= {f"encoder.{name}": one for name, one in teacher.items() if "head" not in name}
    with pytest.raises(
        ValueError, match=r"model\.stem\.weight and encoder\.stem\.weight are both stem\.weight; save the one"
    ):
        checkpoints.fill(network(), put(tmp_path / "both.pt", both), head="head")


def test_another_head_is_left_out_and_said(tmp_path):
    source, target = network(7), network(4)
    state = source.state_dict() | {"projector.weight": torch.zeros(2, 2)}
    with pytest.warns(UserWarning) as said:
        checkpoints.fill(target, put(tmp_path / "w.pth", state), head="head")
    assert same_body(target, source) and target.get_parameter("head.weight").shape == (4, 3)
    text = str(said[0].message)
    assert "w.pth" in text and "left out" in text
    assert "head.weight (7, 3), head.bias (7,), projector.weight (2, 2)" in text


def test_no_head_at_all_is_fine(tmp_path):
    source = network()
    state = {name: tensor for name, tensor in source.state_dict().items() if not name.startswith("head")}
    target = network(5)
    checkpoints.fill(target, put(tmp_path / "w.pth", state), head="head")
    assert same_body(target, source)


def test_what_is_missing_and_what_is_unexpected_is_named(tmp_path):
    state = network().state_dict()
    del state["stem.weight"]
    state["norm.weight"] = torch.zeros(9)
    state["stem.deeper.weight"] = torch.zeros(1)
    before = network(5)
    with pytest.raises(ValueError, match="does not hold this network's weights: ") as error:
        checkpoints.fill(before, put(tmp_path / "w.pth", state), head="head")
    assert "2 of 9 are missing, stem.weight, norm.weight (there of shape (9,))" in str(error.value)
    assert "1 are unexpected, stem.deeper.weight; name a checkpoint" in str(error.value)
    assert all(torch.equal(a, b) for a, b in zip(before.parameters(), network(5).parameters(), strict=True))


def test_a_deeper_network_of_the_family_is_no_checkpoint_of_a_smaller_one(tmp_path):
    from torchvision.models import resnet18, resnet34

    with pytest.raises(ValueError, match=r"are unexpected, layer1\.2\.conv1\.weight.* and \d+ more; name"):
        checkpoints.fill(resnet18(), put(tmp_path / "w.pth", resnet34().state_dict()), head="fc")


class Trap:
    def __init__(self, file):
        self.file = file

    def __reduce__(self):
        return open, (self.file, "w")


def test_code_is_refused_and_never_run(tmp_path):
    torch.save({"state_dict": {"stem.weight": Trap(str(tmp_path / "sprung"))}}, tmp_path / "w.pth")
    with pytest.raises(ValueError, match=r"holds more than tensors; save network\.state_dict\(\)"):
        checkpoints.read(tmp_path / "w.pth")
    torch.save(network(), tmp_path / "whole.pth")  # a pickled module
    with pytest.raises(ValueError, match="holds more than tensors"):
        checkpoints.read(tmp_path / "whole.pth")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("w.pth", b"", "does not begin like a checkpoint"),
        ("w.pth", b"<!DOCTYPE html>", "does not begin like a checkpoint"),
        ("w.pth", b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "git lfs pull"),
        ("w.pth", b"PK\x03\x04" + bytes(60), "damaged or no checkpoint"),
        ("w.safetensors", b"\xff" * 20, "does not begin like a checkpoint"),
        ("w.safetensors", (50).to_bytes(8, "little") + b"{" + b"x" * 80, "damaged"),
    ],
)
def test_what_is_no_checkpoint_is_said(name, content, says, tmp_path):
    if name.endswith(".safetensors"):
        pytest.importorskip("safetensors")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=says):
        checkpoints.read(tmp_path / name)


def test_a_cut_off_checkpoint_is_said(tmp_path):
    file = put(tmp_path / "w.pth", network().state_dict())
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(ValueError, match="damaged or no checkpoint; download it again"):
        checkpoints.read(file)


def test_a_file_without_tensors_or_no_file_is_said(tmp_path):
    with pytest.raises(ValueError, match="holds no tensors by name"):
        checkpoints.read(put(tmp_path / "w.pth", {"epoch": 3}))
    with pytest.raises(ValueError, match="holds no tensors by name"):
        checkpoints.read(put(tmp_path / "w.pth", [1, 2]))
    with pytest.raises(ValueError, match="there is no such file; give a checkpoint's path"):
        checkpoints.read(tmp_path / "absent.pth")
