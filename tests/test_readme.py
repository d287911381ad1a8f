"""The README is true: its experiment runs, its method can be added, its table is the registry."""

import importlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CODE = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
TEST = re.search(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)[1]
sys.path.insert(0, str(ROOT / "scripts"))


def test_the_experiment_runs_and_fdmat_beats_random(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    exec(CODE[0], names)
    assert (tmp_path / "digits.html").stat().st_size > 1000
    means = names["curve"].groupby(["measure", "method", "kept"]).value.mean()
    partial = means["energy"].drop(1.0, level="kept")
    assert (partial["fdmat"] < partial["random"]).all()
    assert len(CODE[0].strip().splitlines()) <= 15


def test_the_example_method_works_and_passes_the_test_that_is_shown_for_it(table):
    from fdmat_core import registry, selection

    names = {}
    try:
        exec(CODE[2], names)
        kept = selection.coreset(table, "closest_to_mean", 5, balance="none")
        exec(TEST, names)
        names["test_known_answer"]()
    finally:
        registry.methods._entries.pop("closest_to_mean", None)
    distance = ((table.embedding - table.embedding.mean(axis=0)) ** 2).sum(axis=1)
    assert set(kept.rows) == set(distance.argsort()[:5])


def test_the_selection_from_python_finds_the_mistake():
    names = {}
    exec(CODE[1], names)
    assert names["found"].reasons[7] == "suspected mislabelled" and len(names["found"].ids) == 40
    assert "suspected mislabelled" not in names["bare"].reasons and len(names["bare"].ids) == 40


def test_the_table_of_methods_is_the_registry():
    readme_methods = importlib.import_module("readme_methods")

    assert readme_methods.render(README) == README


def test_the_two_commands_are_there():
    assert "pip install -r requirements.txt && streamlit run app.py" in README
    assert "pip install -r requirements-dev.txt && pytest" in README
