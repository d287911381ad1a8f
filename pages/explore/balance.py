"""Class balance: what a selection keeps of each class, and how the worst one fares."""

from pathlib import Path

import streamlit as st

from pages.shared import empty, progress, session, widgets
from pages.shared.map import rail, scene
from pages.shared.results import balance, head

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
    st.fragment(balance.show, run_every=again)(spec, focus, methods)
