"""Data: choose a dataset, what is done to it, and what turns it into features; look before anything runs."""

import streamlit as st

from fdmat_core import registry
from fdmat_core.figures import classes, theme
from pages.data import gallery
from pages.shell import caches, frame, places, state
from pages.ui import forms, pictures, run_status

SHOWN = 14  # images per class, as far as they fit

frame.header("Data", "Choose, look, then start a run. Nothing here changes the data.")
form, sight = st.columns([4, 8], gap="large")

with form, frame.plain_errors():
    dataset, corruption, backbone = forms.choose_data(state.start())
    st.caption(registry.backbones.get(backbone.name).summary)
    absent, icon = forms.lacks_path(dataset), ":material/arrow_forward:"
    if st.button("Prepare a run with this", type="primary", icon=icon, width="stretch", disabled=absent):
        st.switch_page(places.RUNS)

with sight, frame.plain_errors():
    if absent:
        st.info("Give the path of your data in the settings of the dataset; it is only read.", icon=":material/folder:")
        st.stop()
    data = caches.dataset(dataset, corruption)
    entry = registry.datasets.get(dataset.name)
    facts = caches.facts(dataset, corruption)
    for cell, (name, value) in zip(st.columns(len(facts)), facts.items(), strict=True):
        cell.metric(name, value)
    st.caption(f"{entry.summary}  \nLicence: {entry.facts.licence}. Source: {entry.facts.source}.")
    if found := caches.findings(dataset, corruption):
        with st.container(border=True):
            st.markdown("**Data check** :small[:gray[what was found, and what is done about it]]")
            run_status.list_findings(found)
    if data.fields:
        st.dataframe(caches.rows(dataset, corruption), hide_index=True, height=240)
    if not data.labelled:
        st.info("Without labels: FDMat matches all items at once and finds outliers; accuracies are not measured.")
        if data.images is not None:
            gallery.strip(caches.samples(dataset, corruption, 0, 5 * SHOWN))
        st.stop()

    chart, images = st.columns([4, 7], gap="medium")
    counts = classes.counts(
        data.classes, caches.class_counts(dataset, corruption), look=theme.Look(frame.dark()), pitch=gallery.ROW
    )
    words = f"Training items in each of {len(data.classes)} classes"
    with chart:
        pictures.chart(counts, "counts", words, pictures.of_data("Training items in each class", dataset, corruption))
    with images:
        if data.images is None:
            st.info("This dataset has features and no images; maps and distances work as they do with images.")
            st.stop()
        if len(data.classes) <= classes.FEW:
            gallery.rows(caches.samples(dataset, corruption, label, SHOWN) for label in range(len(data.classes)))
        else:
            label = st.selectbox("Class", range(len(data.classes)), format_func=lambda label: data.classes[label])
            gallery.strip(caches.samples(dataset, corruption, label, 5 * SHOWN))
        if data.truth is not None:
            st.caption("A ring: the item is not what its label says. Rest on it to read the truth.")
