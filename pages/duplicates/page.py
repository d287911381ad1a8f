"""Duplicates: items that are there twice, in training or in training and test, and which of each to keep."""

from pathlib import Path

import streamlit as st

from fdmat_core.runs import duplicates
from pages.duplicates import asking, groups
from pages.shell import caches, frame, state
from pages.ui import empty, head, run_status

st.html(Path(groups.__file__).with_name("page.css"))
run = state.run()
if run is None:
    empty.invite()
with frame.plain_errors():
    run_status.strip(run.key)
    with st.container(key="strip", horizontal=True, vertical_alignment="center"):
        st.subheader("Duplicates and leaks", anchor=False, width="content")
        head.about(run)
    if run.tables is None:
        empty.waiting()
    copies = None if caches.changed(run) else duplicates.find(run)
    if copies is None:
        asking.offer(run)
    asked = asking.choose(run, copies)
    groups.show(run, copies, asked)
