"""How to train on what was taken away: which dataset its ids index, and code that runs as it is shown."""

from __future__ import annotations

import streamlit as st

from fdmat_core.runs import loaders
from fdmat_core.runs.run import Run
from pages.shell import caches

#: The ways to read a file, and which part of a loader shows each.
WAYS = {"PyTorch": "torch", "Arrays": "arrays"}


def show(run: Run, files: list[str]) -> None:
    """Offer the code that reads one of these files, by their names."""
    with st.expander("Train on a list", icon=":material/code:", key="train_on"):
        with st.container(horizontal=True, vertical_alignment="center"):
            file = st.segmented_control("File", files, default=files[0], required=True, label_visibility="collapsed")
            way = st.segmented_control("Way", WAYS, default="PyTorch", required=True, label_visibility="collapsed")
        found = loaders.loader(run.spec, file, caches.train(run).holds)
        st.caption(found.words)
        st.code(getattr(found, WAYS[way]), language="python")
