"""What `pip install .` installs: everything that the program reads, with what it needs, and nothing else."""

import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import fdmat_core

ROOT = Path(__file__).parent.parent
EXTRAS = ("efficientnet", "timm", "huggingface", "hf-datasets", "heif")
#: What no test of CI needs.
FURTHER = ("ray",)
#: Submits a run as the app does, waits until its process has something to report, prints that and cancels it.
JOB = """
import time
from fdmat_core import Choice, Spec
from fdmat_core.runs import jobs
key = jobs.submit(Spec(Choice("digits"), Choice("pixels"), (Choice("random"),), (Choice("energy"),)))
while (status := jobs.status(key)).state == "queued":
    time.sleep(0.05)
print(status.state)
jobs.cancel(key)
"""


@pytest.fixture
def wheel(monkeypatch):
    """The wheel as the build configuration describes it, not built."""
    monkeypatch.chdir(ROOT)
    return WheelBuilder(str(ROOT))


def requirements(name):
    """The requirements in one of our lists, as pip compares them: in lower letters, `-` for `_`."""
    lines = (ROOT / name).read_text().splitlines()
    return {line.lower().replace("_", "-") for line in lines if line and line[0] not in "-#"}


def files(*folders):
    """Every file of ours in some folders."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


def held(names):
    """What a wheel holds of the repository, each file by its place there."""
    return {name.removeprefix("fdmat_explorer/") for name in names if ".dist-info/" not in name}


def test_the_wheel_holds_every_file_of_the_library_and_the_app_and_nothing_else(wheel):
    names = {file.distribution_path for file in wheel.recurse_included_files()}
    assert held(names) == files("fdmat_core", "pages", ".streamlit") | {"app.py"}
    assert {name.partition("/")[0] for name in names} == {"fdmat_core", "fdmat_explorer"}


def test_the_dependencies_are_those_of_requirements_txt(wheel):
    core = wheel.metadata.core
    assert set(core.dependencies) == requirements("requirements.txt")
    optional = {name: set(needed) for name, needed in core.optional_dependencies.items()}
    extras = {name: requirements(f"requirements-{name}.txt") for name in EXTRAS}
    dev = {"dev": requirements("requirements-dev.txt").union(*extras.values())}
    assert optional == extras | dev | {name: requirements(f"requirements-{name}.txt") for name in FURTHER}


def test_each_requirement_states_its_lowest_version():
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        *(f"requirements-{name}.txt" for name in EXTRAS + FURTHER),
    ):
        for line in requirements(name):
            assert re.fullmatch(r"[\w-]+(\[\w+\])?>=[\d.]+", line), line


def test_the_version_stands_in_one_place(wheel):
    assert wheel.metadata.version == fdmat_core.__version__
    assert not re.search(r"^version", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert f"## [{fdmat_core.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_command_is_the_command_line(wheel):
    from fdmat_core import cli

    assert set(wheel.metadata.core.scripts) == {"fdmat"}
    assert EntryPoint("fdmat", wheel.metadata.core.scripts["fdmat"], "console_scripts").load() is cli.main


@pytest.mark.slow
def test_the_built_wheel_works_from_another_folder(tmp_path):
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    built, place = tmp_path / "dist", tmp_path / "place"
    subprocess.run([*pip, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", built, ROOT], check=True)
    (file,) = built.iterdir()
    assert held(zipfile.ZipFile(file).namelist()) == files("fdmat_core", "pages", ".streamlit") | {"app.py"}
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", "--target", place, file], check=True)
    away = tmp_path / "away"
    away.mkdir()
    (away / "random.py").write_text("raise SystemExit('a file of the user is taken for the library of that name')")
    env = os.environ | {"PYTHONPATH": str(place)}

    def answer(*command):
        return subprocess.run(command, cwd=away, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout

    fdmat = place / "bin" / "fdmat"
    assert answer(fdmat, "--version") == f"{fdmat_core.__version__}\n"
    assert "fashion_mnist_8k" in answer(fdmat, "list", "datasets")
    where = answer(sys.executable, "-P", "-c", "from fdmat_core import serve; print(serve.script())").strip()
    assert where == str(place / "fdmat_explorer" / "app.py")
    assert answer(sys.executable, "-P", "-c", JOB) == "running\n"
