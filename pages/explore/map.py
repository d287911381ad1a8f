"""The map: what stays and what goes at a pruning ratio, what that costs, and who is next."""

from pathlib import Path

import streamlit as st

from fdmat_core.view import mapdata
from pages.shared import cached, empty, progress, session, widgets
from pages.shared.map import map as plane
from pages.shared.map import rail, scene

STYLE = Path(plane.__file__).with_name("page.css")


def lassoed():
    """A lasso was closed or cleared: the gallery turns to what it holds."""
    st.session_state["lasso"] = plane.lasso()
    st.session_state["tab"] = rail.TABS[2] if plane.lasso() else rail.TABS[0]


@st.fragment
def show_map(view, blob, methods, numbers, gallery):
    """The map, and what follows its slider; nothing else of the page is sent again."""
    plane.show(blob, on_lasso=lassoed)
    if plane.method() and plane.method() <= len(methods):
        session.choose(method=methods[plane.method() - 1])
        st.rerun()
    session.choose(ratio=plane.ratio(session.ratio()))
    with numbers:
        rail.numbers(view.numbers(session.ratio()))
    with gallery:
        rail.gallery(view.brink(session.ratio()), view.lassoed(st.session_state.get("lasso")), view.pictures)


def show_curves(view):
    """The two curves; while the run goes on they grow."""
    with st.container(key="curves"):
        if view.charted:
            rail.curves(view.curves(widgets.look(view.spec)), view.least)


st.html(STYLE)
spec = session.spec()
if spec is None:
    empty.invite()
with widgets.plain_errors():
    status = progress.strip(session.run())
    live = status is not None and status.live
    ringed = session.picked("ringed")
    methods, projection = scene.ready(spec), cached.projection(spec)
    if not methods or projection is None:
        rail.waiting()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        method = rail.choose(list(methods), session.method(spec), lambda name: session.choose(method=name))
        st.caption(scene.title(spec), width="content")
        rail.ringed(len(mapdata.rows_in(ringed, cached.tables(spec)[0].n)))
    train, _ = cached.tables(spec)
    view = scene.Scene(spec, method, train, projection, methods[method], scene.witness(methods))
    left, right = st.columns([7, 5], gap="medium")
    with right, st.container(key="rail"):
        numbers = st.container()
        st.fragment(show_curves, run_every=2.0 if live else None)(view)
        gallery = st.container()
    with left:
        blob = view.blob(plane.start(session.ratio()), live=live, ringed=ringed)
        show_map(view, blob, list(methods), numbers, gallery)
