"""The whole app in a real browser: deep links, both themes, and nothing asked of the network."""

from urllib.parse import urlparse

import pytest

from tests.browser import driving

INK = "(e => e && getComputedStyle(e).fill)(document.querySelector('.js-plotly-plot .ytick text'))"
PLACES = ["", "curves", "balance", "data", "runs", "methods"]
TITLES = {"data": "Data", "runs": "Runs", "methods": "Method notes"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The address of the app, with a store of its own, that nobody has visited yet."""
    home = {"FDMAT_HOME": str(tmp_path_factory.mktemp("home"))}
    with driving.server(driving.ROOT / "app.py", home) as address:
        yield address


def arrive(page, address):
    page.goto(driving.without_tour(address))
    page.wait_for_selector('[data-testid=stApp][data-test-script-state="notRunning"]', timeout=60_000)
    page.wait_for_timeout(500)


def test_the_first_visitor_may_come_by_a_deep_link(page, app):
    arrive(page, f"{app}/runs?kept=0.3")
    assert page.inner_text("h1") == "Runs"
    assert "Page not found" not in page.inner_text("body")
    assert "kept=0.3" in page.url


def test_the_map_has_an_address_of_its_own(page, app):
    arrive(page, f"{app}/map?kept=0.3")
    assert page.url.startswith(f"{app}/?kept=0.3")
    assert "Page not found" not in page.inner_text("body") and page.get_by_text("Open the sample run").count()


def test_back_leads_to_the_page_before_at_once(page, app):
    arrive(page, f"{app}/data?kept=0.15&method=herding")
    for name, title in (("Runs", "Runs"), ("Method notes", "Method notes")):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_selector(f"h1:has-text('{title}')")
        page.wait_for_function("location.search.includes('kept=0.15')")
    for title in ("Runs", "Data"):
        page.go_back()
        page.wait_for_selector(f"h1:has-text('{title}')")
        page.wait_for_timeout(500)
    assert "/data?" in page.url and "kept=0.15" in page.url


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_asked_of_the_network_and_nothing_is_wider_than_the_screen(page, app, place):
    hosts = set()
    page.on("request", lambda request: hosts.add(urlparse(request.url).hostname))
    arrive(page, f"{app}/{place}")
    assert hosts - {None} == {"127.0.0.1"}
    assert page.evaluate("(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-testid=stMain]'))") == 0
    assert place not in TITLES or page.inner_text("h1") == TITLES[place]


def test_charts_take_the_ink_of_the_theme_and_follow_when_it_changes(page, app):
    page.emulate_media(color_scheme="light")
    arrive(page, f"{app}/data")
    page.wait_for_function(f"{INK} === 'rgb(95, 107, 120)'", timeout=60_000)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{INK} === 'rgb(154, 166, 178)'", timeout=60_000)


def test_choices_stay_in_the_link_from_page_to_page(page, app):
    arrive(page, f"{app}/data?kept=0.15&method=herding")
    page.get_by_role("link", name="Method notes").click()
    page.wait_for_selector("h1:has-text('Method notes')")
    page.wait_for_function("location.search.includes('kept=0.15') && location.search.includes('method=herding')")
