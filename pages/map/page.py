"""The map: what stays and what goes at a share kept, what that costs, and what is removed next."""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from fdmat_core.web import payload
from pages.map import canvas, gallery, measured_here, recorder, scene, sets, tour
from pages.shell import frame, state
from pages.ui import cards, caveats, empty, head, maps, pairing, run_status, stands_for, titles, toolbar

STYLE = Path(canvas.__file__).with_name("page.css")


def lassoed():
    """A lasso was closed or cleared: the gallery turns to what it holds."""
    state.pick("lasso", canvas.lasso() or "")
    gallery.turn_to(gallery.LASSO if canvas.lasso() else gallery.TABS[0])


@st.fragment
def show_map(view, options, methods, measured, below):
    """The map, and what follows its slider; nothing else of the page is sent again."""
    if not view.run.stored:  # somebody deleted it meanwhile
        st.rerun()
    state.choose(kept=canvas.kept(state.kept()))
    if (words := canvas.words(view.run.key)) is not None:
        state.see(words)
    canvas.show(view.address, kept=state.kept(), view=maps.seen(view.run), on_lasso=lassoed, **options)
    if told := canvas.recorded():
        recorder.take(view.run, view.method, told)
    pressed = canvas.method()
    if pressed and pressed <= len(methods):
        state.choose(method=methods[pressed - 1])
        st.rerun()
    measured()
    with below:
        gallery.gallery(view, state.kept(), state.picked("lasso"))


def show_curves(view):
    """The two curves; while the run goes on they grow."""
    with st.container(key="curves"):
        if view.charted:
            gallery.curves(view.curves(titles.look(view.run.spec)), view.least, view.caption)


st.html(head.ONE_SCREEN)
st.html(STYLE)
st.html(cards.STYLE)
st.html(caveats.STYLE)
run = state.run()
if run is None:
    empty.invite()
with frame.plain_errors():
    status = run_status.strip(run.key)
    live = status is not None and status.live
    again = 2.0 if live else None
    ringed = state.picked("ringed")
    methods, projection, tables = run.ranked, run.projection, run.tables
    if not methods or projection is None or tables is None:
        empty.waiting()
    table, _ = tables
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        method = toolbar.choose(list(methods), state.method(run), lambda name: state.choose(method=name))
        stands_for.offer(run, method)
        head.about(run)
        pairing.offer(run, method)
        gallery.ringed(len(payload.rows_in(ringed, table.n)))
        of_set = sets.offer(run)
    view = scene.Scene(run, method, table, projection, methods[method])
    left, right = st.columns([7, 5], gap="medium")
    with right, st.container(key="rail"):
        numbers = st.container()
        st.fragment(show_curves, run_every=again)(view)
        below = st.container()
    with left:
        measured = partial(st.fragment(measured_here.show, run_every=again), view, st.empty(), numbers)
        pending = "UMAP" if live and projection.kind == "PCA" else ""
        options: dict[str, Any] = {"ringed": ringed or of_set, "pending": pending}
        show_map(view, options, list(methods), measured, below)
        tour.offer()
