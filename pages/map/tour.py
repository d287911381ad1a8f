"""Seven places of the map page, for somebody who is here for the first time."""

from __future__ import annotations

import streamlit as st

from pages.shell import state
from pages.ui import serving

TOUR = serving.component("fdmat.tour", "tour/streamlit.js")
#: Title, text, and where on the page: the first place that is there is lit up.
STOPS = (
    (
        "What is kept, and what goes",
        "Every dot is an item of the training set. Those in colour are kept, the grey ones go. Items that look alike "
        "to the network lie near each other.",
        (".stage",),
    ),
    (
        "One slider",
        "It sets the share of the items that is kept. Drag it, or press the arrow keys: the page follows.",
        (".slide",),
    ),
    ("Which method chooses", "The number keys change it, too. The camera stays, so that you see what is different.",
     (".st-key-strip [data-testid=stButtonGroup]", ".st-key-strip [data-testid=stSelectbox]", ".st-key-strip")),
    (
        "What that costs",
        "The accuracy after training on the kept items alone, beside all data and random choice, and how far the kept "
        "lie from the whole.",
        (".numbers",),
    ),
    (
        "At every size",
        "Distance and accuracy by share kept. The line follows the slider; the grey band is what random choice gets.",
        (".st-key-curves",),
    ),
    (
        "Look at the items",
        "Which are removed next, which were removed last, where the choice leaves gaps. Point at one: it is ringed on "
        "the map.",
        (".cards", ".cards-empty"),
    ),
    (
        "Take it along",
        "Link copies the address of just this view. Record makes it a step of a talk, which the Present page tells. "
        "Press ? for all keys.",
        (".bar.actions",),
    ),
)  # fmt: skip


def offer() -> None:
    """Show the tour if this browser has not been here; it takes no room."""
    stops = [{"title": title, "text": text, "at": list(at)} for title, text, at in STOPS]
    with st.container(key="tour-place"):
        TOUR(key="tour", data={"stops": stops, "word": state.TOUR})
