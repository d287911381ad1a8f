"""The Map page in a real browser, on a small stored run: what follows the slider, and what a link brings back."""

import re
from urllib.parse import urljoin

import numpy as np
import pytest

from fdmat_core.analysis import summary
from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from tests.browser import driving
from tests.browser.driving import place_of
from tests.browser.tiny import SPEC

FDMAT, RANDOM, MODERATE = SPEC.methods


@pytest.fixture
def store(stored, monkeypatch):
    """This process reads the store that the app reads."""
    monkeypatch.setenv("FDMAT_HOME", str(stored))


@pytest.fixture
def on_page(page, app, store):
    driving.open_map(page, f"{app}/?run={settings.checked(SPEC).key}&kept=0.5")
    page.wait_for_selector(".cards img")
    return page


def shown(page, text):
    page.wait_for_function(
        "text => document.querySelector('.numbers')?.innerText.includes(text)", arg=text, timeout=8000
    )


def gallery(page):
    return [int(item) for item in page.eval_on_selector_all(".cards figure", "all => all.map(one => one.dataset.item)")]


def wait_for_gallery(page, ids):
    want = [int(item) for item in ids]
    page.wait_for_function(
        "want => String([...document.querySelectorAll('.cards figure')].map(it => +it.dataset.item)) === String(want)",
        arg=want,
        timeout=8000,
    )


def test_the_numbers_are_those_of_the_store_at_the_share_kept(on_page):
    driving.slide_to(on_page, place_of(0.1))
    shown(on_page, "at 10% kept")
    table = summary.by_size(Run(SPEC).curve(), "sliced_wasserstein")
    reading = summary.nearest(table, "fdmat", 0.1, Run(SPEC).planned.values())
    shown(on_page, f"{reading.value:.3g}")
    shown(on_page, f"random {reading.random:.3g}")
    ranking, train = Run(SPEC).ranking(FDMAT), Run(SPEC).dataset().split("train")
    noisy = train.truth.bad
    k = driving.look(on_page, "slider.k")
    assert k == round(0.1 * len(noisy))
    shown(on_page, f"{noisy[ranking.order[k:]].sum()} of {noisy.sum()}")


def test_the_gallery_shows_what_is_removed_next_and_last(on_page):
    driving.slide_to(on_page, place_of(0.05))
    shown(on_page, "at 5% kept")
    table = Run(SPEC).tables[0]
    next_out, last_out = Run(SPEC).rankings(FDMAT).boundary(0.05, 12)
    wait_for_gallery(on_page, table.ids[next_out])
    on_page.get_by_role("radio", name="Removed last").click()
    wait_for_gallery(on_page, table.ids[last_out])


def test_pictures_come_one_by_one_from_the_server(on_page):
    on_page.wait_for_function("[...document.querySelectorAll('.cards img')].every(image => image.naturalWidth > 50)")
    source = on_page.locator(".cards img").first.get_attribute("src")
    answer = on_page.request.get(urljoin(on_page.url, source))
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["nobody/0/1", "%2e%2e%2f%2e%2e/0/1", "{key}/{features}/999999", "{key}/{features}/x", "{key}/0/{item}"]
)
def test_no_picture_of_what_is_not_there(on_page, app, path):
    run = Run(SPEC)
    there = path.format(key=run.key, features=run.features_key, item=run.tables[0].ids[0])
    answer = on_page.request.get(f"{app}/thumb/{there}")
    assert answer.headers.get("content-type") != "image/png"


def test_the_line_over_the_curves_follows_the_slider_at_once(on_page):
    on_page.wait_for_selector(".st-key-curves .js-plotly-plot .xaxislayer-above", state="attached")
    left = "parseFloat(getComputedStyle(document.querySelector('.st-key-curves'), '::after').left)"
    for fraction in (0.5, 0.1, 0.01):
        driving.slide_to(on_page, place_of(fraction))
        axis = """document.querySelector('.st-key-curves .js-plotly-plot')._fullLayout.xaxis"""
        wanted = on_page.evaluate(f"{axis}._offset + {axis}.l2p(Math.log10({fraction}))")
        assert on_page.evaluate(left) == pytest.approx(wanted, abs=2)


def test_a_lasso_fills_the_gallery(on_page):
    box = on_page.locator("canvas.points").bounding_box()
    x, y, w, h = box["x"], box["y"], box["width"], box["height"]
    on_page.keyboard.press("l")
    on_page.mouse.move(x + 0.3 * w, y + 0.3 * h)
    on_page.mouse.down()
    for spot in [(0.6, 0.3), (0.6, 0.7), (0.3, 0.7)]:
        on_page.mouse.move(x + spot[0] * w, y + spot[1] * h)
    on_page.mouse.up()
    caught = driving.look(on_page, "lasso.rows")
    assert len(caught) > 12
    wait_for_gallery(on_page, Run(SPEC).tables[0].ids[caught[:12]])
    assert on_page.get_by_role("radio", name="Lasso", exact=True).get_attribute("aria-checked") == "true"


def test_another_method_keeps_camera_and_slider_and_changes_the_rest(on_page):
    driving.slide_to(on_page, place_of(0.1))
    shown(on_page, "at 10% kept")
    camera, before = driving.look(on_page, "camera"), gallery(on_page)
    on_page.keyboard.press("2")
    on_page.wait_for_url(re.compile("method=moderate"))
    on_page.wait_for_function(f"{driving.MAP}.points.method === 'Moderate'")
    assert driving.look(on_page, "camera") == camera
    assert driving.look(on_page, "slider.kept") == 0.1
    order = Run(SPEC).ranking(MODERATE).order
    assert [driving.look(on_page, f"rank[{row}]") for row in order[:3]] == [0, 1, 2]
    on_page.wait_for_function("before => document.querySelector('.cards figure').dataset.item != before", arg=before[0])


def test_a_link_brings_back_run_method_and_share_kept(on_page, chromium):
    driving.slide_to(on_page, place_of(0.05))
    on_page.wait_for_url(re.compile("kept=0.05"))
    on_page.get_by_role("radio", name="Random").click()
    on_page.wait_for_url(re.compile("method=random"))
    with chromium.new_context() as context:
        other = context.new_page()
        driving.open_map(other, on_page.url)
        assert driving.look(other, "slider.kept") == 0.05
        assert driving.look(other, "points.method") == "Random"


def test_the_slider_comes_back_from_another_page_where_it_was(on_page):
    driving.slide_to(on_page, place_of(0.05))
    on_page.wait_for_url(re.compile("kept=0.05"))
    on_page.get_by_role("link", name="Runs").click()
    on_page.wait_for_url(re.compile("/runs"))
    on_page.get_by_role("link", name="Map").first.click()
    on_page.wait_for_function(f"{driving.MAP}?.frames > 0")
    assert driving.look(on_page, "slider.kept") == 0.05
    driving.slide_to(on_page, place_of(0.5))
    on_page.wait_for_url(re.compile("kept=0.5"))


def test_a_picture_under_the_pointer_rings_its_point(on_page):
    item = gallery(on_page)[3]
    on_page.locator(".cards figure").nth(3).hover()
    row = int(np.flatnonzero(Run(SPEC).tables[0].ids == item)[0])
    on_page.wait_for_function(f"{driving.MAP}.hover === {row}")
    on_page.locator(".count").hover()
    on_page.wait_for_function(f"{driving.MAP}.hover === -1")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720)])
def test_nothing_scrolls_on_a_projector(on_page, width, height):
    on_page.set_viewport_size({"width": width, "height": height})
    on_page.wait_for_selector(".st-key-curves .js-plotly-plot")
    on_page.wait_for_timeout(400)
    ends = on_page.evaluate(
        "['.st-key-rail', '.cards'].map(name => document.querySelector(name).getBoundingClientRect().bottom)"
    )
    assert height - 60 < ends[1] <= ends[0] + 1 <= height
    heights = on_page.evaluate(
        "[document.querySelector('[data-testid=stMain]')].map(it => [it.scrollHeight, it.clientHeight])[0]"
    )
    assert heights[0] <= heights[1] == height


def test_on_a_narrow_map_the_tools_stand_under_the_colours(on_page):
    on_page.set_viewport_size({"width": 800, "height": 900})
    on_page.wait_for_timeout(400)
    modes, tools = (on_page.locator(f".fdmat-map .{name}").bounding_box() for name in ("modes", "actions"))
    assert modes["y"] + modes["height"] <= tools["y"] < modes["y"] + 2 * modes["height"]
    on_page.set_viewport_size({"width": 1280, "height": 720})
    on_page.wait_for_timeout(400)
    assert on_page.locator(".fdmat-map .actions").bounding_box()["y"] == pytest.approx(
        on_page.locator(".fdmat-map .modes").bounding_box()["y"], abs=1
    )


def test_words_that_find_no_room_push_nothing_aside(on_page):
    on_page.set_viewport_size({"width": 1000, "height": 720})
    on_page.wait_for_timeout(400)
    on_page.evaluate("document.querySelector('.st-key-switcher p').textContent = 'Much to say. '.repeat(20)")
    strip, title, numbers, least = on_page.evaluate(
        """[
            document.querySelector('.st-key-strip').clientHeight,
            (it => it.scrollWidth > it.clientWidth)(document.querySelector('.st-key-switcher p')),
            (it => it.scrollWidth - it.clientWidth)(document.querySelector('.numbers')),
            Math.min(...[...document.querySelectorAll('.numbers div')].map(it => it.clientWidth)),
        ]"""
    )
    assert (strip, title, numbers) == (48, True, 0) and least > 60


def test_a_move_of_the_page_costs_little_on_the_wire(on_page):
    on_page.wait_for_timeout(500)
    sizes = driving.count_wire(on_page)
    driving.move_once(on_page, place_of(0.01))
    shown(on_page, "at 1% kept")
    on_page.wait_for_timeout(300)
    # words only: the verdict and the numbers, as long as they come out, and twelve cards
    assert 0 < sum(sizes) < 6500


def test_a_card_is_reached_and_pressed_by_keyboard(on_page):
    card = on_page.locator(".cards figure[data-item]").nth(2)
    row = int(np.flatnonzero(Run(SPEC).tables[0].ids == int(card.get_attribute("data-item")))[0])
    on_page.locator(".cards figure[data-item]").nth(1).focus()
    on_page.keyboard.press("Tab")
    on_page.wait_for_function(f"{driving.MAP}.hover === {row}", timeout=8000)
    on_page.keyboard.press("Space")
    on_page.wait_for_function(f"{driving.MAP}.focus === {row}", timeout=8000)


def test_the_camera_flies_to_a_starved_cluster(on_page):
    driving.slide_to(on_page, place_of(0.05))
    shown(on_page, "at 5% kept")
    assert on_page.locator(".verdict").inner_text().startswith("5% kept: ")
    on_page.get_by_role("radio", name="Starved").click()
    first = on_page.locator(".cards figure[data-fly]").first
    assert re.search(r": covered [\d.]+%, deserves [\d.]+%$", first.inner_text())
    row = int(np.flatnonzero(Run(SPEC).tables[0].ids == int(first.get_attribute("data-item")))[0])
    first.press("Enter")
    on_page.wait_for_function(f"{driving.MAP}.focus === {row} && !{driving.MAP}.flight")
    camera, xy = driving.look(on_page, "camera"), Run(SPEC).projection.xy[row]
    assert (camera["x"], camera["y"]) == pytest.approx(tuple(xy), abs=1e-4) and camera["zoom"] > 3
