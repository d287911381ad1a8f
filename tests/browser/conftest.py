"""One server and one browser for all browser tests; they are skipped where no Chromium is installed."""

import os
import subprocess
import sys

import pytest

from tests.browser import driving


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
            if driving.browser_path() is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium found; set FDMAT_CHROMIUM to its path"))


@pytest.fixture(scope="session")
def chromium():
    with driving.chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def harness():
    """The address of the page that holds only the map."""
    with driving.server(driving.HARNESS) as address:
        yield address


@pytest.fixture(scope="session")
def stored(tmp_path_factory):
    """A store that holds the tiny run."""
    home = tmp_path_factory.mktemp("home")
    env = os.environ | {"FDMAT_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "tests.browser.tiny"], cwd=driving.ROOT, env=env, check=True)
    return home


@pytest.fixture(scope="session")
def app(stored):
    """The address of the whole app, with the tiny run in its store."""
    with driving.server(driving.ROOT / "app.py", {"FDMAT_HOME": str(stored)}) as address:
        yield address


@pytest.fixture
def page(chromium):
    """An empty page; a test fails if the page reports an error."""
    errors = []
    with chromium.new_context(viewport={"width": 1920, "height": 1080}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []
