"""Torchvision: every family without its last layer, by its own transforms, from the published weights or one's own."""

import re

import pytest
import torch
from torchvision import models
from torchvision.transforms import v2

from fdmat_core import registry

BACKBONE = registry.backbones.get("torchvision")
#: The smallest of each family, and how wide its features are.
FAMILIES = {
    "alexnet": 4096,
    "convnext_tiny": 768,
    "densenet121": 1024,
    "efficientnet_b0": 1280,
    "googlenet": 1024,
    "inception_v3": 2048,
    "maxvit_t": 512,
    "mnasnet0_5": 1280,
    "mobilenet_v2": 1280,
    "mobilenet_v3_small": 1024,
    "regnet_x_400mf": 400,
    "resnet18": 512,
    "resnext50_32x4d": 2048,
    "shufflenet_v2_x0_5": 1024,
    "squeezenet1_1": 512,
    "swin_t": 768,
    "swin_v2_t": 768,
    "vgg11": 4096,
    "vit_b_16": 768,
    "wide_resnet50_2": 2048,
}


def families(names):
    """The modules of torchvision that build networks."""
    return {models.get_model_builder(name).__module__ for name in names}


def test_every_family_of_torchvision_is_tried():
    known = models.list_models(module=models)
    assert families(known) == families(FAMILIES) and len(known) >= 80


@pytest.mark.parametrize("model", FAMILIES)
def test_every_family_gives_what_comes_before_its_last_layer(model):
    with pytest.warns(UserWarning, match=f"weights is 'random': {model} is used untrained"):
        described = BACKBONE((30, 40, 1), params={"model": model, "weights": "random"})
    grey = torch.rand(2, 1, 30, 40)
    with torch.inference_mode():
        out = described.network.eval()(grey)
    assert out.shape == (2, FAMILIES[model]) and torch.isfinite(out).all() and not described.epochs


def test_random_weights_are_the_same_every_time_and_leave_the_process_alone():
    torch.manual_seed(3)
    state = torch.get_rng_state()
    with pytest.warns(UserWarning):
        one, other = (
            BACKBONE((8, 8, 3), params={"model": "mobilenet_v3_small", "weights": "random"}) for _ in range(2)
        )
    for a, b in zip(one.network.parameters(), other.network.parameters(), strict=True):
        assert torch.equal(a, b)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Torchvision's own folder, empty, and no network."""

    def offline(*args, **options):
        raise OSError("no network")

    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", offline)
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def test_published_weights_see_what_their_own_transforms_make_and_give_the_published_logits(hub):
    published = models.ResNet18_Weights.DEFAULT
    network = models.resnet18().eval()
    torch.save(network.state_dict(), hub / published.url.rsplit("/", 1)[1])
    images = torch.rand(2, 3, 300, 280)
    out = BACKBONE((300, 280, 3)).network.eval()(images)
    assert torch.allclose(network.fc(out), network(published.transforms()(images)), atol=1e-4)


def test_a_size_resizes_the_whole_image(hub):
    network = models.resnet18().eval()
    torch.save(network.state_dict(), hub / "own.pth")
    params = {"weights": str(hub / "own.pth"), "size": 48}
    images = torch.rand(2, 3, 60, 30)
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    ready = v2.Compose([v2.Resize([48, 48], antialias=True), v2.Normalize(mean, std)])(images)
    out = BACKBONE((60, 30, 3), params=params).network.eval()(images)
    assert torch.allclose(network.fc(out), network(ready), atol=1e-4)
    old = registry.backbones.get("resnet18")((60, 30, 3), params=params).network.eval()(images)
    assert torch.equal(old, out)


def test_googlenet_scales_its_input_as_with_its_published_weights(hub):
    published = models.GoogLeNet_Weights.DEFAULT
    network = models.googlenet(init_weights=False).eval()
    network.transform_input = True
    torch.save(network.state_dict(), hub / published.url.rsplit("/", 1)[1])
    images = torch.rand(1, 3, 256, 256)
    out = BACKBONE((256, 256, 3), params={"model": "googlenet"}).network.eval()(images)
    assert torch.allclose(network.fc(out), network(published.transforms()(images)), atol=1e-4)


def test_the_old_names_in_published_densenets_are_read(hub):
    network = models.densenet121().eval()
    old = {re.sub(r"(layer\d+\.)(norm|conv)(\d)\.", r"\1\2.\3.", n): t for n, t in network.state_dict().items()}
    assert any(".norm.1." in name for name in old)
    torch.save(old, hub / models.DenseNet121_Weights.DEFAULT.url.rsplit("/", 1)[1])
    images = torch.rand(1, 3, 224, 224)
    out = BACKBONE((224, 224, 3), params={"model": "densenet121"}).network.eval()(images)
    ready = models.DenseNet121_Weights.DEFAULT.transforms()(images)
    assert torch.allclose(network.classifier(out), network(ready), atol=1e-3)


def test_a_checkpoint_with_another_head_is_used_without_it(tmp_path):
    network = models.resnet18(num_classes=10).eval()
    torch.save({"state_dict": {f"module.{n}": t for n, t in network.state_dict().items()}}, tmp_path / "mine.pth")
    with pytest.warns(UserWarning, match=r"mine\.pth: fc\.weight \(10, 512\), fc\.bias \(10,\) left out"):
        described = BACKBONE((64, 64, 3), params={"weights": str(tmp_path / "mine.pth"), "size": 64})
    images = torch.rand(2, 3, 64, 64)
    ready = v2.functional.normalize(images, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    assert torch.allclose(network.fc(described.network.eval()(images)), network(ready), atol=1e-4)


def test_missing_weights_are_named_with_size_place_and_address(hub):
    with pytest.raises(ValueError, match="the weights of vit_b_16 are not there and cannot be downloaded") as error:
        BACKBONE((8, 8, 1), params={"model": "vit_b_16"})
    text = str(error.value)
    assert "no network" in text and "put vit_b_16-c867db91.pth (330 MB) into the folder" in text
    assert str(hub) in text and "https://download.pytorch.org/models/vit_b_16-c867db91.pth" in text


def test_unknown_names_and_sizes_are_said():
    with pytest.raises(ValueError, match=r"torchvision has no network named 'resnet81'; did you mean .*resnet18"):
        BACKBONE((8, 8, 1), params={"model": "resnet81"})
    with pytest.raises(ValueError, match=r"no network named 'zzzzzz'; it has alexnet"):
        BACKBONE((8, 8, 1), params={"model": "zzzzzz"})
    with (
        pytest.warns(UserWarning),
        pytest.raises(ValueError, match=r"vit_b_16 cannot read images of this size .*; let"),
    ):
        BACKBONE((8, 8, 1), params={"model": "vit_b_16", "weights": "random", "size": 96})
