"""From somebody's own file to its map, in a browser: every click counts."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fdmat_core.runs import jobs, library
from tests.browser import driving

N = 240
#: Counts the clicks of the mouse, on whatever page of the app.
COUNT = "addEventListener('click', event => { window.clicks = (window.clicks ?? 0) + event.isTrusted }, true)"


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """The address of the app with an empty store, in which no job outlives the test."""
    monkeypatch.setenv("FDMAT_HOME", str(tmp_path / "home"))
    with driving.server(driving.ROOT / "app.py", {"FDMAT_HOME": str(tmp_path / "home")}) as address:
        yield address
    for key in library.listing():
        jobs.delete(key)


def list_of_images(folder):
    """A table of N small images of two kinds, with ids of its own; every sixth is a test item."""
    (folder / "pictures").mkdir()
    rng = np.random.default_rng(0)
    for number in range(N):
        pixels = rng.integers(0, 90, (32, 32)) + 120 * (np.arange(32) < 16) * (number % 2)
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "pictures" / f"{number}.png")
    rows = np.arange(N)
    frame = pd.DataFrame({"id": 7000 - 3 * rows, "path": [f"pictures/{row}.png" for row in rows]})
    frame = frame.assign(label=np.where(rows % 2, "split", "flat"), split=np.where(rows % 6, "train", "test"))
    frame.to_csv(folder / "mine, all.csv", index=False)
    return frame, folder / "mine, all.csv"


def begin_with(page, address, file):
    """Type the path of a file on the Data page, start a run with it, and go to its map."""
    page.set_default_timeout(60_000)
    page.goto(f"{address}/data")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    path = page.get_by_role("textbox", name="Your own data")
    path.click()
    path.fill(str(file))
    path.press("Enter")
    page.get_by_text("Taken for").wait_for()
    page.get_by_role("button", name="Prepare a run with this").click()
    page.get_by_role("button", name="Start").first.click()
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_function(f"{driving.MAP}?.frames > 0", timeout=240_000)


def test_a_list_of_images_becomes_a_map_in_four_clicks(page, fresh, tmp_path):
    frame, file = list_of_images(tmp_path)
    page.add_init_script(COUNT)
    begin_with(page, fresh, file)
    assert page.evaluate("clicks") <= 4
    train = frame[frame["split"] == "train"].sort_values("id")
    assert driving.look(page, "points.n") == len(train) == 200
    assert driving.look(page, "[...points.ids].map(Number)") == train["id"].tolist()
    classes = driving.look(page, "points.classes")
    assert [classes[label] for label in driving.look(page, "[...points.labels]")] == train["label"].tolist()
    assert page.locator("p.count .kept").inner_text() == "kept 140 of 200 (70.0%)"
