"""From somebody's own file to a map: one path typed, three clicks."""

import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tests.browser import driving

pytestmark = pytest.mark.browser


def list_of_images(folder, n):
    """A table of n small images of two kinds, with a camera each."""
    (folder / "pictures").mkdir()
    rng = np.random.default_rng(0)
    for number in range(n):
        pixels = rng.integers(0, 90, (16, 16)) + 120 * (np.arange(16) < 8) * (number % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "pictures" / f"{number}.png")
    names = [f"pictures/{number}.png" for number in range(n)]
    frame = pd.DataFrame({"path": names, "label": ["flat", "split"] * (n // 2), "camera": range(n)})
    frame.to_csv(folder / "mine, all.csv", index=False)
    return folder / "mine, all.csv"


def test_a_list_of_images_becomes_a_map_in_three_clicks(tmp_path):
    file = list_of_images(tmp_path, int(os.environ.get("FDMAT_OWN_IMAGES", "200")))
    home = {"FDMAT_HOME": str(tmp_path / "home")}
    with driving.server(driving.ROOT / "app.py", home) as address, driving.chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(f"{address}/data")
        path = page.get_by_role("textbox", name="Your own data")
        path.fill(str(file))
        path.press("Enter")
        page.get_by_text("a list of images, mine, all.csv, with paths in path and labels in label").wait_for()
        page.get_by_role("button", name="Prepare a run with this").click()
        page.get_by_role("button", name="Start").first.click()
        page.get_by_role("link", name="Map").click()
        page.wait_for_function(f"{driving.MAP}?.frames > 0", timeout=60_000)
        assert driving.look(page, "points.ids.length") == len(pd.read_csv(file)) * 0.8
        assert page.get_by_text("mine, all.csv").first.is_visible()
        page.get_by_role("link", name="Runs").click()
        page.get_by_role("button", name="Cancel").first.click()
        page.get_by_text("Cancelled").first.wait_for()
