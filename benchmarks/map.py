"""How fast the map follows the slider: `python -m benchmarks.map [8000 300000 1000000 3000000]`, or `pair 100000`.

Drives headless Chromium, without a GPU, on the page of the browser tests. Per number of points it prints the seconds
from the start of the page, which the server has made before, until the first points and until all are drawn, how long
that is after the points were asked for, the bytes of a point on the way, frames per second and the time of a draw in a
three-second drag of the slider and of the canvas, the time from rest (the last movement, the 150 ms of waiting
included) and from letting go until Python has answered, the bytes of one move over the web socket, and the time of a
draw of the coverage layer while its slider is dragged.

`pair` is of two maps under one slider.
"""

import statistics
import sys

from tests.browser import driving

DRAG = """async ({ kind, seconds }) => {
  const map = MAP, { input } = map.slider, times = [], began = performance.now(), frames = map.frames
  const slide = (place) => { input.value = place; input.dispatchEvent(new Event("input")) }
  let seen = frames
  await new Promise((done) => requestAnimationFrame(function step(now) {
    if (map.frames !== seen) { seen = map.frames; times.push(map.ms) }
    const t = (now - began) / 1000
    if (t > seconds) return done()
    if (kind === "slider") slide(0.5 - 0.45 * Math.cos(2.3 * t))
    else { map.moving = true; map.camera = { ...map.camera, x: map.camera.x + 0.02 * Math.cos(3 * t) }; slide(0.5) }
    requestAnimationFrame(step)
  }))
  return { fps: (map.frames - frames) / (performance.now() - began) * 1000, times }
}""".replace("MAP", driving.MAP)

#: Notes when the first points are seen and when all are.
WATCH = """window.seen = {}
requestAnimationFrame(function look() {
  const map = MAP, roots = HOSTS.map(it => it.shadowRoot)
  if (roots.some(it => it?.querySelector("section[aria-busy]"))) seen.first ??= performance.now()
  if (map?.frames > 0) seen.first ??= performance.now()
  if (map?.frames > 0) seen.all ??= performance.now()
  else requestAnimationFrame(look)
})""".replace("MAP", driving.MAP).replace("HOSTS", driving.HOSTS)

LOADED = """() => {
  const found = performance.getEntriesByType("resource").find(({ name }) => name.includes("/payload/"))
  return { ...seen, asked: found.startTime, bytes: found.encodedBodySize }
}"""

ANSWER = """async (how) => {
  const { slider } = MAP, heard = () => document.body.innerText.match(/heard kept=\\S+/)[0], before = heard()
  slider.input.value = slider.place > 0.5 ? 0.2 + 0.2 * Math.random() : 0.6 + 0.3 * Math.random()
  slider.input.dispatchEvent(new Event("input"))
  if (how === "let go") slider.input.dispatchEvent(new Event("change"))
  const began = performance.now()
  while (heard() === before) await new Promise((next) => setTimeout(next, 4))
  return performance.now() - began
}""".replace("MAP", driving.MAP)


def opened(browser, address, script=""):
    """A page of its own, without anything of an earlier one, with its map drawn and at rest."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.set_default_timeout(180_000)
    page.add_init_script(script)
    wire = driving.count_wire(page)
    driving.open_map(page, address)
    return page, wire


def measure(browser, address, n):
    opened(browser, f"{address}/?n={n}&kept=0.2")[
        0
    ].close()  # the server makes the points, which is not our matter here
    page, wire = opened(browser, f"{address}/?n={n}&kept=0.2", WATCH)
    loaded = page.evaluate(LOADED)
    page.wait_for_timeout(1000)
    slider = page.evaluate(DRAG, {"kind": "slider", "seconds": 3})
    page.wait_for_timeout(1000)
    plane = page.evaluate(DRAG, {"kind": "plane", "seconds": 3})
    answers = {"rest": [], "let go": []}
    per_move = []
    for how in ("rest", "let go") * 5:
        page.wait_for_timeout(500)
        mark = len(wire)
        answers[how].append(page.evaluate(ANSWER, how))
        page.wait_for_timeout(200)
        per_move.append(sum(wire[mark:]))
    page.get_by_role("radio", name="Coverage").click()
    page.wait_for_timeout(1000)
    cover = page.evaluate(DRAG, {"kind": "slider", "seconds": 3})["times"]
    page.close()
    middle = statistics.median
    return (
        f"{n:>9,} {loaded['first'] / 1000:>6.1f} {loaded['all'] / 1000:>6.1f} "
        f"{(loaded['all'] - loaded['asked']) / 1000:>6.1f} {loaded['bytes'] / n:>6.1f} "
        f"{slider['fps']:>6.1f} {middle(slider['times']):>5.1f} /{max(slider['times']):>6.1f} "
        f"{plane['fps']:>6.1f} {middle(plane['times']):>5.1f} /{max(plane['times']):>6.1f} "
        f"{middle(answers['rest']):>6.0f} {middle(answers['let go']):>6.0f} "
        f"{middle(per_move) / 1000:>7.2f} {middle(cover):>5.1f} /{max(cover):>6.1f}"
    )


DRAG_PAIR = """async (seconds) => {
  const { panes } = PAIR, { input } = panes[0].slider, began = performance.now(), frames = panes[1].frames, times = []
  let seen = frames
  await new Promise((done) => requestAnimationFrame(function step(now) {
    if (panes[1].frames !== seen) { seen = panes[1].frames; times.push(panes[0].ms + panes[1].ms) }
    const t = (now - began) / 1000
    if (t > seconds) return done()
    input.value = 0.5 - 0.45 * Math.cos(2.3 * t)
    input.dispatchEvent(new Event("input"))
    requestAnimationFrame(step)
  }))
  const drawn = panes[1].frames - frames
  return { fps: drawn / (performance.now() - began) * 1000, frames: drawn, times }
}""".replace("PAIR", driving.PAIR)


def measure_pair(browser, address, n):
    """Frames per second of both maps under one slider, the time of a draw, and what a frame takes of a processor.

    The last is the main thread's own time, which other programs on the machine do not lengthen.
    """
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(f"{address}/?pair&n={n}&kept=0.2")
    page.wait_for_function(f"{driving.PAIR}?.panes[1].frames > 0 && !{driving.PAIR}.panes[0].frame", timeout=120_000)
    page.wait_for_timeout(2000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(DRAG_PAIR, 2)  # the browser compiles what it runs often
    busy = [_busy(session)]
    drag = page.evaluate(DRAG_PAIR, 3)
    busy.append(_busy(session))
    page.close()
    times, own = drag["times"], 1000 * (busy[1] - busy[0]) / drag["frames"]
    draws = f"a draw of both {statistics.median(times):.1f} ms (at most {max(times):.1f})"
    return f"2 x {n:,}: {drag['fps']:.1f} fps, {draws}, a frame takes {own:.1f} ms of a processor"


def _busy(session):
    """Seconds that the page's main thread has computed."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in metrics if one["name"] == "TaskDuration")


HEAD = """\
   points  first    all  since bytes/   drag     draw ms    pan     draw ms   rest let go      kB   coverage
          dots s      s  asked  point    fps median/ most   fps median/ most     ms     ms   /move median/ most"""


def main(sizes, pairs):
    print("two maps" if pairs else HEAD)
    with driving.server(driving.HARNESS) as address, driving.chromium() as browser:
        browser.new_page().goto(address)  # the server's first page pays for its imports
        for n in sizes:
            print((measure_pair if pairs else measure)(browser, address, n), flush=True)


if __name__ == "__main__":
    chosen = [int(size) for size in sys.argv[1:] if size != "pair"]
    pairs = "pair" in sys.argv
    main(chosen or ([8_000, 100_000] if pairs else [8_000, 300_000, 1_000_000, 3_000_000]), pairs)
