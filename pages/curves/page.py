"""Curves: how good what is kept is, at every size; whether closer means better; and what it costs."""

from pathlib import Path

import streamlit as st

from pages.curves import charts, predictiveness, savings
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
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"):
        shown = charts.choose_methods(spec, list(methods))
        relative = charts.choose_values()
    st.fragment(charts.show, run_every=again)(spec, focus, shown, relative)
    st.fragment(predictiveness.show, run_every=again)(spec)
    st.fragment(savings.show)(spec, list(methods))
