"""A page that holds only the map, on made-up points: what the browser tests and the frame-rate benchmark drive."""

import sys
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fdmat_core.spec import FRACTIONS
from fdmat_core.types import Ranking
from fdmat_core.web import payload
from pages.map import canvas as plane
from tests.browser import clouds

cloud = st.cache_resource(clouds.cloud)


@st.cache_resource
def block(n: int, noise: bool, method: str, start: float) -> bytes:
    """Method "A" keeps the rows from the 100th on, "B" the same backwards; "C" is as "B", but not nested."""
    score = np.roll(np.arange(n, dtype=float), 100)
    ranking = Ranking.by_score(score, keep="lowest" if method == "A" else "highest")
    if method == "C":
        ranking = {int(n * fraction): Ranking(ranking.order, nested=False) for fraction in FRACTIONS[3:]}
    words = payload.Words(method=method, scored="row")
    return payload.pack(cloud(n, noise), ranking, words, fractions=FRACTIONS, start=start)


def keep_lasso() -> None:
    """A lasso is said once; remember it."""
    st.session_state["lasso"] = plane.lasso()


@st.fragment
def draw(blob: bytes, ids: np.ndarray, heard: DeltaGenerator) -> None:
    """The map and what Python has heard; a number key of the map chooses the method."""
    plane.show(blob, on_lasso=keep_lasso)
    if plane.method():
        st.session_state["chosen"] = "ABC"[(plane.method() - 1) % 3]
        st.rerun()
    ratio = plane.ratio(st.session_state["begin"])
    st.query_params["ratio"] = f"{ratio:g}"
    caught = ids[payload.rows_in(st.session_state.get("lasso"), len(ids))]
    heard.text(f"heard ratio={ratio:g} method={method} count={len(caught)} ids={caught[:40].tolist()}")


def keep_method() -> None:
    """The switch was pressed."""
    st.session_state["chosen"] = st.session_state["method"]


st.set_page_config(layout="wide")
query = st.query_params
begin = st.session_state.setdefault("begin", float(query.get("ratio", 0.5)))
st.html("<style>[data-testid=stMainBlockContainer]{padding:3.5rem 2rem 0} body{--fdmat-top:13rem}</style>")
n, noise = int(query.get("n", 8000)), "noise" in query
st.session_state["method"] = st.session_state.get("chosen", "A")
method = st.segmented_control("Method", list("ABC"), key="method", required=True, on_change=keep_method)
above, below = st.container(), st.container()
with above:
    draw(block(n, noise, method, begin), cloud(n, noise).ids, below)
