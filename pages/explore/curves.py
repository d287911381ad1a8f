"""Curves: how good what is kept is, at every size; whether closer means better; and what it costs."""

from pathlib import Path

import streamlit as st

from pages.shared import empty, progress, session, widgets
from pages.shared.map import rail, scene
from pages.shared.results import charts, claims, costs, head

st.html(Path(head.__file__).with_name("page.css"))
spec = session.spec()
if spec is None:
    empty.invite()
with widgets.plain_errors():
    status = progress.strip(session.run())
    again = 2.0 if status is not None and status.live else None
    methods = scene.ready(spec)
    if not methods:
        rail.waiting()
    focus = head.strip(spec, methods)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="xsmall"):
        shown = charts.choose_methods(spec, list(methods))
        relative = charts.choose_values()
    st.fragment(charts.show, run_every=again)(spec, focus, shown, relative)
    st.fragment(claims.show, run_every=again)(spec)
    st.fragment(costs.show)(spec, list(methods))
