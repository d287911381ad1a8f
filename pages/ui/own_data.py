"""Somebody's own data: the field for their path, what lies there, and the settings of a run that follow from it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from fdmat_core import datasets, errors, registry, serve
from fdmat_core.reading import places
from fdmat_core.runs import settings
from fdmat_core.spec import Choice, Spec
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
    if not path and wrong():  # what was cleared may be mended, and is read again
        st.session_state["own_taken"] = st.session_state["own_found"] = None
    if path and path != st.session_state.get("own_taken"):
        st.session_state["own_taken"] = path
        _take(path)
    return st.empty()


def say(place: DeltaGenerator, dataset: Choice, corruption: Choice) -> None:
    """Say what the path was taken for, or what is wrong with it; of its labels, as the chosen settings load them."""
    if not (st.session_state.get("own_path") or "").strip():
        return
    found = st.session_state["own_found"]
    if wrong():
        place.caption(
            f":red[:material/error: {found}]  \nThe fields below are still those of {instead(dataset)}. "
            "To go on, mend the path or clear it."
        )
        return
    others = ", ".join(registry.datasets.get(other.name).title for other in found.others)
    words = f"Taken for {frame.plain(_words(found, dataset, corruption))}."
    place.caption(f":material/check: {words}" + (f" Could also be: {others}." if others else ""))


def wrong() -> bool:
    """Whether nothing can be read at the path, so that what is chosen is something else."""
    return isinstance(st.session_state.get("own_found"), str)


def instead(dataset: Choice) -> str:
    """What is chosen while the path is wrong, in words."""
    path = str(dict(dataset.params).get("path", ""))
    return frame.plain(places.short(Path(path).name)) if path else registry.datasets.get(dataset.name).title


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
    try:
        found = datasets.recognise(path)
        data = caches.dataset(found.choice, Choice("none"))
    except (ValueError, OSError, MemoryError) as error:
        st.session_state["own_found"] = frame.plain(errors.plain(error))
        return
    spec = _suited(replace(state.start(), dataset=found.choice, corruption=Choice("none")), data)
    state.start_from(spec)
    away = _names(settings.SAMPLE) - _names(spec)
    st.session_state[state.field("filled")] = _Filled(_names(spec), away, spec.backbone.name)
    st.session_state["own_found"] = found
    st.rerun()


def follow(dataset: Choice, corruption: Choice, fields: Mapping[str, list[str]]) -> None:
    """Let the form follow own data that have got labels by their settings, or lost them; what people chose stays.

    What the form has filled in and needs labels goes with them, and comes back with them if it was there.

    Parameters
    ----------
    fields
        The fields of methods and measures, by their keys: what each offers.
    """
    before: _Filled | None = st.session_state.get(state.field("filled"))
    data = _loaded(dataset, corruption) if before else None
    if before is None or data is None:  # the form began otherwise, or nothing can be told
        return
    start = state.start()
    suited = _suited(start, data)
    if (fits := _names(suited)) != before.names:
        offered = {name for names in fields.values() for name in names}
        lit = {name for key, names in fields.items() for name in st.session_state.get(key, _names(start) & set(names))}
        back, gone = before.away & fits, (lit & _names(settings.SAMPLE)) - fits
        names = ((lit | back) - gone) | (_names(start) - offered)
        before = before._replace(names=fits, away=(before.away - back) | gone)
        methods = _of(registry.methods, settings.SAMPLE.methods, names)
        start = replace(start, methods=methods, measures=_of(registry.measures, settings.SAMPLE.measures, names))
        state.amend(start, "methods", "measures")
    shown = st.session_state.get(state.field("backbone"), before.backbone)
    if suited.backbone.name != before.backbone == shown:
        before = before._replace(backbone=suited.backbone.name)
        state.amend(replace(start, backbone=suited.backbone), "backbone")
    st.session_state[state.field("filled")] = before


class _Filled(NamedTuple):
    """What the form of a run on own data has filled in by itself."""

    names: set[str]  # of methods and measures: those that suit the data
    away: set[str]  # those that were taken away again, as the data have no labels
    backbone: str


def _of(kind: registry.Kind[Any], first: tuple[Choice, ...], names: set[str]) -> tuple[Choice, ...]:
    """The entries of a kind that are among some names, in the order that the form begins with."""
    return tuple(one for one in dict.fromkeys((*first, *map(Choice, kind.all()))) if one.name in names)


def _suited(spec: Spec, data: Dataset) -> Spec:
    """A spec with the backbone, methods and measures to begin with on some data."""
    every = replace(spec, methods=settings.SAMPLE.methods, measures=settings.SAMPLE.measures)
    return settings.suited(replace(every, backbone=datasets.suited(data)), data)


def _names(spec: Spec) -> set[str]:
    """The methods and measures of a spec."""
    return {choice.name for choice in (*spec.methods, *spec.measures)}
