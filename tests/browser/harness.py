"""A page that holds only the map, on made-up points: what the browser tests and the frame-rate benchmark drive."""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fdmat_core.types import FRACTIONS, Ranking
from fdmat_core.view import mapdata
from pages.shared.map import map as plane
from tests.browser import clouds

cloud = st.cache_resource(clouds.cloud)


@st.cache_resource
def block(n: int, noise: bool, method: str, start: float) -> bytes:
    """Method "A" keeps the lowest rows, "B" the highest, "C" is not nested: it keeps the last rows at every count."""
    ranking = Ranking.by_score(np.arange(n, dtype=float), keep="lowest" if method == "A" else "highest")
    if method == "C":
        ranking = {int(n * fraction): Ranking(ranking.order, nested=False) for fraction in FRACTIONS[3:]}
    words = mapdata.Words(method=method, scored="row")
    return mapdata.pack(cloud(n, noise), ranking, words, fractions=FRACTIONS, start=start)


def switch() -> None:
    """A number key of the map chooses the method."""
    st.session_state["method"] = "ABC"[(plane.method() - 1) % 3]


def keep_lasso() -> None:
    """A lasso is said once; remember it."""
    st.session_state["lasso"] = plane.lasso()
    st.rerun("heard")


def draw(n: int, noise: bool, start: float) -> None:
    """The method switch and the map."""
    method = st.segmented_control("Method", list("ABC"), key="method", required=True, default="A")
    spoken = {"on_ratio": lambda: st.rerun("heard"), "on_lasso": keep_lasso, "on_method": switch}
    plane.show(block(n, noise, method, start), **spoken)


@st.fragment(key="heard")
def tell(n: int, noise: bool, start: float) -> None:
    """What Python has heard."""
    ids = cloud(n, noise).ids[mapdata.rows_in(st.session_state.get("lasso"), n)]
    ratio = plane.ratio(start)
    st.query_params["ratio"] = f"{ratio:g}"
    st.text(f"heard ratio={ratio:g} method={st.session_state['method']} count={len(ids)} ids={ids[:40].tolist()}")


st.set_page_config(layout="wide")
query = st.query_params
begin = st.session_state.setdefault("begin", float(query.get("ratio", 0.5)))
st.html("<style>[data-testid=stMainBlockContainer]{padding:3.5rem 2rem 0} body{--fdmat-top:13rem}</style>")
chosen = (int(query.get("n", 8000)), "noise" in query, begin)
draw(*chosen)
tell(*chosen)
