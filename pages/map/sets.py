"""Named sets of items on the map: one is ringed, and what a lasso holds can be stored as another."""

from __future__ import annotations

import streamlit as st

from fdmat_core import errors
from fdmat_core.runs import sets
from fdmat_core.runs.run import Run
from fdmat_core.web import payload
from pages.shell import caches, frame, state
from pages.ui import item_sets

NONE = ""


def offer(run: Run) -> str:
    """Offer the stored sets of a run's data; returns the rows of the chosen one, as a lasso has them, "" for none."""
    counts = {one.name: len(one.ids) for one in sets.listed(caches.data_key(run))}
    wanted = state.chosen(state.SET) or NONE
    name = wanted if wanted in counts else NONE
    if wanted != name:
        st.caption(f"There is no set “{frame.plain(wanted)}”.", width="content")
    if not counts:
        return NONE
    with st.popover(f"Set: {frame.plain(name)}" if name else "Sets", icon=":material/bookmark:", key="sets"):
        st.radio(
            "Ring the items of a set",
            [NONE, *counts],
            index=[NONE, *counts].index(name),
            format_func=lambda one: f"{frame.plain(one)} ({counts[one]:,})" if one else "none",
            key=f"set_of_{run.key}_{name}",
            on_change=_choose,
            args=(f"set_of_{run.key}_{name}",),
        )
        st.caption("The same set narrows the list on the Removed page.")
    return item_sets.bits(run, name) if name else NONE


def _choose(key: str) -> None:
    state.choose(set=st.session_state[key] or None)


def save(run: Run, count: int) -> None:
    """Offer to store what the lasso holds under a name; once stored, it is the chosen set."""
    with st.popover("Save as a set", icon=":material/bookmark_add:", type="tertiary", key="save_set"):
        label = "Name of this item" if count == 1 else f"Name of these {count:,} items"
        name = st.text_input(label, key="set_name", max_chars=60, placeholder="lasso 1")
        if not st.button("Save", key="save_set_now") or run.tables is None:
            return
        ids = run.tables[0].ids
        chosen = ids[payload.rows_in(state.picked("lasso"), len(ids))]
        try:
            one = sets.of_items(run, name, chosen, "in a lasso on the map")
            sets.save(caches.data_key(run), one)
        except (ValueError, OSError) as error:
            st.error(frame.plain(errors.plain(error)), icon=":material/error:")
            return
        state.choose(set=one.name)
        st.rerun()  # all of the page: the list of sets stands above the map
