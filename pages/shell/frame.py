"""The frame of every page: its head, its errors in plain words, its background."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core import errors, serve
from fdmat_core.formats import counted
from fdmat_core.runs import jobs, originals
from fdmat_core.runs.run import Run
from fdmat_core.store import files
from fdmat_core.store import notices as store
from pages.shell import caches, places, state

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage


@contextmanager
def plain_errors() -> Generator[None]:
    """Show an error of the work inside as its cause and what to do about it, and end the page there."""
    try:
        yield
    except (ValueError, OSError, MemoryError, ImportError) as error:
        cause, advice = errors.explain(error)
        st.error(f"**{plain(cause)}**\n\n{plain(advice)}", icon=":material/error:")
        st.stop()


def begin(page: StreamlitPage) -> None:
    """Whoever started the app with the path of their data begins on the Data page, unless a link leads elsewhere."""
    if os.environ.get(serve.OPENED) and not page.url_path and not state.key() and not st.session_state.get("begun"):
        st.session_state["begun"] = True
        st.switch_page(places.DATA)


def notices() -> None:
    """Say on every page what happened to the store, until somebody has read it."""
    if theirs := files.of_another():
        st.warning(f"{theirs[:1].upper()}{theirs[1:]}.", icon=":material/group:")
    if found := store.unread():
        told, done = st.columns([9, 2], vertical_alignment="center")
        told.warning("  \n".join(map(plain, found)), icon=":material/healing:")
        done.button("I have read this", on_click=store.read)


def changed(run: Run | None) -> None:
    """Say on every page that the data of its run are no longer those that it was made of, and what can be done."""
    words = caches.changed(run) if run else ""
    if run is None or not words:
        return
    said, offer = st.columns([9, 3], vertical_alignment="center")
    said.warning(
        f"**{plain(words[:1].upper() + words[1:])}.** What is shown is what was stored then: pictures are off, and no "
        "decision is taken.",
        icon=":material/difference:",
    )
    if words == originals.CHANGED:
        told = "Decisions are carried over to the items that are still there, by their content."
        offer.button("Make a run of what lies there now", on_click=_again, args=(run,), help=told)


def _again(run: Run) -> None:
    data = caches.dataset(run.spec.dataset, run.spec.corruption)
    count = originals.carry(run.dataset_key or "", run.spec, data)
    jobs.submit(run.spec)
    st.toast(f"{counted(count, 'decision is', 'decisions are')} carried over", icon=":material/check:")


def plain(text: str) -> str:
    """Text as it stands, in a place that reads markdown."""
    return "".join(f"\\{sign}" if sign in "\\*_`$[]<>~#" else sign for sign in text)


def header(title: str, lead: str) -> None:
    """The head of a page: its name and one sentence."""
    st.title(title, anchor=False)
    st.caption(lead)


def dark() -> bool:
    """Whether the page lies on a dark background."""
    return st.context.theme.type == "dark"
