"""The page of the harness: the map, and what Python has heard of it."""

import sys
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from fdmat_core.web import payload
from pages.compare import canvas as pair_canvas
from pages.map import canvas
from tests.browser import clouds

cloud = st.cache_resource(clouds.cloud)


def keep_lasso() -> None:
    """A lasso is said once; remember it."""
    st.session_state["lasso"] = canvas.lasso()


def kept() -> float:
    """The share kept, as a page keeps it."""
    st.session_state["kept"] = canvas.kept(st.session_state["kept"])
    return st.session_state["kept"]


@st.fragment
def draw(address: str, ringed: str, ids: np.ndarray, heard: DeltaGenerator) -> None:
    """The map and what Python has heard; a number key of the map chooses the method."""
    now = kept()
    canvas.show(address, kept=now, ringed=ringed, on_lasso=keep_lasso)
    if canvas.method():
        st.session_state["chosen"] = "ABC"[(canvas.method() - 1) % 3]
        st.rerun()
    st.query_params["kept"] = f"{now:g}"
    caught = ids[payload.rows_in(st.session_state.get("lasso"), len(ids))]
    heard.text(f"heard kept={now:g} method={method} count={len(caught)} ids={caught[:40].tolist()}")


def keep_method() -> None:
    """The switch was pressed."""
    st.session_state["chosen"] = st.session_state["method"]


st.set_page_config(layout="wide")
query = st.query_params
st.session_state.setdefault("kept", float(query.get("kept", 0.5)))
st.html("<style>[data-testid=stMainBlockContainer]{padding:3.5rem 2rem 0} body{--fdmat-top:13rem}</style>")
n, noise = int(query.get("n", 8000)), "noise" in query
if "pair" in query:
    pair_canvas.show(f"payload/pair?n={n}", kept=st.session_state["kept"])
    st.stop()
if "running" in query and not st.toggle("the run is done"):  # the strip of a running run, which leaves when it is done
    st.progress(0.5, text="Drawing the map")
    projection = "PCA"
else:
    projection = "UMAP"
st.session_state["method"] = st.session_state.get("chosen", "A")
method = st.segmented_control("Method", list("ABC"), key="method", required=True, on_change=keep_method)
left, _ = st.columns([20, 1])
with left:
    above, below = st.container(), st.container()
    ids = cloud(n, noise).ids
    ringed = payload.bits_of(np.arange(n), n) if "ringed" in query else ""
    with above:
        draw(f"payload/cloud?n={n}&noise={int(noise)}&method={method}&projection={projection}", ringed, ids, below)
