"""Compare: two methods, or two runs on the same items, on two maps under one slider."""

from pathlib import Path

import streamlit as st

from pages.compare import canvas, choose, galleries, numbers, overlap
from pages.compare import pair as pairs
from pages.shell import frame, state
from pages.ui import cards, caveats, empty, head, maps, run_status

HERE = Path(canvas.__file__).parent


@st.fragment
def show_pair(pair, table, chosen, run, pending):
    """The two maps, and what follows their slider; nothing else of the page is sent again."""
    if not (pair.a.run.stored and pair.b.run.stored):  # somebody deleted one meanwhile
        st.rerun()
    state.choose(kept=canvas.kept(state.kept()))
    kept = state.kept()
    canvas.show(pair.address, kept=kept, pending=pending, view=maps.seen(pair.a.run))
    if follow_keys(chosen, run) or overlap.opened():
        st.rerun()
    galleries.show(pair, kept)
    for side in (pair.a, pair.b):
        caveats.brought(side.run, side.method, side.rankings, kept)
    left, right = st.columns([7, 5], gap="large")
    with left:
        numbers.show(pair, kept)
        numbers.settings(pair)
    with right:
        overlap.curve(pair, table)
    left, right = st.columns(overlap.widths(pair), gap="large")
    with left:
        overlap.matrix(pair, kept)
    with right:
        overlap.nearest(pair, kept)
    overlap.downloads(pair, table)


def follow_keys(chosen, run):
    """Do what a number key or the swap key of the canvas asks for; whether one did."""
    if canvas.swapped():
        choose.swap(run, chosen)
        return True
    pressed, free = canvas.method(), choose.free(run, chosen)
    if pressed and pressed <= len(free) and free[pressed - 1] != chosen.b:
        state.choose(b=free[pressed - 1])
        return True
    return False


st.html(Path(head.__file__).with_name("results.css"))
st.html(cards.STYLE)
st.html(caveats.STYLE)
st.html(HERE / "page.css")
run = state.run()
if run is None:
    empty.invite()
with frame.plain_errors():
    status = run_status.strip(run.key)
    live = status is not None and status.live
    methods = run.ranked
    if not methods or run.projection is None or run.tables is None:
        empty.waiting()
    other = choose.second(run)
    if other is run and len(methods) < 2:
        choose.lone(run, methods, live)
    chosen = choose.strip(run, other, methods)
    pair = pairs.of((run, chosen.a), (chosen.run_b, chosen.b))
    choose.same_items(pair)
    show_pair(pair, pair.curve(), chosen, run, "UMAP" if live and pair.projection.kind == "PCA" else "")
