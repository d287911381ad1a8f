"""What people decided about the items of a run's data, as a table: the latest on each."""

from __future__ import annotations

from typing import Any

import streamlit as st

from fdmat_core.runs import decisions
from fdmat_core.runs.run import Run
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


#: The columns about labels.
OF_LABELS = ("given", "label")


def show(run: Run) -> None:
    """Draw the decisions, the newest first, or say how to make one."""
    data = caches.train(run)
    found = decisions.current(caches.data_key(run)).sort_values("made", ascending=False, kind="stable")
    if found.empty:
        keys = "K to keep an item, D to drop, R to relabel" if data.labelled else "K to keep an item, D to drop"
        text = f"Nothing is decided yet. On the first tab press {keys}, U if unsure."
        st.info(text, icon=":material/keyboard:")
        return
    found = found.assign(given=[data.classes[label] for label in data.labels[data.rows_of(found["item"])]])
    shown = {name: title for name, title in WORDS.items() if data.labelled or name not in OF_LABELS}
    columns = {name: st.column_config.Column(title) for name, title in shown.items()}
    if source := thumbnails.address(run):
        found = found.assign(picture=[f"{source}{item}" for item in found["item"]])
        columns = {"picture": st.column_config.ImageColumn("")} | columns
    height = min(HIGH, TALL * len(found) + 40)
    facts: dict[str, Any] = {"column_order": list(columns), "column_config": columns, "hide_index": True}
    st.dataframe(found, height=height, row_height=TALL, **facts)
