"""What the Data page shows of a dataset: what was found in it, how large its classes are, and some of its items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core.figures import classes, theme
from fdmat_core.types import UNLABELLED, Dataset, Finding
from pages.data import gallery
from pages.shell import caches, frame
from pages.ui import pictures, run_status

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from fdmat_core.spec import Choice

SHOWN = 14  # images per class, as far as they fit


def check(place: DeltaGenerator, found: Sequence[Finding]) -> None:
    """What was found so far, in a place that holds nothing else."""
    if not found:
        return
    with place.container(border=True):
        st.markdown("**Data check** :small[:gray[what was found, and what is done about it]]")
        run_status.list_findings(tuple(found))


def items(data: Dataset, dataset: Choice, corruption: Choice) -> None:
    """How many items each class has, and images of each; without labels images alone."""
    if not data.labelled:
        lack = "Without labels" if data.classes == UNLABELLED else "One class is as good as no labels"
        st.info(f"{lack}: FDMat matches all items at once and finds outliers; accuracies are not measured.")
        if data.images is not None:
            gallery.strip(caches.samples(data, 0, 5 * SHOWN))
        return
    chart, images = st.columns([4, 7], gap="medium")
    look = theme.Look(frame.dark())
    counts = classes.counts(data.classes, caches.class_counts(data), look=look, pitch=gallery.ROW)
    words = f"Training items in each of {len(data.classes)} classes"
    with chart:
        pictures.chart(counts, "counts", words, pictures.of_data("Training items in each class", dataset, corruption))
    with images:
        _images(data)


def _images(data: Dataset) -> None:
    if data.images is None:
        st.info(f"This dataset has {data.holds} and no images; maps and distances work as they do with images.")
        return
    if len(data.classes) <= classes.FEW:
        gallery.rows(caches.samples(data, label, SHOWN) for label in range(len(data.classes)))
    else:
        label = st.selectbox("Class", range(len(data.classes)), format_func=lambda label: data.classes[label])
        gallery.strip(caches.samples(data, label, 5 * SHOWN))
    if data.truth is not None:
        st.caption("A ring: the item is not what its label says. Rest on it to read the truth.")
