"""What only one of the two keeps, in pictures, under its map."""

from __future__ import annotations

import streamlit as st

from pages.compare.pair import Pair
from pages.ui import thumbnails


def show(pair: Pair, kept: float) -> None:
    """The first items that only A keeps, and the first that only B keeps."""
    cells = st.columns(2, gap="small")
    for cell, side, letter, (found, count) in zip(cells, (pair.a, pair.b), "AB", pair.only(kept), strict=True):
        with cell, st.container(key=f"only-{letter}", gap="xsmall"):
            st.markdown(f"**Only {letter} keeps {count:,}** :small[:gray[the first by its rank]]")
            empty = f"{side.name} keeps nothing here that the other does not."
            st.html(thumbnails.gallery(found, thumbnails.address(side.run), empty=empty))
