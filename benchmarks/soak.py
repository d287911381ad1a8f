"""Five people move the slider of the Map in five browsers, for the table of faults: latencies and memory of the server.

A latency is from the move until the link says the share that Python heard: the way there and back over the websocket.
"""

import os
import random
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from fdmat_core.runs import jobs
from tests.browser import driving
from tests.browser.tiny import SPEC

#: Seconds between two moves of a person, and the longest that an answer is waited for.
PAUSE, LONGEST = 1.0, 30_000
#: Memory is compared from this share of the time on: until then caches fill.
SETTLED = 0.3
#: Lines of the server's log that are shown of an error.
TOLD = 60


def soak(home, users, minutes):
    """What people met, in words, and how many errors that was."""
    os.environ["FDMAT_HOME"] = str(home)
    assert jobs.work(SPEC).state == "done"
    log = Path(home) / "server.log"
    taken, errors, until = [], [], time.monotonic() + 60 * minutes
    with driving.server(driving.ROOT / "app.py", {"FDMAT_HOME": str(home)}, log=log) as address:
        facts = until, taken, errors
        people = [threading.Thread(target=_person, args=(address, number, *facts)) for number in range(users)]
        for person in people:
            person.start()
        held = _memory(until)
        for person in people:
            person.join()
    said = log.read_text().splitlines()
    found = [place for place, line in enumerate(said) if "Traceback" in line or " 500 " in line]
    errors += ["\n".join(said[place : place + TOLD]) for place in found]
    for error in errors[:5]:
        print("!!", error)
    early, late = held[int(SETTLED * len(held))], held[-1]
    words = (
        f"{minutes:g} minutes, {len(taken):,} moves: p50 {np.percentile(taken, 50):.2f} s, p95 "
        f"{np.percentile(taken, 95):.2f} s; memory {early / 2**20:.0f} MB, then {late / 2**20:.0f} MB "
        f"({100 * (late / early - 1):+.1f}%)"
    )
    return words, len(errors)


def _person(address, number, until, taken, errors):
    """Open the Map and move the slider until the time is over."""
    draw = random.Random(number)
    try:
        with driving.chromium() as browser, browser.new_context(viewport={"width": 1280, "height": 720}) as context:
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            driving.open_map(page, f"{address}/?run={SPEC.key}&method=fdmat")
            while time.monotonic() < until:
                before, began = page.url, time.monotonic()
                driving.move_once(page, draw.random())
                page.wait_for_function("before => location.href !== before", arg=before, timeout=LONGEST)
                taken.append(time.monotonic() - began)
                errors += page.locator("[data-testid=stException]").all_inner_texts()
                time.sleep(PAUSE)
    except Exception as error:
        errors.append(f"person {number}: {error}")


def _memory(until):
    """The memory of the server, every five seconds, in bytes."""
    server = next(one for one in psutil.Process().children(recursive=True) if "streamlit" in " ".join(one.cmdline()))
    held = []
    while time.monotonic() < until:
        held.append(server.memory_info().rss)
        time.sleep(5)
    return held
