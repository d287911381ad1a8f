"""`fdmat app`: what is handed on to Streamlit."""

import os
import runpy
import sys
from pathlib import Path

import pytest

from fdmat_core import cli, serve

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What the command sets is gone after a test."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


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
    cli.main(["app", "--port", "8600", "--address", "0.0.0.0", "--no-browser", "--open"])
    assert started[0][4:] == ["--server.port=8600", "--server.address=0.0.0.0", "--server.headless=true"]


def test_an_installed_app_lies_in_its_own_folder_beside_the_library(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "PLACE", tmp_path)
    assert serve.script() == tmp_path / "app.py"
    (tmp_path / "fdmat_explorer").mkdir()
    (tmp_path / "fdmat_explorer" / "app.py").touch()
    assert serve.script() == tmp_path / "fdmat_explorer" / "app.py"


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "::", "explorer.example.org"])
def test_an_address_that_others_reach_asks_who_may_come_in(started, capsys, address):
    assert cli.main(["app", "--address", address]) == 2 and started == []
    said = capsys.readouterr().err
    assert "others can reach" in said and "--token new" in said and "--login" in said
    assert cli.main(["app", "--address", address, "--token", "a-word-of-length"]) == 0 and len(started) == 1
    assert os.environ["FDMAT_TOKEN"] == "a-word-of-length"
    assert "/?token=a-word-of-length" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["", "localhost", "127.0.0.1", "127.3.2.1", "::1"])
def test_this_machine_alone_asks_nothing(started, capsys, address):
    assert cli.main(["app", "--address", address] if address else ["app"]) == 0
    assert capsys.readouterr().err == "" and "FDMAT_TOKEN" not in os.environ


def test_a_token_is_made_or_long_enough(started, capsys):
    assert cli.main(["app", "--address", "0.0.0.0", "--token", "short"]) == 2
    assert "5 letters" in capsys.readouterr().err
    cli.main(["app", "--address", "0.0.0.0", "--token", "new", "--host", "a.example", "--host", "b.example"])
    assert len(os.environ["FDMAT_TOKEN"]) == 32 and os.environ["FDMAT_HOSTS"] == "a.example,b.example"
    assert os.environ["FDMAT_TOKEN"] in capsys.readouterr().err


def test_an_address_of_the_environment_counts_too(started, capsys, monkeypatch):
    monkeypatch.setitem(os.environ, "STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    assert cli.main(["app"]) == 2 and "others can reach" in capsys.readouterr().err
