"""Class balance: what a selection keeps of each class, and how the worst one fares."""

from pathlib import Path

import streamlit as st

from pages.balance import classes
from pages.shell import frame, state
from pages.ui import empty, head, rankings, run_status

st.html(Path(head.__file__).with_name("results.css"))
spec = state.spec()
if spec is None:
    empty.invite()
with frame.plain_errors():
    status = run_status.strip(state.run())
    again = 2.0 if status is not None and status.live else None
    methods = rankings.ready(spec)
    if not methods:
        empty.waiting()
    focus = head.strip(spec, methods)
    st.fragment(classes.show, run_every=again)(spec, focus, methods)
