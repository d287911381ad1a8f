"""Method notes: what each method and measure does, written from the code that does it."""

import streamlit as st

from pages.methods import notes
from pages.shell import frame

frame.header(
    "Method notes", "What each method keeps, how it decides and what it needs. Written from the code that runs."
)

index, page = st.columns([3, 9], gap="large")
with index:
    search = st.text_input(
        "Search",
        placeholder="Search names, formulas, papers",
        icon=":material/search:",
        label_visibility="collapsed",
        key="search",
        live=True,
        bind="query-params",
    )
    with st.container(height=760, border=False, key="notes-list"):
        chosen = notes.index(notes.find(search))

with page:
    if chosen is None:
        st.info(f"Nothing here speaks of “{search}”.", icon=":material/search_off:")
        st.stop()
    notes.show(chosen)
