"""A talk in a real browser: its keys, the sweep, a story that is recorded and told, and the tour of a first visit."""

import json

import pytest

from fdmat_core.runs import settings, stories
from fdmat_core.runs.stories import Step, Story
from tests.browser import driving
from tests.browser.test_links import draw_lasso
from tests.browser.tiny import SPEC

KEY = settings.checked(SPEC).key
TALK = f"{driving.HOSTS}.map(it => it.shadowRoot?.fdmat?.picture?.state).find(it => it?.story)"
STEPS = (
    Step(KEY, method="fdmat", kept=0.5, caption="All of this."),
    Step(KEY, method="moderate", kept=0.1, colour="class", camera="0.4_0.6_3", caption="Nearer."),
    Step("gone", method="fdmat", caption="Not here."),
    Step(KEY, method="fdmat", kept=0.05, colour="noise", caption="Noise."),
)


@pytest.fixture
def talk(page, app, stored, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(stored))
    stories.save(Story("Talk", STEPS))
    page.goto(f"{app}/present?run={KEY}&story=Talk&step=1")
    page.wait_for_function(f"{TALK}?.picture?.state.frames > 0 && {TALK}.picture.state.screen", timeout=60_000)
    return page


def look(page, expression):
    return page.evaluate(f"(() => {{ const talk = {TALK}, map = talk.picture.state; return {expression} }})()")


def until(page, condition):
    page.wait_for_function(f"(() => {{ const talk = {TALK}, map = talk?.picture?.state; return {condition} }})()")


def test_the_arrows_walk_and_no_step_between_maps_asks_the_server(talk):
    sizes = driving.count_wire(talk)
    talk.keyboard.press("ArrowRight")
    until(talk, "map.points.method === 'Moderate' && map.slider.kept === 0.1 && !map.flight")
    assert look(talk, "[map.look.mode, map.camera.zoom, talk.at]") == ["class", 3, 1]
    assert "step=2" in talk.url
    assert talk.locator(".caption").inner_text() == "Nearer."
    assert sum(sizes) == 0
    talk.keyboard.press("ArrowRight")
    assert talk.locator(".missing").inner_text().startswith("This step shows run gone, which is not stored here")
    talk.keyboard.press("PageDown")
    until(talk, "map.points.method === 'FDMat' && map.slider.kept === 0.05 && map.look.mode === 'noise' && !map.flight")
    assert not look(talk, "map.camera.touched")
    talk.keyboard.press("Home")
    until(talk, "talk.at === 0 && map.slider.kept === 0.5")
    assert talk.locator(".place").inner_text() == "1 / 4"


def test_brackets_numbers_and_the_list_of_keys(talk):
    talk.keyboard.press("]")
    until(talk, "map.slider.kept === 0.1")
    talk.keyboard.press("[")
    until(talk, "map.slider.kept === 0.5")
    talk.keyboard.press("2")
    until(talk, "map.points.method === 'Moderate'")
    assert look(talk, "[map.slider.kept, talk.at]") == [0.5, 0]
    assert talk.locator(".method").inner_text() == "Moderate"
    talk.keyboard.press("?")
    assert talk.locator(".talk-slide > .keys").is_visible()
    talk.keyboard.press("Escape")
    assert talk.locator(".talk-slide > .keys").is_hidden()


def test_space_sweeps_to_the_least_and_back_and_stops(talk):
    talk.keyboard.press("Space")
    until(talk, "map.slider.place > 0.3")
    talk.keyboard.press("Space")
    place = look(talk, "map.slider.place")
    talk.wait_for_timeout(400)
    assert look(talk, "map.slider.place") == place < 1


def test_where_motion_is_unwelcome_steps_jump(page, app, stored, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(stored))
    stories.save(Story("Talk", STEPS))
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{app}/present?story=Talk&step=4")
    page.wait_for_function(f"{TALK}?.picture?.state.frames > 0", timeout=60_000)
    page.keyboard.press("End")
    page.keyboard.press("Home")
    until(page, "talk.at === 0 && map.points.method === 'FDMat'")
    assert look(page, "[map.flight, map.slider.kept]") == [None, 0.5]


def test_c_compares_and_escape_leaves_to_the_map_as_it_was(talk):
    talk.keyboard.press("c")
    source = talk.locator("iframe.page").get_attribute("src")
    for part in ("/compare?", f"run={KEY}", "a=fdmat", "b=random", "kept=0.5"):
        assert part in source
    talk.keyboard.press("Escape")
    until(talk, "!talk.comparing")
    talk.keyboard.press("ArrowRight")
    until(talk, "map.points.method === 'Moderate' && map.slider.kept === 0.1 && !map.flight")
    talk.keyboard.press("Escape")
    talk.wait_for_function(f"{driving.MAP}?.frames > 0 && !document.querySelector('iframe.page')", timeout=30_000)
    talk.wait_for_function("location.search.includes('colour=class') && !location.pathname.includes('present')")
    assert driving.look(talk, "points.method") == "Moderate"
    assert [driving.look(talk, part) for part in ("slider.kept", "camera.zoom", "look.mode")] == [0.1, 3, "class"]


def test_a_view_is_recorded_by_a_key_and_told_as_it_was(page, app, stored, monkeypatch):
    monkeypatch.setenv("FDMAT_HOME", str(stored))
    stories.delete("My story")
    driving.open_map(page, f"{app}/?run={KEY}&kept=0.1&method=moderate")
    page.get_by_role("radio", name="Class", exact=True).click()
    page.keyboard.press("+")
    draw_lasso(page)
    page.wait_for_function(f"{driving.MAP}.lasso.rows.length > 12")
    page.wait_for_timeout(400)
    page.keyboard.press("r")
    page.get_by_text("Step 1 of “My story” recorded").wait_for()
    seen = [driving.look(page, part) for part in ("lasso.rows", "camera.zoom", "slider.kept")]
    (step,) = stories.load("My story").steps
    assert (step.run, step.method, step.kept, step.colour) == (KEY, "moderate", 0.1, "class")
    page.goto(f"{app}/present?story=My+story&step=1")
    page.wait_for_function(f"{TALK}?.picture?.state.frames > 0 && !{TALK}.picture.state.flight", timeout=60_000)
    until(page, "map.slider.kept === 0.1 && map.look.mode === 'class'")
    assert look(page, "[map.lasso.rows, map.camera.zoom, map.slider.kept]") == seen
    stories.delete("My story")


def test_the_tour_shows_seven_places_once(page, app, stored):
    page.goto(f"{app}/?run={KEY}")
    tour = page.locator("dialog.fdmat-tour")
    tour.wait_for(timeout=60_000)
    places = []
    for _ in range(7):
        places.append(tour.locator(".place").inner_text())
        lit = tour.locator(".lit").bounding_box()
        card = tour.locator("section").bounding_box()
        assert lit["width"] > 40 and card["x"] >= 0 and card["y"] >= 0
        assert card["x"] + card["width"] <= 1920 and card["y"] + card["height"] <= 1080
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
    assert places == [f"{number} of 7" for number in range(1, 8)]
    assert tour.count() == 0
    assert json.loads(page.evaluate("localStorage.getItem('fdmat-tour')")) == 1
    page.reload()
    page.wait_for_function(f"{driving.MAP}?.frames > 0", timeout=60_000)
    page.wait_for_timeout(1000)
    assert tour.count() == 0


def test_escape_skips_the_tour(page, app, stored):
    page.goto(f"{app}/?run={KEY}")
    page.locator("dialog.fdmat-tour").wait_for(timeout=60_000)
    page.keyboard.press("Escape")
    page.wait_for_function("!document.querySelector('.fdmat-tour') && localStorage.getItem('fdmat-tour') === '1'")
