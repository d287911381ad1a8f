"""The same file gives the same data and the same ranking by the app, the command line and the library."""

import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fdmat_core import cli, datasets, selection
from fdmat_core.learning import features
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import places
from tests.pages.conftest import ROUTER

N = 24


def pictures(folder):
    for number in range(N):
        file = folder / ("flat", "split")[number % 2] / f"{number}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 90, (8, 8)) + 120 * (np.arange(8) < 4) * (number % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(file)
    return folder


def table():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((N, 4)), columns=list("abcd"))
    return frame.assign(label=["x", "y"] * (N // 2), text=[f"text {row}" for row in range(N)])


def folder(place):
    return pictures(place / "pets")


def zipped(place):
    pictures(place / "inside" / "pets")
    return shutil.make_archive(str(place / "pets"), "zip", place / "inside")


def listed(place):
    found = sorted(pictures(place / "pets").rglob("*.png"))
    frame = pd.DataFrame({"path": [file.relative_to(place) for file in found], "label": [f.parent.name for f in found]})
    frame.to_csv(place / "list.csv", index=False)
    return place / "list.csv"


def csv(place):
    table().to_csv(place / "t.csv")
    return place / "t.csv"


def parquet(place):
    table().to_parquet(place / "t.parquet")
    return place / "t.parquet"


def npz(place):
    np.savez(place / "t.npz", features=table()[list("abcd")], labels=table()["label"].to_numpy(str))
    return place / "t.npz"


def unlabelled(place):
    np.save(place / "t.npy", table()[list("abcd")].to_numpy())
    return place / "t.npy"


@pytest.mark.parametrize("write", [folder, zipped, listed, csv, parquet, npz, unlabelled])
def test_app_command_line_and_library_say_the_same(tmp_path, capsys, write):
    (tmp_path / "own").mkdir()
    path = str(write(tmp_path / "own"))
    data = datasets.open(path)
    assert {"train": 19 if not data.labelled else 20, "test": 5 if not data.labelled else 4} == {
        name: len(ids) for name, ids in data.splits.items()
    }

    app = AppTest.from_file(ROUTER, default_timeout=60).run()
    app.switch_page("../../" + str(places.DATA.relative_to(places.ROOT))).run()
    app.text_input(key="own_path").set_value(path).run()
    chosen = app.session_state["start"]
    assert not app.exception and datasets.load(chosen.dataset).key == data.key

    backbone = "given" if data.images is None else "pixels"
    flags = ("--methods", "fdmat,random", "--measures", "energy", "--fractions", "0.2,1", "--band", "2", "--seeds", "1")
    assert cli.main(["run", "--data", path, "--backbone", backbone, *flags]) == 0
    run = Run.open(capsys.readouterr().out.split()[-1])
    assert run.spec.dataset == chosen.dataset and run.dataset_key == data.key

    train, test = features.extract(data, backbone)
    for mine, stored in zip((train, test), run.tables, strict=True):
        assert np.array_equal(mine.ids, stored.ids) and np.array_equal(mine.labels, stored.labels)
        assert np.array_equal(mine.embedding, stored.embedding)
    assert np.array_equal(selection.rank(train, "fdmat").order, run.ranking(Choice("fdmat")).order)
