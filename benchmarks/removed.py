"""How fast the Removed page answers: `python -m benchmarks.removed [60000]`.

Makes a run on a synthetic mixture with that many training items, opens the page in headless Chromium, and prints the
time from a filter, a move of the slider and a jump in the list until the screen shows it; from asking for an item's
evidence and from writing a decision until the server has answered; from relabelling 5,000 marked items, and from taking
that back, until it is seen and until it is on the disk; how long a frame takes while the threshold is dragged; what
opening sent; and how memory grows while the list is scrolled from end to end.
"""

import os
import statistics
import sys
import tempfile
import time

from fdmat_core import projection
from fdmat_core.runs import library, settings
from fdmat_core.spec import Choice, Spec
from tests.browser import driving
from tests.browser.driving import GRID, open_grid

TIMED = """async ([what, times]) => {
  const grid = GRID, { root, slider } = grid, { frame, cells } = grid.elements, shown = []
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  const act = {
    filter: (i) => root.querySelectorAll(".issues button")[i % 2 ? 0 : 1].click(),
    pair: (i) => [...root.querySelectorAll(".matrix button:enabled")][7 * i % 40].click(),
    slider: (i) => {
      slider.input.value = 0.05 + 0.8 * ((i * 7) % 10) / 10
      slider.input.dispatchEvent(new Event("input"))
    },
    page: (i) => { frame.scrollTop = cells.offsetHeight * ((i * 37 + 11) % 100) / 100 },
  }[what]
  for (let i = 0; i < times; i++) {
    const began = performance.now(), drawn = grid.drawn
    act(i)
    while (grid.drawn === drawn || grid.stale.list) await painted()
    await painted()
    shown.push(performance.now() - began)
    await new Promise((next) => setTimeout(next, 250))
  }
  return shown
}""".replace("GRID", GRID)

ASKED = """async ([what, times]) => {
  const { items, sifted: { list }, slider } = GRID, took = []
  for (let i = 0; i < times; i++) {
    const item = String(items.ids[list[(i * 997) % list.length]]), began = performance.now()
    const facts = { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ item, decision: "keep" }) }
    await (what === "evidence" ? fetch(askFor(item)) : fetch(items.decisions, facts)).then((got) => got.json())
    took.push(performance.now() - began)
  }
  return took
  function askFor(item) {
    return `${items.evidence}${item}?method=${items.method}&kept=${slider.kept}`
  }
}""".replace("GRID", GRID)

MANY = 5000
#: Relabels items that have another class, and takes that back: ms until seen, and until the server has answered.
BULK = """async (many) => {
  const grid = GRID, { items } = grid
  const other = Array.from(grid.sifted.list).filter((row) => items.preferred[row] !== items.labels[row])
  const rows = other.length < many ? Array.from(grid.sifted.list.subarray(0, many)) : other.slice(0, many), took = {}
  grid.marked = new Set(rows)
  grid.target = other.length < many ? items.classes[0] : ""
  const press = (key) => window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }))
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  const until = async (met) => { while (!met()) await painted(); await painted() }
  const there = () => grid.decided.size >= rows.length
  for (const [key, name, met] of [["r", "relabel", there], ["z", "undo", () => !there()]]) {
    const began = performance.now()
    press(key)
    await until(met)
    took[`${name} seen`] = performance.now() - began
    await until(() => !grid.outbox.length)
    took[`${name} on the disk`] = performance.now() - began
  }
  return [rows.length, took]
}""".replace("GRID", GRID)

#: The lengths of frames, in ms, while the threshold is dragged from end to end.
DRAG = """async (frames) => {
  const { threshold } = GRID.elements, low = Number(threshold.min), high = Number(threshold.max), took = []
  let before = await new Promise(requestAnimationFrame)
  for (let i = 0; i < frames; i++) {
    threshold.value = String(low + (high - low) * i / frames)
    threshold.dispatchEvent(new Event("input"))
    const now = await new Promise(requestAnimationFrame)
    took.push(now - before)
    before = now
  }
  return took
}""".replace("GRID", GRID)

SCROLL = """async () => {
  const { frame, cells } = GRID.elements
  for (let i = 0; i < 200; i++) {
    frame.scrollTop = cells.offsetHeight * i / 200
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
  }
}""".replace("GRID", GRID)


def run_of(n):
    """A stored run on n training items, and its key; its map is PCA, because this page has none."""
    projection.umap = lambda table, _seed=0: projection.pca(table)
    spec = Spec(
        Choice.of("mixture", n=n * 5 // 4, classes=10, spread=2.2),
        Choice("given"),
        (Choice("fdmat"), Choice("random")),
        (Choice("class_balance"),),
        Choice.of("symmetric", rate=0.1),
        fractions=(0.01, 0.1, 0.5, 1.0),
        seeds=1,
        band=1,
    )
    library.execute(spec)
    return settings.checked(spec).key


def told(name, times):
    print(f"{name:<34}{statistics.median(times):>8.0f} ms median{max(times):>8.0f} ms most", flush=True)


def heap(page):
    """Megabytes of JavaScript heap, and how many nodes there are."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    session.send("HeapProfiler.collectGarbage")
    facts = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return facts["JSHeapUsedSize"] / 1e6, int(facts["Nodes"])


def measure(page, address):
    wire = driving.count_wire(page)
    began = time.perf_counter()
    open_grid(page, address)
    print(f"opened in {time.perf_counter() - began:.1f} s with {sum(wire) / 1e6:.2f} MB")
    for what, name in {
        "filter": "an issue chosen, list on screen",
        "pair": "a label pair chosen, list on screen",
        "slider": "slider moved, list on screen",
        "page": "jumped in the list, on screen",
    }.items():
        page.keyboard.press("Escape")
        told(name, page.evaluate(TIMED, [what, 12]))
    told("evidence of an item", page.evaluate(ASKED, ["evidence", 30]))
    told("a decision on the disk", page.evaluate(ASKED, ["decision", 30]))
    page.wait_for_function(f"{GRID}.counted")
    frames = page.evaluate(DRAG, 240)
    told("a frame while the threshold is dragged", frames)
    for _ in range(3):
        count, took = page.evaluate(BULK, MANY)
        print(f"{count:,} items: " + ", ".join(f"{name} {ms:.0f} ms" for name, ms in took.items()), flush=True)
    before = heap(page)
    for _ in range(3):
        page.evaluate(SCROLL)
    after = heap(page)
    for when, (megabytes, nodes) in {"before": before, "after": after}.items():
        print(f"{when} scrolling to the end three times: {megabytes:.0f} MB of heap, {nodes:,} nodes")


def main(n):
    with tempfile.TemporaryDirectory() as home:
        os.environ["FDMAT_HOME"] = home
        key = run_of(n)
        env = {"FDMAT_HOME": os.environ["FDMAT_HOME"]}
        with driving.server(driving.ROOT / "app.py", env) as address, driving.chromium() as browser:
            browser.new_page().goto(address)  # the server's first page pays for its imports
            print(f"{n:,} training items, half of them removed")
            measure(browser.new_page(viewport={"width": 1920, "height": 1080}), f"{address}/removed?run={key}&kept=0.5")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60_000)
