"""Film the Map for the README: `python scripts/film.py [RUN]` writes `docs/map.gif` from the real app.

RUN is the key of a stored run; without it the sample with a fifth of its labels flipped, which must have been run. The
slider goes from all items to one percent, with a rest wherever the page has new numbers; there the method changes to
random and back, and the slider returns. Needs Chromium, as the browser tests do.
"""

from __future__ import annotations

import io
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from fdmat_core.runs import settings
from tests.browser import driving

if TYPE_CHECKING:
    from PIL import Image
    from playwright.sync_api import Page

FILE = driving.ROOT / "docs" / "map.gif"
SIZE, SHOWN = (1280, 720), (960, 540)
#: Shares kept at which the slider rests, and how many pictures lie between two of them.
RESTS, BETWEEN = (1.0, 0.3, 0.1, 0.05, 0.02, 0.01), 7
#: When a page shows all that belongs to the slider's place.
RESTED = """!document.querySelector('[data-testid=stStatusWidget]')
  && [...document.querySelectorAll('.cards img')].every(image => image.complete && image.naturalWidth)"""
#: Milliseconds of a picture in motion, and of one at rest.
MOVING, RESTING = 60, 1000
COLOURS, MOST_BYTES = 200, 3_000_000


def pictures(page: Page) -> Iterator[tuple[bytes, int]]:
    """The pictures of the film as PNG, each with its milliseconds."""
    yield from slide(page, RESTS)
    for key, method in (("8", "Random"), ("1", "FDMat")):
        page.keyboard.press(key)
        page.wait_for_function(f"{driving.MAP}.points.method === '{method}'")
        yield rested(page), 2 * RESTING
    yield from slide(page, (RESTS[-1], RESTS[0]))


def slide(page: Page, rests: tuple[float, ...]) -> Iterator[tuple[bytes, int]]:
    """The slider from the first share to the last, a rest at each."""
    driving.move_once(page, driving.place_of(rests[0]))
    for start, end in itertools.pairwise(rests):
        for place in np.linspace(driving.place_of(start), driving.place_of(end), BETWEEN + 2)[1:-1]:
            driving.move(page, place)
            page.wait_for_function(f"!{driving.MAP}.frame")
            yield page.screenshot(), MOVING
        driving.move_once(page, driving.place_of(end))
        yield rested(page), RESTING


def rested(page: Page) -> bytes:
    """A picture of the page as soon as it shows all that belongs to the slider's place."""
    page.wait_for_timeout(1500)
    page.wait_for_function(RESTED)
    return page.screenshot()


def write(shots: list[tuple[bytes, int]]) -> None:
    """Write the pictures as one GIF that goes on for ever, all with the colours of the first."""
    from PIL import Image

    def small(shot: bytes) -> Image.Image:
        return Image.open(io.BytesIO(shot)).convert("RGB").resize(SHOWN, Image.Resampling.LANCZOS)

    sheet = Image.new("RGB", (SHOWN[0], SHOWN[1] * 3))
    for place, (shot, _) in enumerate(shots[:: max(1, len(shots) // 3)][:3]):
        sheet.paste(small(shot), (0, place * SHOWN[1]))
    palette = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
    frames = [small(shot).quantize(palette=palette, dither=Image.Dither.NONE) for shot, _ in shots]
    facts = {"duration": [pause for _, pause in shots], "loop": 0, "optimize": True}
    frames[0].save(FILE, save_all=True, append_images=frames[1:], **facts)
    if FILE.stat().st_size > MOST_BYTES:
        raise ValueError(f"{FILE.name} has {FILE.stat().st_size:,} bytes, over {MOST_BYTES:,}; take fewer pictures")


def main() -> None:
    """Start the app and a browser, film, write."""
    key = sys.argv[1] if len(sys.argv) > 1 else settings.checked(settings.SAMPLE_NOISY).key
    with driving.server(driving.ROOT / "app.py") as app, driving.chromium() as browser:
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
        driving.open_map(page, f"{app}/?run={key}&kept=1")
        page.wait_for_selector(".cards img")
        page.wait_for_timeout(3000)
        shots = list(pictures(page))
    write(shots)
    print(f"{FILE.name}: {len(shots)} pictures, {FILE.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
