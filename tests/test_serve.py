"""`fdmat app`: what is handed on to Streamlit."""

import runpy
import sys
from pathlib import Path

import pytest

from fdmat_core import cli, serve

ROOT = Path(__file__).parent.parent


@pytest.fixture
def started(monkeypatch):
    """What would have been started: the modules, with their arguments."""
    started = []
    monkeypatch.setattr(sys, "argv", ["fdmat"])
    monkeypatch.setattr(runpy, "run_module", lambda name, run_name: started.append([run_name, name, *sys.argv[1:]]))
    return started


def test_the_app_of_the_repository_is_served(started):
    assert cli.main(["app"]) == 0
    assert started == [["__main__", "streamlit", "run", str(ROOT / "app.py")]]


def test_what_users_ask_for_is_handed_on(started):
    cli.main(["app", "--port", "8600", "--address", "0.0.0.0", "--no-browser"])
    assert started[0][4:] == ["--server.port=8600", "--server.address=0.0.0.0", "--server.headless=true"]


def test_an_installed_app_lies_in_its_own_folder_beside_the_library(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "PLACE", tmp_path)
    assert serve.script() == tmp_path / "app.py"
    (tmp_path / "fdmat_explorer").mkdir()
    (tmp_path / "fdmat_explorer" / "app.py").touch()
    assert serve.script() == tmp_path / "fdmat_explorer" / "app.py"
