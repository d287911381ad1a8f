"""Somebody's own data: the field for their path, and what lies there as it is loaded."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core import datasets, errors, registry, serve
from fdmat_core.spec import Choice
from pages.shell import caches, frame, state

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from fdmat_core.types import Dataset


def ask() -> DeltaGenerator:
    """The field for a path: what lies there fills the fields below. What it is taken for has its place here."""
    field = st.text_input(
        "Your own data",
        os.environ.get(serve.OPENED, ""),
        placeholder="Path of a file or folder: images, a table, arrays, a .zip",
        key="own_path",
        icon=":material/folder_open:",
        help="On the machine that this program runs on. It is only read, and taken for what lies there.",
        persist_state="session",
    )
    path = (field or "").strip()
    if path and path != st.session_state.get("own_taken"):
        st.session_state["own_taken"] = path
        _take(path)
    return st.empty()


def say(place: DeltaGenerator, dataset: Choice, corruption: Choice) -> None:
    """Say what the path was taken for, or what is wrong with it; of its labels, as the chosen settings load them."""
    if not (st.session_state.get("own_path") or "").strip():
        return
    found = st.session_state.get("own_found")
    if not isinstance(found, datasets.Recognised):
        place.caption(f":red[:material/error: {found}]")
        return
    others = ", ".join(registry.datasets.get(other.name).title for other in found.others)
    words = f"Taken for {frame.plain(_words(found, dataset, corruption))}."
    place.caption(f":material/check: {words}" + (f" Could also be: {others}." if others else ""))


def _words(found: datasets.Recognised, dataset: Choice, corruption: Choice) -> str:
    """What a path is taken for; not how it is labelled while something else is chosen or cannot be loaded."""
    chosen = (dataset.name, dict(dataset.params).get("path")) == (found.choice.name, dict(found.choice.params)["path"])
    data = _loaded(dataset, corruption) if chosen else None
    return found.said_of(data, dataset) if data else found.words


def _loaded(dataset: Choice, corruption: Choice) -> Dataset | None:
    """The chosen data; None if they cannot be loaded, which is said where they are shown."""
    try:
        return caches.dataset(dataset, corruption)
    except (ValueError, OSError, MemoryError, ImportError):
        return None


def _take(path: str) -> None:
    """Let the forms start from what lies at a path, or note why nothing can be read there."""
    from fdmat_core.runs import settings

    try:
        found = datasets.recognise(path)
        data = caches.dataset(found.choice, Choice("none"))
    except (ValueError, OSError, MemoryError) as error:
        st.session_state["own_found"] = frame.plain(errors.plain(error))
        return
    spec = replace(state.start(), dataset=found.choice, corruption=Choice("none"), backbone=datasets.suited(data))
    state.start_from(
        settings.suited(replace(spec, methods=settings.SAMPLE.methods, measures=settings.SAMPLE.measures), data)
    )
    st.session_state["own_found"] = found
    st.rerun()
