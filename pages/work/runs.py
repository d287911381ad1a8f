"""Runs: prepare one, watch those under way, open, repeat or delete those that are there."""

import streamlit as st

from pages.shared import run_cards, run_form, widgets

widgets.header("Runs", "A run ranks one dataset by several methods, and measures what each keeps.")
form, listing = st.columns([6, 6], gap="large")

with form, widgets.plain_errors():
    run_form.show()

with listing, widgets.plain_errors():
    run_cards.show()
