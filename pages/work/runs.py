"""Runs: prepare one, watch those under way, open, repeat or delete those that are there."""

import streamlit as st

from pages.shared import run_cards, run_form, widgets

widgets.header("Runs", "A run ranks one dataset by several methods, and measures what each keeps.")
form, listing = st.columns([6, 6], gap="large")

with listing, widgets.plain_errors():  # first: a form that somebody is still filling in does not take it away
    run_cards.show()

with form, widgets.plain_errors():
    run_form.show()
