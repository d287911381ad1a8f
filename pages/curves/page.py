"""Curves: how good a coreset is at every size; whether closer means better; and what it costs."""

from pathlib import Path

import streamlit as st

from pages.curves import charts, parts, predictiveness, savings
from pages.shell import frame, state
from pages.ui import caveats, empty, head, run_status

st.html(Path(head.__file__).with_name("results.css"))
st.html(caveats.STYLE)
st.html(parts.STYLE)
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
    with st.container(key="parts", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        links = st.empty()
        relative = charts.choose_values()
    shown = charts.choose_methods(run.spec, list(methods))
    st.fragment(charts.show, run_every=again)(run, focus, shown, relative, links)
    st.fragment(predictiveness.show, run_every=again)(run)
    st.fragment(savings.show)(run, focus, list(methods))
