"""What stands beside the map under the numbers: two charts with a line, and the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.map import sets
from pages.shell import places, state
from pages.ui import pictures, thumbnails
from pages.ui.toolbar import line

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from pages.map.scene import Scene

TABS = ("Removed next", "Removed last", "Starved", "Lasso")
LASSO = TABS[-1]
EMPTY = {
    "Starved": "No cluster lacks anything: each holds as much of the kept as of all.",
    LASSO: "Draw a lasso on the map: press L or hold shift.",
}
#: Cards of the gallery; half of them are hidden on a low screen.
CARDS = 12


def curves(figure: go.Figure, least: float, caption: pictures.Caption) -> None:
    """The small charts, with a line that follows the slider without being sent."""
    figure.update_xaxes(automargin=False).update_yaxes(automargin=False)
    st.html(f"<style>{line(figure, least)}</style>")
    pictures.offer(figure, "rail", caption)
    figure.update_layout(height=None)
    config = {"displayModeBar": False}
    st.plotly_chart(figure, height="stretch", theme=None, config=config, alt="Distance and accuracy by share kept")


def turn_to(tab: str) -> None:
    """Show another tab: new tabs that begin with it.

    To set the tabs there are would fail where the map's next word is on its way: it brings their old value along.
    """
    turns, _ = st.session_state.get("turns", (0, tab))
    st.session_state["turns"] = turns + 1, tab


def gallery(view: Scene, kept: float, lasso: str) -> None:
    """The items on either side of the cut, those that stand for starved clusters, or those in the lasso."""
    with st.container(horizontal=True, vertical_alignment="center"):
        hidden: dict[str, Any] = {"required": True, "label_visibility": "collapsed"}
        turns, first = st.session_state.get("turns", (0, TABS[0]))
        tab = st.segmented_control("Gallery", TABS, key=f"tab{turns}", default=first, **hidden)
        cards, count = view.lassoed(lasso)
        if tab == LASSO and count:
            _inspect(count)
            sets.save(view.run, count)
    if tab != LASSO:
        cards = view.starved(kept) if tab == "Starved" else view.boundary(kept)[TABS.index(str(tab))]
    st.html(thumbnails.gallery(cards, view.pictures, empty=EMPTY.get(str(tab), "Nothing on this side of the cut.")))


def _inspect(count: int) -> None:
    """Offer to look into what the lasso holds."""
    label, icon = f"Inspect {count:,}", ":material/content_cut:"
    if st.button(
        label, icon=icon, type="tertiary", help="See on the Removed page what of the lasso is removed, and why"
    ):
        state.pick("only", state.picked("lasso"))
        state.filter_by({})
        st.switch_page(places.REMOVED)


def ringed(count: int) -> None:
    """Say how many items of another page are ringed, and offer to take the rings off."""
    if count:
        facts: dict[str, Any] = {"icon": ":material/close:", "type": "tertiary", "help": "Take the rings off"}
        st.button(f"{count:,} ringed", key="unring", on_click=state.pick, args=("ringed", ""), **facts)
