"""What a page is about, as a button that names the run and leads to the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from pages.shell import caches, frame, state
from pages.ui import titles

#: At most so many runs are offered; the Runs page has them all.
MOST = 12


def show(run: Run) -> None:
    """The title of the run; pressed, its name can be changed and another run be opened."""
    with st.container(key="switcher", width="content"):
        panel = st.popover(frame.plain(titles.short(run)), type="tertiary", key="runs-menu", on_change="rerun")
    if panel.open:
        with panel:
            _name(run)
            _others(run)


def _name(run: Run) -> None:
    st.caption(frame.plain(titles.heading(run.spec)))
    key = f"name.{run.key}"
    st.session_state.setdefault(key, library.name(run.key))
    told: dict[str, Any] = {"key": key, "max_chars": library.LONGEST, "placeholder": "none yet"}
    st.text_input("Name of this run", on_change=lambda: library.rename(run.key, st.session_state[key]), **told)


def _others(run: Run) -> None:
    """The other runs, the newest first."""
    there = [other for other in stored() if other.key != run.key]
    if not there:
        st.caption("No other run is stored.")
        return
    st.markdown("**Other runs**")
    offer(there, MOST)


def offer(runs: Sequence[Run], most: int) -> None:
    """A button for each of the first runs, which opens it, and how many more there are."""
    for one in runs[:most]:
        facts: dict[str, Any] = {"type": "tertiary", "on_click": lambda key=one.key: state.choose(run=key, method=None)}
        st.button(frame.plain(titles.title(one)), key=f"switch.{one.key}", **facts)
    if len(runs) > most:
        st.caption(f"{len(runs) - most} more on the Runs page")


def stored() -> list[Run]:
    """The stored runs, the newest first, but for those whose settings cannot be read."""
    return [run for key in library.listing() if (run := _opened(key))]


def _opened(key: str) -> Run | None:
    try:
        return caches.run(key)
    except ValueError:
        return None
