"""From somebody's own file to what is kept by one command, on small files in their real format, and to its cards."""

import numpy as np
import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from fdmat_core import cli, projection
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.map import scene
from pages.removed import items
from pages.ui import fields
from tests.datasets.test_torchvision import cifar

assert cifar  # the fixture
FDMAT = Choice("fdmat")
QUICK = ("--methods", "fdmat,random", "--measures", "energy", "--fractions", "0.1,1", "--band", "2", "--seeds", "1")


@pytest.fixture
def said():
    """What the command line has said besides the key, a text for each run."""
    return []


@pytest.fixture
def made(capsys, monkeypatch, said):
    """Run one command on a path, and give the run. UMAP, which compiles, is left out."""
    monkeypatch.setattr(projection, "umap", lambda table, seed=0: projection.pca(table))

    def run(path, *flags):
        status = cli.main(["run", "--data", str(path), *QUICK, *flags])
        out, err = capsys.readouterr()
        assert status == 0, err
        said.append(err)
        return Run.open(out.strip())

    return run


def exported(run, file):
    """The ids that FDMat keeps of a tenth, as a file says."""
    assert cli.main(["export", run.key, "--method", "fdmat", "--kept", "0.1", "--to", str(file)]) == 0
    return pd.read_csv(file)


def embeddings(file, n):
    """Two clouds of embeddings as others store them, with a text and an id of its own for every row."""
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 2, n)
    x = rng.standard_normal((n, 16)) + 3 * kind[:, None]
    ids = rng.permutation(10 * n)[:n] + 2**40
    texts = [f"note {item} about {('cats', 'dogs')[one]}" for item, one in zip(ids, kind, strict=True)]
    frame = pd.DataFrame({"id": ids, "embedding": list(x.astype(np.float32)), "label": kind, "text": texts})
    frame.to_parquet(file)
    return frame.set_index("id")


def test_a_parquet_of_embeddings_with_text(made, tmp_path):
    frame = embeddings(tmp_path / "notes.parquet", 1500)
    run = made(tmp_path / "notes.parquet")
    train, test = run.tables
    assert sorted([*train.ids, *test.ids]) == sorted(frame.index) and train.n == 1200
    assert np.array_equal(train.embedding, np.stack(list(frame["embedding"][train.ids])))
    assert [int(train.classes[label]) for label in train.labels] == frame["label"][train.ids].tolist()

    kept = exported(run, tmp_path / "kept.csv")["id"]
    assert (
        kept.tolist() == run.rankings(FDMAT).cut(0.1).ids.tolist() and set(kept) <= set(train.ids) and len(kept) == 120
    )

    item = int(kept[0])
    view = scene.Scene(run, FDMAT, train, run.projection, run.rankings(FDMAT))
    assert view.cards(np.flatnonzero(train.ids == item))[0].text == frame["text"][item]
    words = f"words/{run.key}"
    for picture in (view, items.Items(run, FDMAT, run.rankings(FDMAT))):
        assert words.encode() in picture.packed()[:4000]
    client = TestClient(Starlette(routes=fields.routes()))
    assert client.get(f"/{words}?items={item}").json()["items"][str(item)]["short"] == frame["text"][item]


def test_a_folder_of_cifar_batches(made, cifar, tmp_path):
    run = made(cifar, "--backbone", "pixels(size=8)")
    assert dict(run.spec.dataset.params) == {"path": str(cifar), "which": "CIFAR10"}
    train, test = run.tables
    assert train.ids.tolist() == list(range(100)) and test.ids.tolist() == list(range(100, 120))
    assert train.labels.tolist() == [*range(10)] * 10 and train.embedding.shape == (100, 3 * 8 * 8)
    kept = exported(run, tmp_path / "kept.csv")
    assert len(kept) == 10 and set(kept["id"]) <= set(range(100))
    assert kept["given_label"].tolist() == [f"thing {item % 20 % 10}" for item in kept["id"]]


def test_the_smallest_network_of_timm_with_random_weights(made, cifar, said):
    pytest.importorskip("timm")
    run = made(cifar, "--backbone", "timm(model=test_vit.r160_in1k, weights=random)")
    assert "note: weights is 'random': test_vit.r160_in1k is used untrained" in said[-1]
    train, _ = run.tables
    assert train.embedding.shape == (100, 64) and len(run.rankings(FDMAT).cut(0.1).ids) == 10
    assert np.ptp(train.embedding, axis=0).max() > 0
