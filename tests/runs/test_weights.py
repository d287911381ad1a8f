"""Weights from a file of somebody's own count by what they hold: features of one file are never taken for another's."""

import os
from pathlib import Path

import pytest

from fdmat_core import registry
from fdmat_core.learning import features
from fdmat_core.runs import artifacts, stages
from fdmat_core.runs.run import Run
from fdmat_core.runs.settings import SAMPLE, checked
from fdmat_core.spec import Choice
from fdmat_core.store import provenance
from fdmat_core.types import fingerprint
from tests.runs.conftest import REAL_EXTRACT, make_spec


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "mine.pth"
    file.write_bytes(b"PK one")
    return file


@pytest.fixture
def made(monkeypatch):
    """What the file held for each time that features were made."""
    held = []

    def extract(dataset, backbone, **options):
        held.append(Path(dict(backbone.params)["weights"]).read_bytes())
        return REAL_EXTRACT(dataset, "given")

    monkeypatch.setattr(features, "extract", extract)
    return held


def make(spec):
    return stages.make_features(checked(spec), Run(spec).dataset(), lambda done, total, note: None)[0]


def test_another_file_of_the_same_name_gives_other_features(file, made):
    spec = make_spec(backbone=Choice.of("resnet18", weights=str(file)))
    first = make(spec)
    assert make(spec) == first and made == [b"PK one"]
    before = file.stat()
    file.write_bytes(b"PK two")  # as long as the first
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "features" in Run(spec).lacking
    second = make(spec)
    assert second.key != first.key and made == [b"PK one", b"PK two"]
    assert "features" not in Run(spec).lacking
    file.write_bytes(b"PK one")
    assert make(spec).key == first.key and len(made) == 2


def test_a_file_that_is_gone_leaves_its_features_as_they_are(file, made):
    spec = make_spec(backbone=Choice.of("resnet18", weights=str(file)))
    make(spec)
    file.unlink()
    assert "features" not in Run(spec).lacking


def test_a_folder_counts_by_the_files_in_it(tmp_path):
    empty = provenance.content(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"one")
    one = provenance.content(tmp_path)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".gitattributes").write_text("notes of a program that downloads")
    assert empty == "" and one and provenance.content(tmp_path) == one
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert provenance.content(tmp_path) != one
    (tmp_path / "model.safetensors").rename(tmp_path / "other.safetensors")
    (tmp_path / "other.safetensors").write_bytes(b"one")
    assert provenance.content(tmp_path) != one


def test_a_file_is_read_once_while_it_stays_the_same(file, monkeypatch):
    first = provenance.content(file)
    monkeypatch.setattr(provenance.hashlib, "file_digest", lambda *args: pytest.fail("read again"))
    assert provenance.content(file) == first


def test_every_backbone_says_which_parameters_name_files():
    for name, entry in registry.backbones.all().items():
        named = {parameter.name for parameter in entry.parameters} & {"weights", "folder", "path", "file"}
        assert set(entry.facts.files) == named, name


@pytest.mark.parametrize("backbone", [Choice("early_cnn"), Choice("resnet18"), Choice.of("timm", weights="random")])
def test_without_a_file_of_ones_own_the_key_is_what_it_was(backbone):
    spec = make_spec(backbone=backbone, dataset=SAMPLE.dataset)
    data = Run(spec).dataset()
    plain = fingerprint([features.key(data, backbone), artifacts.features_version(spec)])
    assert artifacts.weights(spec) == "" and artifacts.features_key(spec, data) == plain
