"""Removed: everything that leaves at this ratio and why, with evidence, and decisions that last."""

from pathlib import Path

import streamlit as st

from pages.removed import decisions, exports, grid, items, missing, truth
from pages.shell import caches, frame, places, state
from pages.ui import empty, rankings, run_status, toolbar

TABS = ("Inspect", "Truth", "Decisions")
STYLE = Path(grid.__file__).with_name("page.css")


def ring():
    """Somebody wants to see items on the map."""
    state.pick("ringed", grid.ringed())


@st.fragment
def show_wall(shown, methods):
    """The wall, and what follows it into the link; nothing else of the page is sent again."""
    filters = grid.start_filters(state.filters())
    blob = shown.blob(grid.start(state.ratio()), only=state.picked("only"), filters=filters)
    grid.show(blob, on_ringed=ring, on_only=lambda: state.pick("only", ""))
    if grid.method() and grid.method() <= len(methods):
        state.choose(method=methods[grid.method() - 1])
        st.rerun()
    if grid.ringed():
        st.switch_page(places.MAP)
    state.choose(ratio=grid.ratio(state.ratio()))
    state.filter_by(filters if grid.filters() is None else grid.filters())


st.html(STYLE)
spec = state.spec()
if spec is None:
    empty.invite()
with frame.plain_errors():
    status = run_status.strip(state.run())
    methods = rankings.ready(spec)
    if not methods:
        missing.waiting()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        method = toolbar.choose(list(methods), state.method(spec), lambda name: state.choose(method=name))
        st.caption(rankings.title(spec), width="content")
        st.space("stretch")
        tab = st.segmented_control(
            "Part", TABS, key="part", default=TABS[0], required=True, label_visibility="collapsed"
        )
    if caches.inspection(spec) is None:
        missing.witness(spec, live=status is not None and status.live)
    if tab == TABS[0]:
        show_wall(items.Desk(spec, method, caches.tables(spec)[0], methods[method]), list(methods))
    elif tab == TABS[1]:
        truth.panel(spec, method, state.ratio())
    else:
        exports.row(spec, method, state.ratio())
        decisions.show(spec)
