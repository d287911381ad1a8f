"""What people decided about the items of a run's data, as a table: the latest word on each."""

from __future__ import annotations

import streamlit as st

from fdmat_core.runs import decisions
from fdmat_core.spec import Spec
from pages.shell import caches
from pages.ui import thumbnails

TALL, HIGH = 64, 680  # pixels of a line, and at most of the table
WORDS = {
    "item": "Item",
    "given": "Given label",
    "decision": "Decision",
    "label": "New label",
    "author": "By",
    "made": "When",
}


def show(spec: Spec) -> None:
    """Draw the decisions, the newest first, or say how to make one."""
    data = caches.train(spec)
    said = decisions.current(data.key).sort_values("made", ascending=False, kind="stable")
    if said.empty:
        text = "Nothing is decided yet. On the first tab press K to keep an item, D to drop, R to relabel, U if unsure."
        st.info(text, icon=":material/keyboard:")
        return
    said = said.assign(given=[data.classes[label] for label in data.labels[data.rows_of(said["item"])]])
    columns = {name: st.column_config.Column(title) for name, title in WORDS.items()}
    if source := thumbnails.address(spec, data):
        said = said.assign(picture=[f"{source}{item}" for item in said["item"]])
        columns = {"picture": st.column_config.ImageColumn("")} | columns
    height = min(HIGH, TALL * len(said) + 40)
    facts = {"column_order": list(columns), "column_config": columns, "hide_index": True}
    st.dataframe(said, height=height, row_height=TALL, **facts)
