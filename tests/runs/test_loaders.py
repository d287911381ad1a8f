"""Code that the pages show: run as it is shown, it trains on what was exported, with corrected labels."""

import gzip
import os

import numpy as np
import pytest

from fdmat_core import datasets
from fdmat_core.datasets.fashion_mnist import PACKAGED
from fdmat_core.learning import features
from fdmat_core.runs import decisions, exchange, library, loaders
from fdmat_core.runs.decisions import Decision
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from tests.runs.conftest import make_spec

FLIPPED = Choice.of("symmetric", rate=0.1)
SPECS = {
    "features": make_spec("fdmat", dataset=Choice.of("mixture", n=250), corruption=FLIPPED),
    "images": make_spec("fdmat", dataset=Choice("digits"), backbone=Choice("pixels"), corruption=FLIPPED),
}


def of_text(folder):
    """A spec of texts in a file, without a number in it."""
    rows = [f"{('ball', 'bank')[i % 2]} word{i} word{i % 7},{('sport', 'money')[i % 2]}" for i in range(90)]
    (folder / "texts.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    data = Choice.of("arrays", path=str(folder / "texts.csv"))
    return make_spec("fdmat", dataset=data, backbone=Choice("hashed_words"), corruption=FLIPPED)


def made(spec, ending):
    """A selection of a tenth in the present folder, three of its items relabelled; the file and its table."""
    library.execute(spec)
    run = Run(spec)
    table, order = run.tables[0], run.ranking(Choice("fdmat")).order
    for row in order[[3, 8, -1]].tolist():
        other = table.classes[(table.labels[row] + 1) % table.c]
        decisions.decide(run.dataset_key, Decision(int(table.ids[row]), "relabel", other))
    found = exchange.selected(run, Choice("fdmat"), 0.1)
    with open(f"kept{ending}", "wb") as file:
        file.write(exchange.content(found, ending))
    return run, found


def batches(names):
    """All that the loader of a snippet yields, by what it yields: x (n, ...) and y (n,)."""
    parts = list(names["train"])
    return np.concatenate([x.numpy() for x, _ in parts]), np.concatenate([y.numpy() for _, y in parts])


@pytest.mark.parametrize("ending", loaders.READ)
@pytest.mark.parametrize("kind", [*SPECS, "text"])
def test_code_runs_as_it_is_shown(kind, ending, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run, found = made(SPECS.get(kind) or of_text(tmp_path), ending)
    loader = loaders.loader(run.spec, f"kept{ending}", kind)
    data, torch, arrays = run.dataset(), {}, {}
    exec(loader.torch, torch)
    exec(loader.arrays, arrays)
    ids = found["id"].to_numpy()
    assert (found["final_label"] != found["given_label"]).sum() == 3
    wanted = [data.classes.index(name) for name in found["final_label"]]
    assert arrays["y"].tolist() == wanted
    items = features.items(data, kind, ids)
    assert np.array_equal(arrays["x"], items)
    if kind == "text":
        shown = {(text, label) for x, y in torch["train"] for text, label in zip(x, y.tolist(), strict=True)}
        assert shown == set(zip(items.tolist(), wanted, strict=True))
        return
    x, y = batches(torch)  # shuffled
    there = items.transpose(0, 3, 1, 2) / 255 if kind == "images" else items
    pairs = {(row.astype(np.float32).tobytes(), label) for row, label in zip(np.float32(there), wanted, strict=True)}
    assert {(row.tobytes(), label) for row, label in zip(x, y.tolist(), strict=True)} == pairs and len(y) == len(ids)


@pytest.mark.skipif(not PACKAGED.exists(), reason="needs Debian's dataset-fashion-mnist")
def test_ids_of_the_sample_are_places_in_torchvisions_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    raw = tmp_path / "data/FashionMNIST/raw"
    os.makedirs(raw)
    for file in PACKAGED.glob("*.gz"):
        (raw / file.stem).write_bytes(gzip.decompress(file.read_bytes()))
    spec = make_spec("fdmat", dataset=Choice("fashion_mnist_8k"), backbone=Choice("pixels"), corruption=FLIPPED)
    data = run_data = datasets.load("fashion_mnist_8k").split("train")
    ids, targets = data.ids[::100], (data.labels[::100] + 1) % 10
    np.save("kept.npy", np.rec.fromarrays([ids, targets], names="id,final"))
    loader, names = loaders.loader(spec, "kept.npy", "images"), {}
    assert "FashionMNIST(train=True)" in loader.words and "10% of labels flipped" in loader.words
    exec(loader.torch, names)
    x, y = batches(names)
    images = run_data.images_of(ids)[..., 0]
    pairs = {(image.tobytes(), label) for image, label in zip(images, targets.tolist(), strict=True)}
    seen = np.round(x[:, 0] * 255).astype(np.uint8)
    assert {(image.tobytes(), label) for image, label in zip(seen, y.tolist(), strict=True)} == pairs


def test_where_items_were_changed_they_are_read_from_this_program():
    spec = make_spec("fdmat", dataset=Choice("fashion_mnist_8k"), corruption=Choice.of("blurred", rate=0.1))
    found = loaders.loader(spec, "a.csv", "images")
    assert "Choice.of('blurred', rate=0.1)" in found.torch and "FashionMNIST(" not in found.torch
    assert "this program gives" in found.words


def test_a_file_that_no_code_reads_is_refused():
    with pytest.raises(ValueError, match=r"'a\.docx'; give one that ends in \.npy"):
        loaders.loader(make_spec(), "a.docx", "features")
