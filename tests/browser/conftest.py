"""One server and one browser for all browser tests; they are skipped where no Chromium is installed."""

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


@pytest.fixture
def page(chromium):
    """An empty page; a test fails if the page reports an error."""
    errors = []
    with chromium.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    assert errors == []
