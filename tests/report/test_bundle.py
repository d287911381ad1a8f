"""A bundle: what is in it is what the store says, and its spec makes the same run."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from fdmat_core import cli
from fdmat_core.report import bundle
from fdmat_core.runs import exchange, library
from fdmat_core.spec import Choice


@pytest.fixture
def held(run):
    """What the files of the bundle hold, by their names."""
    with zipfile.ZipFile(io.BytesIO(bundle.content(run, kept=0.05))) as file:
        (folder,) = {name.partition("/")[0] for name in file.namelist()}
        assert folder == "digits_symmetric-10pct"
        return {name.removeprefix(f"{folder}/"): file.read(name) for name in file.namelist()}


def test_selections_are_those_of_the_exchange(run, held):
    for name, method in (("fdmat", Choice("fdmat")), ("ccs", Choice("ccs")), ("random", Choice("random"))):
        for kept in (0.05, 0.2):
            ids = np.load(io.BytesIO(held[f"selections/{name}_{100 * kept:g}pct.npy"]))
            assert ids["id"].tolist() == exchange.selected(run, method, kept)["id"].tolist()
    table = pd.read_csv(io.BytesIO(held["selections/fdmat_5pct.csv"]))
    assert table["id"].tolist() == exchange.selected(run, Choice("fdmat"), 0.05)["id"].tolist()


def test_tables_figures_and_the_report_are_in_it(run, held):
    curves = pd.read_csv(io.BytesIO(held["tables/curves.csv"]))
    assert len(curves) == len(run.curve()) and set(curves["measure"]) == {"energy", "linear_probe"}
    assert len(pd.read_csv(io.BytesIO(held["tables/issues.csv"]))) == run.tables[0].n
    assert held["tables/decisions.csv"].startswith(b"item,decision,label")
    figures = [name for name in held if name.startswith("figures/")]
    assert "figures/digits_symmetric-10pct_curve_linear-probe.svg" in figures
    assert "figures/digits_symmetric-10pct_fdmat_5pct_classes.svg" in figures
    for name in figures:
        words = held[name].decode()
        assert words.startswith("<svg ") and "FDMat at 5% kept" in words and run.key in words
    assert held["report.html"].startswith(b"<!DOCTYPE html>") and run.key in held["README.txt"].decode()


def test_the_same_run_gives_the_same_bytes(run):
    assert bundle.content(run) == bundle.content(run)


def test_its_spec_makes_the_run_again_and_versions_that_differ_are_told(run, held, tmp_path, capsys):
    (tmp_path / "spec.json").write_bytes(held["spec.json"])
    told = json.loads(held["versions.json"])
    assert told["run"] == run.key
    (tmp_path / "versions.json").write_text(json.dumps(told | {"numpy": "0.1", "pandas": 3}))
    assert cli.main(["run", "--spec", str(tmp_path / "spec.json")]) == 0
    printed = capsys.readouterr()
    assert printed.out.strip() == run.key and library.listing() == [run.key]
    assert f"note: made with numpy 0.1, here runs {np.__version__}" in printed.err and "pandas" not in printed.err


@pytest.mark.parametrize(
    "content",
    [
        '{"dataset": {"name": ["digits"]}, "backbone": "pixels", "methods": ["fdmat"], "measures": []}',
        '{"dataset": "digits", "backbone": "pixels", "methods": "fdmat", "measures": []}',
        '{"dataset": "../../x", "backbone": "pixels", "methods": ["fdmat"], "measures": []}',
        '{"dataset": "digits", "backbone": "pixels", "methods": ["fdmat"], "measures": [], "fractions": [NaN]}',
        "[" * 100_000,
    ],
)
def test_a_spec_that_is_none_is_refused_in_a_line(run, content, tmp_path, capsys):
    (tmp_path / "spec.json").write_text(content)
    assert cli.main(["run", "--spec", str(tmp_path / "spec.json")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1 and library.listing() == [run.key]


def test_the_commands_write_what_the_library_makes(run, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["report", run.key[:6], "--methods", "fdmat,random", "--kept", "0.2"]) == 0
    assert capsys.readouterr().out.startswith("digits_symmetric-10pct_fdmat_20pct_report.html: ")
    assert (tmp_path / "digits_symmetric-10pct_fdmat_20pct_report.html").read_text().startswith("<!DOCTYPE html>")
    assert cli.main(["bundle", run.key[:6], "--out", "all.zip"]) == 0
    assert (tmp_path / "all.zip").read_bytes() == bundle.content(run)
    assert cli.main(["bundle", run.key[:6], "--out", "all.tar"]) == 2
    assert "let it end in .zip" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all.zip",
        "digits_symmetric-10pct_fdmat_20pct_report.html",
    ]
