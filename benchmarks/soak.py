"""Five people move the slider of the Map, for the table of faults: latencies and memory of the server.

A person here is what a browser sends and fetches: the words of Streamlit's websocket, the pictures of the gallery. What
it draws it draws on a machine of its own, so five browsers would only take the server's processors. A latency is from
the move until the last word of the answer. The browser's own part is in `benchmarks.map`.
"""

import os
import random
import re
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import psutil

from fdmat_core import sizes
from fdmat_core.runs import jobs
from tests.browser import driving
from tests.browser.tiny import SPEC

#: Seconds between two moves of a person on average, and the longest that a word of an answer is waited for.
PAUSE, LONGEST = 1.0, 60
#: Memory is compared from this share of the time on: until then caches fill.
SETTLED = 0.3
#: Lines of the server's log that are shown of an error.
TOLD = 60
QUERY = f"run={SPEC.key}&method=fdmat"
PICTURE = re.compile(rb"thumb/[0-9a-f]+/[0-9a-f]+/[0-9]+")


class Slider(NamedTuple):
    """What a move is told about: the map, the part of the page that it runs again, the page."""

    id: str
    fragment: str
    page: str


def soak(home, users, minutes):
    """What people met, in words, and how many errors that was."""
    os.environ["FDMAT_HOME"] = str(home)
    assert jobs.work(SPEC).state == "done"
    log = Path(home) / "server.log"
    taken, opened, errors, until = [], [], [], time.monotonic() + 60 * minutes
    with driving.server(driving.ROOT / "app.py", {"FDMAT_HOME": str(home)}, log=log) as address:
        facts = until, taken, opened, errors
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
        f"{np.percentile(taken, 95):.2f} s, first page {max(opened):.1f} s at most; memory {early / 2**20:.0f} MB, "
        f"then {late / 2**20:.0f} MB ({100 * (late / early - 1):+.1f}%)"
    )
    return words, len(errors)


def _person(address, number, until, taken, opened, errors):
    """Open the Map, look at its pictures and move the slider until the time is over."""
    draw, seen = random.Random(number), set()
    try:
        with _line(address) as line:
            began = time.monotonic()
            answer = _ask(line)
            opened.append(time.monotonic() - began)
            slider = _slider(answer)
            while time.monotonic() < until:
                _look(address, answer, seen)
                time.sleep(2 * PAUSE * draw.random())
                kept, began = float(f"{sizes.kept_at(draw.random()):.3g}"), time.monotonic()
                answer = _ask(line, slider, kept)
                taken.append(time.monotonic() - began)
                if not any(word.page_info_changed.query_string.endswith(f"&kept={kept:g}") for word in answer):
                    errors.append(f"person {number}: the link does not say {kept:g} kept")
                told = [word.delta.new_element.exception for word in answer]
                errors += [one.message for one in told if one.message]
    except Exception as error:
        errors.append(f"person {number}: {error!r}")


@contextmanager
def _line(address):
    """A websocket to the server, as a browser opens it."""
    from websockets.sync.client import connect

    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], origin=address, max_size=None) as line:
        yield line


def _ask(line, slider=None, kept=0.0):
    """Ask for the page, or tell of a move; every word of the answer."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    question = BackMsg()
    rerun = question.rerun_script
    rerun.query_string = QUERY
    if slider:
        rerun.fragment_id, rerun.page_script_hash = slider.fragment, slider.page
        rerun.widget_states.widgets.add(id=slider.id, json_value=f'{{"kept": {kept:g}}}')
    line.send(question.SerializeToString())
    answer = []
    while not answer or answer[-1].WhichOneof("type") != "script_finished":
        answer.append(ForwardMsg.FromString(line.recv(LONGEST)))
    return answer


def _slider(answer):
    """The slider of the map that an answer draws."""
    for word in answer:
        drawn = word.delta.new_element.bidi_component
        if drawn.component_name.endswith("fdmat.map"):
            return Slider(drawn.id, word.delta.fragment_id, word.metadata.active_script_hash)
    raise RuntimeError("there is no map on the page")


def _look(address, answer, seen):
    """Fetch the pictures that an answer shows and that were not fetched before."""
    shown = {name.decode() for word in answer for name in PICTURE.findall(word.SerializeToString())}
    for name in sorted(shown - seen):
        with urllib.request.urlopen(f"{address}/{name}", timeout=LONGEST) as picture:
            picture.read()
    seen |= shown


def _memory(until):
    """The memory of the server, every five seconds, in bytes."""
    server = next(one for one in psutil.Process().children(recursive=True) if "streamlit" in " ".join(one.cmdline()))
    held = []
    while time.monotonic() < until:
        held.append(server.memory_info().rss)
        time.sleep(5)
    return held
