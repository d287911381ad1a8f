"""The frame of every page: its head, its errors in plain words, its background."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import streamlit as st

from fdmat_core import errors
from fdmat_core.store import notices as store


@contextmanager
def plain_errors() -> Generator[None]:
    """Show an error of the work inside as its cause and what to do about it, and end the page there."""
    try:
        yield
    except (ValueError, OSError, MemoryError, ImportError) as error:
        cause, advice = errors.explain(error)
        st.error(f"**{plain(cause)}**\n\n{plain(advice)}", icon=":material/error:")
        st.stop()


def notices() -> None:
    """Say on every page what happened to the store, until somebody has read it."""
    if found := store.unread():
        with st.container(horizontal=True, vertical_alignment="center", key="notices"):
            st.warning("  \n".join(map(plain, found)), icon=":material/healing:")
            st.button("I have read this", on_click=store.read, type="tertiary")


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
