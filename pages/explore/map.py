"""The map: what stays and what goes at a pruning ratio, what that costs, and who is next."""

from pathlib import Path

import streamlit as st

from pages.shared import cached, empty, progress, session, widgets
from pages.shared.map import map as plane
from pages.shared.map import rail, scene

STYLE = Path(plane.__file__).with_name("page.css")


def moved():
    """The slider rests: numbers and gallery follow, and nothing else is sent."""
    session.choose(ratio=plane.ratio(session.ratio()))
    st.rerun(["numbers", "gallery"])


def lassoed():
    """A lasso was closed or cleared: the gallery turns to what it holds."""
    st.session_state["lasso"] = plane.lasso()
    st.session_state["tab"] = rail.TABS[2] if plane.lasso() else rail.TABS[0]


def numbered(methods):
    """A number key was pressed on the map."""
    if (place := plane.method() - 1) < len(methods):
        session.choose(method=methods[place])


@st.fragment(key="numbers")
def show_numbers(view):
    """Distance, accuracy and noise at the ratio."""
    rail.numbers(view.numbers(session.ratio()))


@st.fragment(key="gallery")
def show_gallery(view):
    """The items on either side of the cut, or in the lasso."""
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
    methods, projection = scene.ready(spec), cached.projection(spec)
    if not methods or projection is None:
        rail.waiting()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        method = rail.choose(list(methods), session.method(spec), lambda name: session.choose(method=name))
        st.caption(scene.title(spec), width="content")
    train, _ = cached.tables(spec)
    view = scene.Scene(spec, method, train, projection, methods[method], scene.witness(methods))
    left, right = st.columns([7, 5], gap="medium")
    with left:
        plane.show(
            view.blob(plane.start(session.ratio()), live=live),
            on_ratio=moved,
            on_lasso=lassoed,
            on_method=lambda: numbered(list(methods)),
        )
    with right, st.container(key="rail"):
        show_numbers(view)
        st.fragment(show_curves, run_every=2.0 if live else None)(view)
        show_gallery(view)
