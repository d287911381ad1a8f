"""An app of one page that holds only the map, on made-up points: what the browser tests and the benchmark drive."""

import sys
from functools import cache
from pathlib import Path

import streamlit as st
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pages.ui import serving
from tests.browser import clouds

packed, paired = cache(clouds.packed), cache(clouds.pair)


def payload(request):
    asked = request.query_params
    facts = int(asked["n"]), asked["noise"] == "1", asked["method"], asked["projection"]
    return serving.payload(request, lambda: packed(*facts))


def pair(request):
    return serving.payload(request, lambda: paired(int(request.query_params["n"])))


ROUTES = [*serving.routes(), Route("/payload/cloud", payload), Route("/payload/pair", pair)]
app = st.App("harness_page.py", routes=serving.under_base(ROUTES))
