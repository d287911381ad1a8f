"""What stands beside the map under the numbers: two charts with a line, and the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.shell import places, state
from pages.ui import pictures, thumbnails
from pages.ui.thumbnails import Card
from pages.ui.toolbar import line

if TYPE_CHECKING:
    import plotly.graph_objects as go

TABS = ("Removed next", "Removed last", "Lasso")
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


def gallery(boundary: tuple[list[Card], list[Card]], caught: tuple[list[Card], int], source: str) -> None:
    """The items on either side of the cut, or in the lasso."""
    with st.container(horizontal=True, vertical_alignment="center"):
        hidden: dict[str, Any] = {"required": True, "label_visibility": "collapsed"}
        tab = st.segmented_control("Gallery", TABS, key="tab", default=TABS[0], **hidden)
        if tab == TABS[2] and caught[1]:
            _inspect(caught[1])
    empty = "Draw a lasso on the map: press L or hold shift." if tab == TABS[2] else "Nothing on this side of the cut."
    cards = dict(zip(TABS, (*boundary, caught[0]), strict=True))[tab]
    st.html(thumbnails.gallery(cards, source, empty=empty))


def _inspect(count: int) -> None:
    """Offer to look into what the lasso holds."""
    label, icon = f"Inspect {count:,}", ":material/content_cut:"
    if st.button(
        label, icon=icon, type="tertiary", help="See on the Removed page what of the lasso is removed, and why"
    ):
        state.pick("only", st.session_state["lasso"])
        state.filter_by({})
        st.switch_page(places.REMOVED)


def ringed(count: int) -> None:
    """Say how many items of another page are ringed, and offer to take the rings off."""
    if count:
        facts: dict[str, Any] = {"icon": ":material/close:", "type": "tertiary", "help": "Take the rings off"}
        st.button(f"{count:,} ringed", key="unring", on_click=state.pick, args=("ringed", ""), **facts)
