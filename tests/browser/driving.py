"""Starts a Streamlit server on a free local port and a headless Chromium, for the browser tests and the benchmark."""

import base64
import contextlib
import math
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HARNESS = ROOT / "tests" / "browser" / "harness.py"
BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
#: The map of the page, as its own JavaScript sees it.
HOSTS = "[...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]"
MAP = f"{HOSTS}.map(it => it.shadowRoot?.fdmat?.picture?.state).find(it => it?.points)"
#: The two maps of the comparison, likewise.
PAIR = f"{HOSTS}.map(it => it.shadowRoot?.fdmat?.picture?.state).find(it => it?.panes)"
#: The grid of removed items, likewise.
GRID = f"{HOSTS}.map(it => it.shadowRoot?.fdmat?.picture?.state).find(it => it?.items)"


def browser_path():
    """The system's Chromium, or None."""
    return next((path for path in (os.environ.get("FDMAT_CHROMIUM"), *BROWSERS) if path and Path(path).exists()), None)


@contextlib.contextmanager
def server(script, env=None, base="", log=os.devnull):
    """The address of a Streamlit server that runs a script below a path, on a free port of this machine only."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    options = ["--server.address", "127.0.0.1", "--server.headless", "true", "--server.fileWatcherType", "none"]
    options += ["--server.baseUrlPath", base]
    with open(log, "ab") as said:
        process = subprocess.Popen(
            command + options,
            cwd=ROOT,
            env=os.environ | (env or {}),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}/{base}".rstrip("/")
        wait_for(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def wait_for(address, process, seconds=60):
    """Return when an address answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not answer at {address}")


@contextlib.contextmanager
def chromium():
    """A headless browser of the system."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=browser_path(), args=[*FLAGS, "--disable-component-update", "--disable-sync"]
        )
        yield browser
        browser.close()


def without_tour(address):
    """The address with the word that leaves out the tour of a first visit."""
    return f"{address}{'&' if '?' in address else '?'}tour=0"


def open_map(page, address):
    """Go to a page and return when its map is drawn and at rest."""
    page.goto(without_tour(address))
    page.wait_for_selector("[data-testid=stBidiComponentIsolated]", timeout=60_000)
    page.wait_for_function(f"{MAP}?.frames > 0 && !{MAP}.frame && {MAP}.elements.canvas.ariaLabel", timeout=60_000)


def open_grid(page, address):
    """Go to a page and return when its grid is drawn and the first item's evidence is there.

    The browser has been here before, so that no tour begins where a test goes on to the Map.
    """
    page.add_init_script("localStorage.setItem('fdmat-tour', '1')")
    page.goto(without_tour(address))
    page.wait_for_function(f"{GRID}?.drawn > 0", timeout=60_000)
    page.wait_for_selector(".card .sentence", timeout=60_000)


def look(page, expression):
    """A value of the map: `look(page, "slider.k")`."""
    return page.evaluate(f"(() => {{ const map = {MAP}; return map.{expression} }})()")


def place_of(kept, least=0.001):
    """The place of the slider at which a share is kept."""
    return math.log(kept) / math.log(least)


def slide_to(page, place):
    """Drag the thumb with the mouse to a place of the slider, from 0 to 1, and let go."""
    box = page.locator("input.kept-slider").bounding_box()
    at = [box["x"] + 16 + share * (box["width"] - 32) for share in (look(page, "slider.place"), place)]
    middle = box["y"] + box["height"] / 2
    page.mouse.move(at[0], middle)
    page.mouse.down()
    page.mouse.move(at[1], middle, steps=6)
    page.mouse.up()


def move_once(page, place, picture=MAP):
    """Put the thumb at a place of the slider in one move, and let go: Python hears once, however busy the machine."""
    move(page, place, picture)
    page.evaluate(f"{picture}.slider.input.dispatchEvent(new Event('change'))")


def move(page, place, picture=MAP):
    """Put the thumb at a place of the slider without letting go."""
    change = "input.value = place; input.dispatchEvent(new Event('input'))"
    page.evaluate(f"place => {{ const {{ input }} = {picture}.slider; {change} }}", place)


def count_wire(page):
    """A list that grows by the bytes of every message over the page's web socket, in and out."""
    sizes = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def note(event):
        frame = event["response"]
        sizes.append(len(base64.b64decode(frame["payloadData"])) if frame["opcode"] == 2 else len(frame["payloadData"]))

    session.on("Network.webSocketFrameReceived", note)
    session.on("Network.webSocketFrameSent", note)
    return sizes
