"""Removed: everything that is removed at this share kept and why, with evidence, and decisions that last."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.removed import again, decisions, downloads, grid, items, missing, review, reviewers, selections, truth
from pages.shell import caches, frame, places, state
from pages.ui import caveats, empty, head, run_status, toolbar

TABS = ("Inspect", "Truth", "Decisions", "Clean")
STYLE = Path(grid.__file__).with_name("page.css")


def ring():
    """Somebody wants to see items on the map."""
    state.pick("ringed", grid.ringed())


@st.fragment
def show_grid(shown, methods):
    """The grid, and what follows it into the link; nothing else of the page is sent again."""
    if not shown.run.stored:  # somebody deleted it meanwhile
        st.rerun()
    filters = grid.filters(shown.key, {**state.filters(), "set": state.chosen(state.SET) or ""})
    state.choose(kept=grid.kept(state.kept()), set=filters.pop("set", "") or None)
    state.filter_by(filters)
    review.go_blind(grid.blind(review.blind()))
    now: dict[str, Any] = {"kept": state.kept(), "only": state.picked("only")}
    now["filters"] = {**state.filters(), "set": state.chosen(state.SET) or ""}
    now["blind"] = review.blind()
    grid.show(shown.address, now, on_ringed=ring, on_only=lambda: state.pick("only", ""))
    pressed = grid.method()
    if pressed and pressed <= len(methods):
        state.choose(method=methods[pressed - 1])
        st.rerun()
    if grid.ringed():
        st.switch_page(places.MAP)


st.html(head.ONE_SCREEN)
st.html(STYLE)
run = state.run()
if run is None:
    empty.invite()
with frame.plain_errors():
    status = run_status.strip(run.key)
    methods = run.ranked
    if not methods:
        missing.waiting()
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        method = toolbar.choose(list(methods), state.method(run), lambda name: state.choose(method=name))
        head.about(run)
        st.space("stretch")
        facts: dict[str, Any] = {"default": TABS[0], "required": True, "label_visibility": "collapsed"}
        tab = st.segmented_control("Part", TABS, key="part", **facts)
    if caches.inspection(run) is None:
        missing.evidence(run, live=status is not None and status.live)
    if tab == TABS[0]:
        show_grid(items.Items(run, method, methods[method]), list(methods))
    elif tab in (TABS[1], TABS[3]) and review.hides(run):
        review.hidden()
    elif tab == TABS[1]:
        truth.panel(run, method)
    elif tab == TABS[3]:
        again.panel(run, method)
    else:
        caveats.brought(run, method, methods[method], state.kept())
        downloads.row(run, method, state.kept())
        selections.row(run)
        reviewers.show(run, method)
        decisions.show(run)
