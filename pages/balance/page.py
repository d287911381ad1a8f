"""Class balance: what a selection keeps of each class, and the accuracy in each."""

from pathlib import Path

import streamlit as st

from pages.balance import classes
from pages.shell import frame, state
from pages.ui import caveats, empty, head, run_status

st.html(Path(head.__file__).with_name("results.css"))
st.html(caveats.STYLE)
run = state.run()
if run is None:
    empty.invite()
with frame.plain_errors():
    status = run_status.strip(run.key)
    again = 2.0 if status is not None and status.live else None
    methods = run.ranked
    if not methods:
        empty.waiting()
    focus = head.strip(run, methods)
    caveats.brought(run, focus, methods[focus], state.kept())
    caveats.warn(run, focus, methods[focus], state.kept())
    st.fragment(classes.show, run_every=again)(run, focus, methods)
