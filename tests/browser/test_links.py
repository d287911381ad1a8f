"""A link carries the whole view: opened in another browser it shows the same pixels."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from fdmat_core.runs import settings
from tests.browser import driving
from tests.browser.tiny import SPEC

#: What the canvas shows, as one number, and its size.
PIXELS = """(() => {
  const { canvas } = MAP.elements, { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  let sum = 7
  for (const value of data) sum = (sum * 31 + value) % 2147483647
  return [canvas.width, canvas.height, sum]
})()""".replace("MAP", driving.MAP)


@pytest.fixture
def on_map(page, app):
    driving.open_map(page, f"{app}/?run={settings.checked(SPEC).key}&kept=0.5")
    return page


def draw_lasso(page):
    box = page.locator("canvas.points").bounding_box()
    spots = [(0.31, 0.32), (0.62, 0.3), (0.6, 0.71), (0.3, 0.66)]
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in spots]
    page.keyboard.press("l")
    page.mouse.move(*at[0])
    page.mouse.down()
    for spot in at[1:]:
        page.mouse.move(*spot, steps=4)
    page.mouse.up()


def picture(page):
    """The canvas with all that lies over it, as the pixels of the screen; nothing has the focus."""
    page.evaluate(f"{driving.MAP}.elements.canvas.blur(); document.activeElement.blur()")  # a card rings its point
    page.mouse.move(5, 5)  # over no item, and no button
    page.wait_for_function(f"{driving.MAP}.hover === -1 && !{driving.MAP}.led")
    page.wait_for_function(f"(img => img.hidden || img.complete)({driving.MAP}.elements.card.querySelector('img'))")
    before, shot = b"", b" "
    for _ in range(20):  # until nothing fades any more
        if shot == before:
            break
        page.wait_for_timeout(500)
        before, shot = shot, page.screenshot(clip=page.locator("canvas.points").bounding_box())
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


def test_a_link_in_another_browser_shows_the_same_pixels(on_map, chromium):
    on_map.get_by_role("radio", name="Class", exact=True).click()
    for _ in range(2):
        on_map.keyboard.press("+")
    box = on_map.locator("canvas.points").bounding_box()
    on_map.mouse.move(box["x"] + 333, box["y"] + 222)
    on_map.mouse.down()
    on_map.mouse.move(box["x"] + 390, box["y"] + 260, steps=3)
    on_map.mouse.up()
    draw_lasso(on_map)
    on_map.locator(".cards figure[data-item]").nth(3).click()
    on_map.wait_for_url(re.compile(r"(?=.*colour=class)(?=.*camera=)(?=.*lasso=UMAP_)(?=.*pin=)"))
    here = picture(on_map)
    caught = driving.look(on_map, "lasso.rows")
    assert len(caught) > 12
    with chromium.new_context(viewport={"width": 1920, "height": 1080}) as context:
        other = context.new_page()
        driving.open_map(other, on_map.url)
        there = picture(other)
        assert driving.look(other, "lasso.rows") == caught
        assert driving.look(other, "focus") == driving.look(on_map, "focus") >= 0
        assert driving.look(other, "camera") == driving.look(on_map, "camera")
        assert other.evaluate(PIXELS) == on_map.evaluate(PIXELS)
        assert there.shape == here.shape and len(np.unique(here.reshape(-1, 3), axis=0)) > 500
        apart = np.abs(there.astype(int) - here)
        assert apart.max() <= 1 and apart.any(axis=2).sum() < 50  # the browser rounds the corners of the bars
        other.wait_for_function("document.querySelectorAll('.cards figure').length === 12")
        assert other.get_by_role("radio", name="Lasso", exact=True).get_attribute("aria-checked") == "true"


def test_colours_and_lasso_survive_another_page(on_map):
    on_map.get_by_role("radio", name="Noise", exact=True).click()
    draw_lasso(on_map)
    on_map.wait_for_url(re.compile(r"(?=.*colour=noise)(?=.*lasso=UMAP_)"))
    caught = driving.look(on_map, "lasso.rows")
    on_map.get_by_role("link", name="Runs").click()
    on_map.wait_for_url(re.compile("/runs.*colour=noise"))
    on_map.get_by_role("link", name="Map").first.click()
    on_map.wait_for_function(f"{driving.MAP}?.frames > 0")
    assert driving.look(on_map, "look.mode") == "noise"
    assert driving.look(on_map, "lasso.rows") == caught
