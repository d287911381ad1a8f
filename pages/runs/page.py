"""Runs: prepare one, watch those under way, open, repeat or delete those that are there."""

import streamlit as st

from pages.runs import cards
from pages.runs.form import show
from pages.shell import frame

frame.header("Runs", "A run ranks one dataset by several methods, and measures what each keeps.")
form, listing = st.columns([6, 6], gap="large")

with listing, frame.plain_errors():  # first: a form that somebody is still filling in does not take it away
    cards.show()

with form, frame.plain_errors():
    show()
