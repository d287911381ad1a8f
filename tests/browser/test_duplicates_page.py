"""The Duplicates page in a real browser: a search in its own process, groups with pictures, a decision and back."""

import pytest

from fdmat_core.runs import decisions, duplicates, settings
from fdmat_core.runs.duplicates import Asked
from fdmat_core.runs.run import Run
from tests.browser.tiny import SPEC


@pytest.fixture
def run(stored, monkeypatch):
    """The run of the app; this process reads the store that the app reads."""
    monkeypatch.setenv("FDMAT_HOME", str(stored))
    return Run(settings.checked(SPEC))


def test_copies_are_looked_for_shown_dropped_and_taken_back(page, app, run):
    page.goto(f"{app}/duplicates?run={run.key}")
    page.get_by_role("button", name="Look for copies").click()
    page.wait_for_selector(".copies figure", timeout=120_000)
    plan = duplicates.plan(run, duplicates.find(run), Asked("pixels", 0.22))
    items = {int(run.tables[0].ids[row]) for row in plan.drops}
    assert items and page.locator(".copies .kept").count() == min(12, len(plan.groups))
    page.wait_for_function("[...document.querySelectorAll('.copies img')].every(it => it.naturalWidth > 0)")
    page.get_by_role("button", name=f"Drop {len(items)} item").click()
    page.get_by_role("button", name="Take back").wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")  # faster than people click
    found = decisions.current(run.dataset_key)
    assert items <= set(found[found["decision"] == "drop"]["item"])
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("button", name=f"Drop {len(items)} item").wait_for()
    assert not items & set(decisions.current(run.dataset_key)["item"])
