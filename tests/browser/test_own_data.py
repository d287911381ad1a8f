"""From somebody's own file to its map, in a browser: every click counts."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fdmat_core.runs import jobs, library
from tests.browser import driving

N, CLASSES = 60, ("bars", "dots", "flat")
#: Counts the clicks of the mouse, on whatever page of the app.
COUNT = "addEventListener('click', event => { window.clicks = (window.clicks ?? 0) + event.isTrusted }, true)"


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """The address of the app with an empty store, in which no job outlives the test."""
    home = str(tmp_path / "home")
    monkeypatch.setenv("FDMAT_HOME", home)
    with driving.server(driving.ROOT / "app.py", {"FDMAT_HOME": home, "OMP_NUM_THREADS": "1"}) as address:
        yield address
    for key in library.listing():
        jobs.delete(key)


def list_of_images(folder):
    """A table of N tiny images of three kinds, with ids of its own; every sixth is a test item."""
    (folder / "pictures").mkdir()
    rng, across = np.random.default_rng(0), np.arange(8)
    shapes = {"bars": 120 * (across < 4), "dots": 120 * (across[:, None] % 4 == across % 4), "flat": 0 * across}
    labels = [CLASSES[row % 7 % 3] for row in range(N)]
    for row, label in enumerate(labels):
        pixels = rng.integers(0, 90, (8, 8)) + shapes[label]
        Image.fromarray(pixels.astype(np.uint8)).save(folder / "pictures" / f"{row}.png")
    rows = np.arange(N)
    frame = pd.DataFrame({"id": 7000 - 3 * rows, "path": [f"pictures/{row}.png" for row in rows], "label": labels})
    frame["split"] = np.where(rows % 6, "train", "test")
    frame.to_csv(folder / "mine, all.csv", index=False)
    return frame, folder / "mine, all.csv"


def begin_with(page, address, file):
    """Type the path of a file on the Data page, start a run with it, and go to its map."""
    page.add_init_script("localStorage.setItem('fdmat-tour', '1')")
    page.set_default_timeout(60_000)
    page.goto(f"{address}/data")
    path = page.get_by_role("textbox", name="Your own data")
    path.click()
    path.fill(str(file))
    path.press("Enter")
    page.get_by_text("Taken for").wait_for()
    page.get_by_role("button", name="Prepare a run with this").click()
    page.get_by_role("button", name="Start").first.click()
    page.get_by_test_id("stToast").wait_for()  # what says that it has begun
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_function(f"{driving.MAP}?.frames > 0", timeout=240_000)


def test_a_list_of_images_becomes_a_map_in_four_clicks(page, fresh, tmp_path):
    frame, file = list_of_images(tmp_path)
    page.add_init_script(COUNT)
    begin_with(page, fresh, file)
    assert page.evaluate("clicks") <= 4
    train = frame[frame["split"] == "train"].sort_values("id")
    assert driving.look(page, "points.n") == len(train) == 50
    assert page.evaluate(f"[...{driving.MAP}.points.ids].map(Number)") == train["id"].tolist()
    classes, labels = driving.look(page, "points.classes"), page.evaluate(f"[...{driving.MAP}.points.labels]")
    assert [classes[label] for label in labels] == train["label"].tolist()
    assert page.locator("p.count .kept").inner_text() == "kept 3 of 50 (6.0%)"
