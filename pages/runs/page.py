"""Runs: watch those under way, open, repeat or delete those that are there, prepare a new one."""

import streamlit as st

from pages.runs import cards
from pages.runs.form import show
from pages.shell import frame

frame.header("Runs", "A run ranks one dataset by several methods, and measures what each keeps.")
listing, form = st.columns([7, 5], gap="large")

with listing, frame.plain_errors():
    cards.show()

with form, frame.plain_errors():
    show()
