"""Every page as axe-core sees it, in both themes: no violation that it calls serious or critical."""

import json

import pytest

from fdmat_core.runs import settings
from tests.browser import driving
from tests.browser.tiny import SPEC

MODULES = driving.ROOT / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
PLACES = ("", "compare", "removed", "duplicates", "curves", "balance", "present", "data", "runs", "methods", "about")
#: Until the page has been at rest for a moment: nothing runs, nothing is still to come or faint because it is old.
REST = """async () => {
  const atRest = () => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
    && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')
    && document.getAnimations().every(one => one.playState !== 'running')
  for (let since = performance.now(); performance.now() - since < 600;) {
    if (!atRest()) since = performance.now()
    await new Promise(later => setTimeout(later, 50))
  }
}"""
#: Plotly's drawings are one picture each, with a name and a table beside them.
ASKED = "axe.run({ exclude: [['.js-plotly-plot']] }, { resultTypes: ['violations'] })"

pytestmark = pytest.mark.skipif(not MODULES.exists(), reason="node_modules is not there; run `npm ci`")


def test_axe_is_installed():
    assert AXE.is_file(), f"{AXE} is missing although node_modules is there; run `npm ci`"


@pytest.fixture(scope="module")
def visitor(chromium, app):
    """One page of one browser for all; it has no tour."""
    with chromium.new_context(viewport={"width": 1920, "height": 1080}, reduced_motion="reduce") as context:
        yield context.new_page()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place or "map")
def test_no_page_has_a_serious_fault(visitor, app, place):
    found = {}
    visitor.emulate_media(color_scheme="light")
    visitor.goto(driving.without_tour(f"{app}/{place}?run={settings.checked(SPEC).key}&kept=0.1"))
    visitor.wait_for_selector("[data-testid=stMain] :is(h1, h2, h3, canvas, button)", timeout=60_000)
    visitor.evaluate(AXE.read_text())
    for theme in ("light", "dark"):
        visitor.emulate_media(color_scheme=theme)
        found[theme] = faults(visitor)
    assert found == {"light": [], "dark": []}, json.dumps(found, indent=1)


def faults(page, tries=4):
    """The serious faults of a page; asked again, because a page that is drawn anew is faint for a moment."""
    found = []
    for _ in range(tries):
        page.evaluate(REST)
        found = [told for one in page.evaluate(ASKED)["violations"] for told in serious(one)]
        if not found:
            break
    return found


def serious(violation):
    """What is the matter and where, of a violation that is serious or critical."""
    if violation["impact"] not in ("serious", "critical"):
        return []
    return [(violation["id"], str(node["target"]), node["failureSummary"]) for node in violation["nodes"]]
