"""Removed: everything that leaves at this ratio and why, with evidence, and decisions that last."""

from pathlib import Path

import streamlit as st

from pages.shared import cached, empty, places, progress, session, widgets
from pages.shared.map import rail, scene
from pages.shared.removed import desk, lacking, log, take_away, truth, wall

TABS = ("Inspect", "Truth", "Decisions")
STYLE = Path(wall.__file__).with_name("page.css")


def ring():
    """Somebody wants to see items on the map."""
    session.pick("ringed", wall.ringed())


@st.fragment
def show_wall(shown, methods):
    """The wall, and what follows it into the link; nothing else of the page is sent again."""
    filters = wall.start_filters(session.filters())
    blob = shown.blob(wall.start(session.ratio()), only=session.picked("only"), filters=filters)
    wall.show(blob, on_ringed=ring, on_only=lambda: session.pick("only", ""))
    if wall.method() and wall.method() <= len(methods):
        session.choose(method=methods[wall.method() - 1])
        st.rerun()
    if wall.ringed():
        st.switch_page(places.MAP)
    session.choose(ratio=wall.ratio(session.ratio()))
    session.filter_by(filters if wall.filters() is None else wall.filters())


st.html(STYLE)
spec = session.spec()
if spec is None:
    empty.invite()
with widgets.plain_errors():
    status = progress.strip(session.run())
    methods = scene.ready(spec)
    if not methods:
        lacking.waiting()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        method = rail.choose(list(methods), session.method(spec), lambda name: session.choose(method=name))
        st.caption(scene.title(spec), width="content")
        st.space("stretch")
        tab = st.segmented_control(
            "Part", TABS, key="part", default=TABS[0], required=True, label_visibility="collapsed"
        )
    if cached.inspection(spec) is None:
        lacking.witness(spec, live=status is not None and status.live)
    if tab == TABS[0]:
        show_wall(desk.Desk(spec, method, cached.tables(spec)[0], methods[method]), list(methods))
    elif tab == TABS[1]:
        truth.panel(spec, method, session.ratio())
    else:
        take_away.row(spec, method, session.ratio())
        log.show(spec)
