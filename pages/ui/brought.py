"""What is to be known of a selection that somebody brought along, at the size that is shown."""

from __future__ import annotations

import streamlit as st

from fdmat_core.methods import imported
from fdmat_core.rankings import Rankings


def caveat(rankings: Rankings, kept: float) -> None:
    """Say so where a coreset is not just what a file lists."""
    if rankings.nested is None:
        return
    coreset = rankings.cut(kept)
    if text := imported.caveat(rankings.nested.notes, coreset.k, coreset.n):
        st.caption(f":material/info: {text}", width="content")
