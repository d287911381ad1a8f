"""The map: what stays and what goes at a pruning ratio, what that costs, and who is next."""

from pathlib import Path

import streamlit as st

from fdmat_core.web import payload
from pages.map import canvas, rail, scene
from pages.map.numbers import numbers as show_numbers
from pages.shell import caches, frame, state
from pages.ui import empty, rankings, run_status, titles, toolbar

STYLE = Path(canvas.__file__).with_name("page.css")


def lassoed():
    """A lasso was closed or cleared: the gallery turns to what it holds."""
    st.session_state["lasso"] = canvas.lasso()
    st.session_state["tab"] = rail.TABS[2] if canvas.lasso() else rail.TABS[0]


@st.fragment
def show_map(view, blob, methods, numbers, gallery):
    """The map, and what follows its slider; nothing else of the page is sent again."""
    canvas.show(blob, on_lasso=lassoed)
    if canvas.method() and canvas.method() <= len(methods):
        state.choose(method=methods[canvas.method() - 1])
        st.rerun()
    state.choose(ratio=canvas.ratio(state.ratio()))
    with numbers:
        show_numbers(view.numbers(state.ratio()))
    with gallery:
        rail.gallery(view.brink(state.ratio()), view.lassoed(st.session_state.get("lasso")), view.pictures)


def show_curves(view):
    """The two curves; while the run goes on they grow."""
    with st.container(key="curves"):
        if view.charted:
            rail.curves(view.curves(titles.look(view.spec)), view.least)


st.html(STYLE)
spec = state.spec()
if spec is None:
    empty.invite()
with frame.plain_errors():
    status = run_status.strip(state.run())
    live = status is not None and status.live
    ringed = state.picked("ringed")
    methods, projection = rankings.ready(spec), caches.projection(spec)
    if not methods or projection is None:
        empty.waiting()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        method = toolbar.choose(list(methods), state.method(spec), lambda name: state.choose(method=name))
        st.caption(rankings.title(spec), width="content")
        rail.ringed(len(payload.rows_in(ringed, caches.tables(spec)[0].n)))
    train, _ = caches.tables(spec)
    view = scene.Scene(spec, method, train, projection, methods[method], rankings.witness(methods))
    left, right = st.columns([7, 5], gap="medium")
    with right, st.container(key="rail"):
        numbers = st.container()
        st.fragment(show_curves, run_every=2.0 if live else None)(view)
        gallery = st.container()
    with left:
        blob = view.blob(canvas.start(state.ratio()), live=live, ringed=ringed)
        show_map(view, blob, list(methods), numbers, gallery)
