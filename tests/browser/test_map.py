"""The map in a real browser: the picture, the numbers and what Python hears."""

import re

import numpy as np
import pytest

from fdmat_core.web import files
from tests.browser import clouds, driving
from tests.browser.driving import place_of

N = 8000
BLUE = """(() => {
  const { canvas } = MAP.elements, pen = canvas.getContext("2d")
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data
  let blue = 0
  for (let i = 0; i < pixels.length; i += 4) if (!pixels[i] && pixels[i + 1] === 0x72 && pixels[i + 2] === 0xb2) blue++
  return blue
})()""".replace("MAP", driving.MAP)


PIXELS = """(() => {
  const { canvas } = MAP.elements
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  return new Uint32Array(data.buffer).reduce((sum, pixel) => (sum * 31 + pixel) >>> 0, 7)
})()""".replace("MAP", driving.MAP)


@pytest.fixture
def on_map(page, harness):
    driving.open_map(page, f"{harness}/?n={N}&kept=0.5")
    return page


@pytest.fixture(scope="module")
def points():
    return clouds.cloud(N, False)


def heard(page, what):
    """What the harness page says that Python has heard, once it says so."""
    page.wait_for_function("text => document.body.innerText.includes(text)", arg=what, timeout=5000)
    return page.get_by_text("heard kept=").inner_text()


def kept_rows(page):
    return driving.look(page, "rank.reduce((rows, rank, row) => rank < map.slider.k ? [...rows, row] : rows, [])")


def stage_point(page, xy):
    """Where data coordinates lie on the screen, from the camera's own numbers."""
    camera = driving.look(page, "camera")
    box = page.locator("canvas.points").bounding_box()
    x = box["x"] + box["width"] / 2 + (xy[0] - camera["x"]) * camera["scale"]
    return x, box["y"] + box["height"] / 2 - (xy[1] - camera["y"]) * camera["scale"]


def test_dragging_the_slider_turns_blue_pixels_grey(on_map):
    driving.slide_to(on_map, 0)
    everything = on_map.evaluate(BLUE)
    driving.slide_to(on_map, place_of(0.05))
    heard(on_map, "kept=0.05")
    assert 0 < on_map.evaluate(BLUE) < 0.5 * everything


def test_the_count_follows_the_thumb_before_it_rests(on_map):
    box = on_map.locator("input.kept-slider").bounding_box()
    x = [box["x"] + 16 + place_of(fraction) * (box["width"] - 32) for fraction in (0.5, 0.05)]
    on_map.mouse.move(x[0], box["y"] + box["height"] / 2)
    on_map.mouse.down()
    on_map.mouse.move(x[1], box["y"] + box["height"] / 2, steps=4)
    assert on_map.locator("p.count").inner_text() == "kept 400 of 8,000 (5.0%) · pruned 7,600 (95.0%)"
    on_map.mouse.up()


def test_the_kept_rows_are_the_first_of_the_order(on_map):
    driving.slide_to(on_map, place_of(0.1))
    assert driving.look(on_map, "slider.k") == 800
    assert kept_rows(on_map) == list(range(100, 900))  # method A keeps the rows from the 100th on


def test_the_slider_and_the_picture_have_words(on_map):
    driving.slide_to(on_map, place_of(0.05))
    slider = on_map.locator("input.kept-slider")
    assert slider.evaluate("it => it.ariaValueText") == "5.0% kept, 400 of 8,000 items"
    words = on_map.locator("canvas.points").evaluate("it => it.ariaLabel")
    assert "map of 8,000 items" in words
    assert "kept 400 of 8,000" in words


def test_keys_move_the_slider_by_steps_and_by_measured_sizes(on_map):
    keys = on_map.keyboard
    before = driving.look(on_map, "slider.place")
    keys.press("ArrowRight")
    assert driving.look(on_map, "slider.place") == pytest.approx(before + 0.01, abs=1e-3)
    keys.press("Shift+ArrowLeft")
    assert driving.look(on_map, "slider.place") == pytest.approx(before - 0.04, abs=1e-3)
    keys.press("]")
    assert driving.look(on_map, "slider.kept") == 0.5
    keys.press("]")
    assert driving.look(on_map, "slider.kept") == 0.3
    keys.press("[")
    keys.press("[")
    assert driving.look(on_map, "slider.kept") == 0.7
    keys.press("Home")
    assert driving.look(on_map, "slider.k") == N
    keys.press("End")
    assert driving.look(on_map, "slider.k") == 8
    heard(on_map, "kept=0.001")


def test_a_lasso_sends_python_exactly_the_items_inside(on_map, points):
    corner, opposite = (np.round(stage_point(on_map, spot)) for spot in [(3.0, -7.0), (9.0, 2.0)])
    spots = [corner, (opposite[0], corner[1]), opposite, (corner[0], opposite[1])]
    on_map.keyboard.press("l")
    on_map.mouse.move(*spots[0])
    on_map.mouse.down()
    for spot in spots[1:]:
        on_map.mouse.move(*spot)
    on_map.mouse.up()
    drawn = driving.look(on_map, "lasso.outline")
    back = [stage_point(on_map, xy) for xy in np.reshape(drawn, (-1, 2))]
    assert np.allclose(back, spots, atol=0.5)
    low, high = np.reshape(drawn, (-1, 2)).min(axis=0), np.reshape(drawn, (-1, 2)).max(axis=0)
    xy = points.xy.astype(np.float32)
    inside = points.ids[((xy > low) & (xy < high)).all(axis=1)]
    answer = heard(on_map, f"count={len(inside)} ")
    assert len(inside) > 100
    assert f"ids={inside[:40].tolist()}" in answer
    on_map.keyboard.press("Escape")
    heard(on_map, "count=0 ")


def test_another_method_keeps_camera_slider_and_lasso_but_not_the_order(on_map):
    driving.slide_to(on_map, place_of(0.2))
    on_map.mouse.move(*stage_point(on_map, (9.0, 0.0)))
    on_map.mouse.wheel(0, -500)
    on_map.wait_for_timeout(600)  # at rest
    camera = driving.look(on_map, "camera")
    assert camera["zoom"] > 2
    on_map.keyboard.press("2")
    heard(on_map, "kept=0.2 method=B")
    on_map.wait_for_function(f"{driving.MAP}.points.method === 'B'")
    assert driving.look(on_map, "camera") == camera
    assert driving.look(on_map, "slider.k") == 1600
    assert [driving.look(on_map, f"rank[{row}]") for row in (100, 99, 98)] == [N - 1, 0, 1]


def test_a_method_that_is_not_nested_stops_only_at_its_counts(on_map):
    on_map.keyboard.press("3")
    on_map.wait_for_function(f"{driving.MAP}.points.method === 'C'")
    driving.slide_to(on_map, place_of(0.06))
    heard(on_map, "kept=0.05 method=C")
    assert kept_rows(on_map) == [*range(100), *range(N - 300, N)]


def test_hovering_shows_the_item_under_the_pointer(on_map, points):
    row = int(np.argmax(points.xy[:, 1]))
    on_map.mouse.move(*stage_point(on_map, points.xy[row]))
    card = on_map.locator("aside.card")
    card.wait_for(state="visible", timeout=2000)
    text = card.inner_text()
    assert f"item {points.ids[row]}" in text
    assert clouds.CLASSES[points.labels[row]] in text
    assert f"rank {(row - 100) % N + 1:,} of 8,000" in text
    on_map.mouse.move(*stage_point(on_map, (0, 0)))
    card.wait_for(state="hidden", timeout=2000)


def test_a_click_pins_the_card_and_escape_takes_it_off(on_map, points):
    row = int(np.argmin(points.xy[:, 1]))
    on_map.mouse.click(*stage_point(on_map, points.xy[row]))
    assert driving.look(on_map, "focus") == row
    on_map.mouse.move(*stage_point(on_map, (0, 0)))
    assert on_map.locator("aside.card").is_visible()
    on_map.keyboard.press("Escape")
    on_map.locator("aside.card").wait_for(state="hidden", timeout=2000)


def test_dragging_the_canvas_moves_the_camera_with_it(on_map):
    x, y = stage_point(on_map, (0, 0))
    before = driving.look(on_map, "camera")
    on_map.mouse.move(x, y)
    on_map.mouse.down()
    on_map.mouse.move(x + 60, y - 30, steps=3)
    on_map.mouse.up()
    assert stage_point(on_map, (0, 0)) == pytest.approx((x + 60, y - 30), abs=1.5)
    on_map.keyboard.press("0")
    assert driving.look(on_map, "camera") == pytest.approx(before)


def test_a_pasted_link_opens_at_its_share(on_map, harness):
    driving.slide_to(on_map, place_of(0.02))
    on_map.wait_for_url(re.compile("kept=0.02"))
    driving.open_map(on_map, on_map.url)
    assert driving.look(on_map, "slider.k") == 160
    assert "kept=0.02" in heard(on_map, "kept=0.02")


def test_a_move_costs_little_on_the_wire(on_map):
    sizes = driving.count_wire(on_map)
    driving.move_once(on_map, place_of(0.01))
    heard(on_map, "kept=0.01")
    on_map.wait_for_timeout(300)
    assert 0 < sum(sizes) < 5000


def test_dark_pages_get_a_dark_ground(chromium, harness):
    with chromium.new_context(color_scheme="dark") as context:
        page = context.new_page()
        driving.open_map(page, f"{harness}/?n=500")
        corner = driving.look(page, "elements.canvas.getContext('2d').getImageData(0, 0, 1, 1).data[0]")
        assert corner < 60


@pytest.mark.parametrize("mode", ["Class", "Score", "Noise", "Coverage"])
def test_every_colour_mode_paints_other_pixels(page, harness, mode):
    driving.open_map(page, f"{harness}/?n=2000&kept=0.5&noise")
    plain = page.evaluate(PIXELS)
    colour_by(page, mode)
    assert page.evaluate(PIXELS) != plain
    assert page.locator(".legend").inner_text() != ""


FIELD = """(() => {
  const { small } = MAP.field, { data } = small.getContext("2d").getImageData(0, 0, small.width, small.height)
  const seen = new Set()
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] === 255) seen.add(String([...data.slice(i, i + 3)]))
  return [...seen]
})()""".replace("MAP", driving.MAP)


def test_coverage_is_even_where_all_is_kept_and_follows_the_slider(on_map):
    on_map.get_by_role("radio", name="Coverage").click()
    driving.slide_to(on_map, 0)
    on_map.wait_for_function(f"{driving.MAP}.field?.grid.kept.k === {N}")
    assert len(on_map.evaluate(FIELD)) == 1
    driving.slide_to(on_map, place_of(0.05))
    on_map.wait_for_function(f"{driving.MAP}.field.grid.kept.k === 400")
    assert len(on_map.evaluate(FIELD)) > 20
    assert "0: as dense as all" in on_map.locator(".legend").inner_text()


NAMES = """(() => {
  const names = MAP.elements.names
  if (names.hidden) return []
  return [...names.children].filter(it => !it.hidden).map(it => {
    const { x, y, right, bottom } = it.getBoundingClientRect()
    return [it.textContent, x, y, right, bottom]
  })
})()""".replace("MAP", driving.MAP)


def test_classes_are_named_without_overlaps_until_n_is_pressed(on_map):
    names = on_map.evaluate(NAMES)
    assert {name for name, *_ in names} == set(clouds.CLASSES)
    for place, (_, x, y, right, bottom) in enumerate(names):
        for _, x2, y2, right2, bottom2 in names[:place]:
            assert right <= x2 or right2 <= x or bottom <= y2 or bottom2 <= y
    on_map.keyboard.press("n")
    on_map.wait_for_timeout(100)
    assert on_map.evaluate(NAMES) == []


FAR = """async ([module, address]) => {
  const map = MAP, { readPayload } = await import(module)
  const payload = readPayload(await (await fetch(address)).arrayBuffer())
  payload.columns.xy.set([900, 900, -900, 0])
  payload.facts.items = "far"
  map.root.getRootNode().fdmat.picture.show(payload)
}""".replace("MAP", driving.MAP)


def test_far_points_lie_outside_and_are_counted_until_all_are_wanted(on_map, harness):
    before = driving.look(on_map, "camera")
    module = f"{harness}/web/{files.version()}/payload.js"
    on_map.evaluate(FAR, [module, f"{harness}/payload/cloud?n={N}&noise=0&method=A&projection=UMAP"])
    chip = on_map.get_by_text("outside: fit all")
    assert 2 <= int(chip.inner_text().split()[0]) < 0.01 * N
    chip.click()
    assert driving.look(on_map, "points.box.width") < 40 and driving.look(on_map, "points.all.width") == 1800
    assert driving.look(on_map, "camera")["scale"] < 0.1 * before["scale"]
    on_map.keyboard.press("0")
    on_map.wait_for_timeout(100)
    assert driving.look(on_map, "camera")["scale"] == pytest.approx(before["scale"], rel=0.2)


def test_what_moves_to_other_coordinates_keeps_all_that_a_person_set(page, harness, points):
    driving.open_map(page, f"{harness}/?n={N}&kept=0.5&running")
    driving.slide_to(page, place_of(0.1))
    heard(page, "kept=0.1 ")
    colour_by(page, "Class")
    page.keyboard.press("l")
    lasso(page, [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)])
    page.locator("canvas.points").hover()
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(300)
    caught, camera = driving.look(page, "lasso.rows"), seen_from(page)
    assert len(caught) > 100 and camera[2] > 1.5
    page.get_by_text("the run is done").click()
    page.wait_for_function(f"{driving.MAP}?.points.projection === 'UMAP' && !{driving.MAP}.glide", timeout=10_000)
    page.wait_for_timeout(400)
    assert driving.look(page, "slider.kept") == 0.1
    assert page.locator("p.count .kept").inner_text() == "kept 800 of 8,000 (10.0%)"
    assert driving.look(page, "look.mode") == "class"
    assert driving.look(page, "lasso.rows") == caught
    assert seen_from(page) == pytest.approx(camera, rel=1e-4)
    assert "kept=0.1 " in heard(page, f"count={len(caught)} ")
    row = 5
    assert driving.look(page, f"points.xy.slice({2 * row}, {2 * row + 2})") == pytest.approx(points.xy[row], rel=1e-5)


def colour_by(page, mode):
    """Click a colour mode, and return when the map is drawn in it and at rest."""
    page.get_by_role("radio", name=mode).click()
    page.wait_for_function(f"{driving.MAP}.look.mode === '{mode.lower()}' && !{driving.MAP}.frame")


def lasso(page, corners):
    """Drag around some corners of the canvas, given as shares of its width and height."""
    box = page.locator("canvas.points").bounding_box()
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*spots[0])
    page.mouse.down()
    for spot in spots[1:]:
        page.mouse.move(*spot)
    page.mouse.up()


def seen_from(page):
    """The camera's middle, as shares of the box around the points, and its zoom."""
    camera, box = driving.look(page, "camera"), driving.look(page, "points.box")
    return (camera["x"] - box["left"]) / box["width"], (camera["y"] - box["low"]) / box["height"], camera["zoom"]


GLIDE = """async ([module, address]) => {
  const map = MAP, { readPayload } = await import(module), seen = []
  const places = () => Array.from(map.layer.x.slice(0, 200), x => (x - map.camera.x) * map.camera.scale)
  const frame = () => new Promise(requestAnimationFrame)
  const far = (one, other) => Math.max(...one.map((x, i) => Math.abs(x - other[i])))
  const payload = readPayload(await (await fetch(address)).arrayBuffer()), before = places()
  map.root.getRootNode().fdmat.picture.show(payload)
  do { await frame(); seen.push(places()) } while (map.glide)
  return { frames: seen.length, first: far(before, seen[0]), whole: far(before, seen.at(-1)) }
}""".replace("MAP", driving.MAP)


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_points_glide_to_other_coordinates_unless_motion_is_unwelcome(page, harness, motion):
    page.emulate_media(reduced_motion=motion)
    driving.open_map(page, f"{harness}/?n=2000&kept=0.5")
    module = f"{harness}/web/{files.version()}/payload.js"
    moved = page.evaluate(GLIDE, [module, f"{harness}/payload/cloud?n=2000&noise=0&method=A&projection=PCA"])
    assert moved["whole"] > 100
    assert (moved["frames"] > 2 and moved["first"] < 0.3 * moved["whole"]) == (motion == "no-preference")


DARK = """(() => {
  const { buffer, width, height } = MAP.screen
  let ink = 0, marks = 0
  for (const pixel of buffer) { ink += pixel !== 0xffffffff; marks += (pixel & 0xffffff) < 0x303030 }
  return { ink, marks }
})()""".replace("MAP", driving.MAP)


def test_thousands_of_ringed_items_leave_their_density_readable(page, harness):
    page.emulate_media(color_scheme="light")
    driving.open_map(page, f"{harness}/?n={N}&kept=0.5&ringed")
    found = page.evaluate(DARK)
    assert 0.01 < found["marks"] / found["ink"] < 0.25


@pytest.mark.parametrize("chord", ["Control+]", "Meta+[", "Alt+]"])
def test_chords_belong_to_the_browser(on_map, chord):
    on_map.locator("input.kept-slider").evaluate("it => it.focus()")
    before = driving.look(on_map, "slider.place")
    on_map.keyboard.press(chord)
    assert driving.look(on_map, "slider.place") == before


def test_the_browser_keeps_what_it_has_as_long_as_it_is_the_same(page, harness):
    address = f"{harness}/payload/cloud?n=500&noise=0&method=A&projection=UMAP"
    first = page.request.get(address)
    again = page.request.get(address, headers={"If-None-Match": first.headers["etag"]})
    other = page.request.get(address.replace("=A", "=B"), headers={"If-None-Match": first.headers["etag"]})
    assert (first.status, again.status, other.status) == (200, 304, 200)
    assert first.headers["content-encoding"] == "gzip"
    assert len(first.body()) > 500 * 21 and again.body() == b"" and other.headers["etag"] != first.headers["etag"]
    module = page.request.get(f"{harness}/web/{files.version()}/map/canvas.js")
    assert "immutable" in module.headers["cache-control"] and "javascript" in module.headers["content-type"]


@pytest.mark.parametrize("path", ["{version}/payload.py", "{version}/../payload.py", "0123456789abcdef/payload.js"])
def test_nothing_but_modules_and_styles_of_this_version_is_served(page, harness, path):
    answer = page.request.get(f"{harness}/web/{path.format(version=files.version())}")
    assert answer.status == 404 or "<title>" in answer.text()


def test_the_map_is_drawn_behind_a_base_path(page):
    with driving.server(driving.HARNESS, base="some/where") as address:
        driving.open_map(page, f"{address}/?n=500&kept=0.5")
        assert driving.look(page, "slider.k") == 250


MANY = 150_000
ANEW = """() => {
  const map = MAP, { canvas } = map.elements, sum = () => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
    return new Uint32Array(data.buffer).reduce((all, pixel) => (all * 31 + pixel) >>> 0, 7)
  }
  const before = sum()
  map.screen.crowd = map.drawn.screen = map.drawn.each = null
  map.draw(performance.now())
  return [before, sum(), !!map.screen.crowd]
}""".replace("MAP", driving.MAP)


def test_many_points_look_after_every_change_as_drawn_anew(page, harness):
    driving.open_map(page, f"{harness}/?n={MANY}&kept=0.5&noise")
    seen = set()

    def check(crowded=True):
        page.wait_for_function(f"!{driving.MAP}.frame && !{driving.MAP}.moving")
        changed, anew, crowd = page.evaluate(ANEW)
        assert changed == anew and crowd == crowded
        seen.add(changed)

    for kept in (0.5, 0.3, 0.33, 1, 0.02, 0.6):
        driving.move(page, place_of(kept))
        check()
    for mode in ("Noise", "Class", "Kept"):
        colour_by(page, mode)
        driving.move(page, place_of(0.4))
        check()
    x, y = stage_point(page, (0, 0))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20, steps=3)
    page.wait_for_function(f"{driving.MAP}.elements.notice.textContent.includes('points while it moves')")
    page.mouse.up()
    check()
    assert "while it moves" not in driving.look(page, "elements.notice.textContent")
    page.mouse.wheel(0, -1200)
    page.wait_for_timeout(400)
    check(crowded=False)
    assert len(seen) == 11


def test_many_points_are_drawn_while_they_arrive(page, harness):
    session = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": 150_000, "uploadThroughput": -1}

    def hold(route):
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", slow)
        route.continue_()

    page.route("**/payload/**", hold)
    page.goto(driving.without_tour(f"{harness}/?n={MANY}&kept=0.2"))
    root = f"{driving.HOSTS}.map(it => it.shadowRoot?.querySelector('section[aria-busy]')).find(it => it)"
    blue = f"""(() => {{
      const canvas = {root}?.querySelector("canvas"), text = {root}?.querySelector(".count .kept").textContent
      if (!canvas || !text || !/^[1-9]/.test(text)) return null
      const {{ data }} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
      let kept = 0
      for (let i = 0; i < data.length; i += 4) kept += data[i] === 0 && data[i + 1] === 0x72 && data[i + 2] === 0xb2
      return kept > 100 ? text : null
    }})()"""
    told = page.wait_for_function(blue, timeout=60_000).json_value()
    assert re.fullmatch(r"[\d.]+% of 150,000 items are here", told)
    session.send("Network.emulateNetworkConditions", slow | {"downloadThroughput": -1})
    page.wait_for_function(f"{driving.MAP}?.frames > 0 && !{root}", timeout=60_000)
    assert driving.look(page, "slider.k") == 30_000
