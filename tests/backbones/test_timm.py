"""timm: networks by name, with their own transforms, and words when something is missing."""

import sys

import pytest
import torch

from fdmat_core import registry

BACKBONE = registry.backbones.get("timm")
NAME = "test_resnet.r160_in1k"


def test_it_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(ValueError, match=r'one more package; pip install "fdmat-explorer\[timm\]"'):
        BACKBONE((8, 8, 1))


@pytest.fixture
def timm():
    return pytest.importorskip("timm")


@pytest.mark.parametrize(("name", "width"), [(NAME, 96), ("test_vit.r160_in1k", 64)])
def test_a_network_gives_what_comes_before_its_last_layer(timm, name, width):
    with pytest.warns(UserWarning, match="untrained"):
        described = BACKBONE((30, 40, 1), params={"model": name, "weights": "random"})
    assert described.network.eval()(torch.rand(2, 1, 30, 40)).shape == (2, width)


@pytest.mark.parametrize(("name", "head"), [(NAME, "fc"), ("test_vit.r160_in1k", "head")])
def test_a_checkpoint_sees_what_its_own_transform_makes(timm, name, head, tmp_path):
    safetensors = pytest.importorskip("safetensors.torch")
    network = timm.create_model(name, num_classes=7).eval()
    safetensors.save_file(network.state_dict(), tmp_path / "w.safetensors")
    with pytest.warns(UserWarning, match=rf"{head}\.weight \(7, \d+\)[^;]* left out"):
        described = BACKBONE((200, 180, 3), params={"model": name, "weights": str(tmp_path / "w.safetensors")})
    images = torch.rand(2, 3, 200, 180)
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(network))
    told = getattr(network, head)(described.network.eval()(images))
    assert torch.allclose(told, network(transform(images)), atol=1e-4)


def test_missing_weights_are_named_with_size_and_address(timm, monkeypatch):
    create = timm.create_model

    def offline(name, pretrained=False, **options):
        if pretrained:
            raise OSError("no network; at all")
        return create(name, **options)

    monkeypatch.setattr(timm, "create_model", offline)
    with pytest.raises(ValueError, match=r"weights of test_resnet\S+ are not there and cannot be downloaded") as error:
        BACKBONE((8, 8, 1), params={"model": NAME})
    text = str(error.value)
    assert "put model.safetensors (2 MB) anywhere and name its path as `weights`" in text
    assert text.endswith("https://huggingface.co/timm/test_resnet.r160_in1k/resolve/main/model.safetensors")
    assert text.partition("; ")[2].startswith("put model.safetensors")


def test_an_unknown_name_is_said(timm):
    with pytest.raises(ValueError, match=r"timm has no network named 'resnet81'; did you mean .*resnet"):
        BACKBONE((8, 8, 1), params={"model": "resnet81"})
