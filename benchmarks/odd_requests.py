"""Requests of any form to every route of the app, for the table of faults: counts what they are answered with.

Hypothesis draws them; of one that ends in a 500 or a traceback it finds and prints the simplest of its kind.
"""

import json
import logging

import streamlit as st
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import randoms
from starlette.applications import Starlette
from starlette.testclient import TestClient

import app as explorer
from fdmat_core.runs.run import Run
from pages.shell import doors
from pages.ui import serving

HOSTS = ("localhost:8501", "127.0.0.1", "evil.example", "", "localhost@evil.example", "[::1]:8501", "a" * 300)
ORIGINS = (None, "http://localhost:8501", "http://evil.example", "null", "http://[", "//")
NUMBERS = (0, -1, 7, 10**30, 1.5, "nan", "inf", "1e400", "", "x", "１２", "0x10", "1_0", " 3", "%00", "9" * 5000)
WORDS = (
    "fdmat",
    "random",
    "",
    "..",
    "../../etc/passwd",
    "%2e%2e%2f",
    "fdmat(tau=",
    "a" * 3000,
    "\u202e",
    "'; DROP",
    "[[",
)
METHODS = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")


def ask(run, count):
    """Send so many requests about a stored run; returns how many were answered by which hundred."""
    found = {"2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0}
    logging.getLogger("fdmat").setLevel(logging.CRITICAL)
    routes = serving.under_base(one for part in explorer.ROUTES for one in part.routes())
    items = Run.open(run).tables[0].ids.tolist()
    with TestClient(
        Starlette(routes=routes, middleware=doors.middleware()), "http://localhost:8501", raise_server_exceptions=False
    ) as client:

        @settings(max_examples=count, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
        @given(randoms(use_true_random=False))
        def answered(draw):
            answer = client.request(follow_redirects=False, **_question(draw, run, items, routes))
            traced = "Traceback" in answer.text[:2000]
            found["5xx" if traced else f"{answer.status_code // 100}xx"] += 1
            asked = answer.request.method, str(answer.request.url)[:200]
            assert answer.status_code < 500 and not traced, (answer.status_code, *asked, answer.text[:300])

        try:
            answered()
        except AssertionError as error:
            print("!!", error)
    return found


def _question(draw, run, items, routes):
    """One request: mostly right but for one or two of its parts."""
    place = draw.choice(routes).path
    right = {"run": run, "item": str(draw.choice(items)), "method:path": "fdmat", "version": "x", "name:path": "map.js"}
    for part, value in right.items():
        odd = draw.choice((draw.choice(NUMBERS), draw.choice(WORDS), draw.choice(items)))
        place = place.replace("{" + part + "}", str(value if draw.random() < 0.7 else odd))
    asked = {name: str(_any(draw, items)) for name in ("kept", "method", "after", "items", "text", "a", "b", "run_b")}
    asked = {name: value for name, value in asked.items() if draw.random() < 0.4}
    headers = {"host": draw.choice(HOSTS) if draw.random() < 0.2 else "localhost:8501"}
    if (origin := draw.choice(ORIGINS)) is not None and draw.random() < 0.3:
        headers["origin"] = origin
    if draw.random() < 0.8:
        headers["content-type"] = "application/json"
    path = place if place.isascii() else place.encode("ascii", "replace").decode()
    return {
        "method": "POST" if "/decisions/" in place and draw.random() < 0.6 else draw.choice(METHODS),
        "url": "/" + path.lstrip("/"),
        "params": asked,
        "headers": headers,
        "content": _body(draw, items),
    }


def _body(draw, items):
    if draw.random() < 0.1:
        return draw.choice((b"\xff\xfe", b"[" * 50_000, b"x" * 1_200_000, b"", b"nul", b'{"item": NaN}', b"{" * 9))
    wish = {name: _any(draw, items) for name in ("item", "decision", "label", "author", "session", "id", "undo")}
    wish = {name: value for name, value in wish.items() if draw.random() < 0.7}
    if draw.random() < 0.5:
        wish |= {"item": draw.choice(items), "decision": draw.choice(("keep", "drop", "unsure", "relabel"))}
    return json.dumps(wish).encode()


def _any(draw, items):
    return draw.choice((draw.choice(NUMBERS), draw.choice(WORDS), draw.choice(items), None, [1], {"a": 1}, True))


st.cache_data.clear()
