"""Data: choose a dataset, what is done to it, and what turns it into features; look before anything runs."""

import streamlit as st

from fdmat_core import registry
from pages.data import looks
from pages.shell import caches, frame, places, state
from pages.ui import forms, own_data

frame.header("Data", "Choose, look, then start a run. Nothing here changes the data.")
form, sight = st.columns([4, 8], gap="large")

with form, frame.plain_errors():
    dataset, corruption, backbone = forms.choose_data(state.start())
    st.caption(registry.backbones.get(backbone.name).summary)
    absent, wrong, icon = forms.lacks_path(dataset), own_data.wrong(), ":material/arrow_forward:"
    if st.button("Prepare a run with this", type="primary", icon=icon, width="stretch", disabled=absent or wrong):
        st.switch_page(places.RUNS)

with sight, frame.plain_errors():
    if wrong:
        told = f"Nothing can be read at your path. What is shown here is {own_data.instead(dataset)}."
        st.warning(told, icon=":material/warning:")
    if absent:
        st.info("Give the path of your data in the settings of the dataset; it is only read.", icon=":material/folder:")
        st.stop()
    data = caches.dataset(dataset, corruption)
    entry = registry.datasets.get(dataset.name)
    facts = caches.facts(data)
    for cell, (name, value) in zip(st.columns(len(facts)), facts.items(), strict=True):
        cell.metric(name, value)
    st.caption(f"{entry.summary}  \nLicence: {entry.facts.licence}. Source: {entry.facts.source}.")
    found = caches.findings(data)
    checked, waiting = st.empty(), st.empty()
    looks.check(checked, found)
    if data.fields:
        st.dataframe(caches.rows(data), hide_index=True, height=240)
    looks.items(data, dataset, corruption)
    with waiting:  # last, as all images are read for it
        copies = caches.copies(data)
    looks.check(checked, (*found, *copies))
