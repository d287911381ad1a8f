"""How large and how fast a report is: `python -m benchmarks.report [8000 60000]`.

Makes a report of made-up items with eight methods whose orders have nothing in common and 500 thumbnails, and opens
it from disk in headless Chromium, without a GPU and without a network. Per number of items: megabytes, the seconds to
make it and those until its map is drawn and follows the slider, frames per second of a three-second drag, the time of
a draw. Limits: 5 MB, 2 s, 55 frames. The load is printed, as it decides all but the first and the last.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from fdmat_core.rankings import Ranking, Rankings
from fdmat_core.report import removed
from fdmat_core.web import modules, report
from tests.browser import clouds, driving, reports

METHODS = 8
LIMITS = {"MB": 5.0, "open": 2.0, "fps": 55.0}
DRAG = f"""async () => {{
  const map = {reports.STATE}, {{ input }} = map.slider, began = performance.now(), frames = map.frames, times = []
  await new Promise((done) => requestAnimationFrame(function step(now) {{
    const t = (now - began) / 1000
    times.push(map.ms)
    if (t > 3) return done()
    input.value = 0.5 - 0.45 * Math.cos(2.3 * t)
    input.dispatchEvent(new Event("input"))
    requestAnimationFrame(step)
  }}))
  return [(map.frames - frames) / (performance.now() - began) * 1000, times.sort((a, b) => a - b)[times.length >> 1]]
}}"""


def made(n):
    """The text of a report of n items: the parts that grow with them, in a page like the real one."""
    from fdmat_core.report import page

    rng = np.random.default_rng(0)
    cloud = clouds.cloud(n, True)
    evidence = {"own_share": rng.random(n).astype(np.float32), "preferred": rng.integers(0, 10, n)}
    drawn = type(cloud)(**vars(cloud) | evidence)
    methods = []
    for number in range(METHODS):
        ranking = Ranking(rng.permutation(n), score=rng.lognormal(size=n))
        methods.append(
            report.Method(Rankings.nested_in(cloud.ids, ranking), f"Method {number}", "#0072B2", f"cloud_{number}")
        )
    facts = {
        "start": {"kept": 0.05, "method": 0},
        "projection": "UMAP",
        "score": "score",
        "words": "",
        "heading": "cloud",
    }
    packed = report.pack(drawn, methods, facts, fractions=clouds.FRACTIONS)
    noise = rng.integers(0, 256, (500, 64, 64, 3)).astype(np.uint8)
    smooth = noise.reshape(500, 16, 4, 16, 4, 3).mean((2, 4)).astype(np.uint8).repeat(4, 1).repeat(4, 2)
    cards = "".join(
        f'<figure data-item="{item}"><img src="{removed.picture(pixels)}" alt="item {item}"></figure>'
        for item, pixels in zip(cloud.ids[:500].tolist(), smooth, strict=True)
    )
    body = f"<section class=picture><div id=map></div></section><section><div class=cards>{cards}</div></section>"
    return page.document("cloud", body, report.text(packed), modules.script("report/report.js", "begin"))


def measure(browser, folder, n):
    began = time.perf_counter()
    text = made(n)
    wrote = time.perf_counter() - began
    file = folder / f"{n}.html"
    file.write_text(text)
    with browser.new_context(viewport={"width": 1600, "height": 900}, offline=True) as context:
        page = context.new_page()
        opened = reports.opened(page, file)
        page.wait_for_timeout(500)
        fps, draw = page.evaluate(DRAG)
    size = file.stat().st_size / 1e6
    held = size <= LIMITS["MB"] and opened <= LIMITS["open"] and fps >= LIMITS["fps"]
    return (
        f"{n:>8,} {size:>7.2f} {wrote:>9.1f} {opened:>9.2f} {fps:>7.1f} {draw:>8.1f}   {'held' if held else 'MISSED'}"
    )


def main(sizes):
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("   items      MB    made, s   open, s     fps  draw, ms")
    with driving.chromium() as browser, tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            print(measure(browser, Path(folder), n), flush=True)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [8_000, 60_000])
