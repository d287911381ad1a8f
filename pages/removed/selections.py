"""The way in for a selection that somebody else made: it becomes a method of a run that shares all the rest."""

from __future__ import annotations

from typing import Any

import streamlit as st

from fdmat_core import errors
from fdmat_core.runs import foreign
from fdmat_core.runs.run import Run
from pages.shell import frame
from pages.ui import run_status

#: What the numbers of a file may be, in words.
MEANINGS: dict[foreign.Meaning, str] = {
    "ids": "Ids of the items kept, best first",
    "positions": "Positions in the training set, best first",
    "scores": "Scores of all items",
}


def row(run: Run) -> None:
    """Offer to add a selection; what is wrong with its file is shown below the field, and nothing is stored then."""
    with st.expander("Compare a selection of your own", icon=":material/upload:", key="own_selection"):
        st.caption(
            "NPY, TXT or CSV: ids, positions or scores. It becomes a method of a new run, which shares features, "
            "rankings and points with this one; the file is copied."
        )
        left, middle, right = st.columns(3)
        left.text_input("Name", key="own_name", placeholder="the name of the file")
        middle.selectbox("The numbers are", list(MEANINGS), format_func=MEANINGS.__getitem__, key="own_meaning")
        scores = st.session_state["own_meaning"] == "scores"
        right.selectbox("Kept are the", ["highest", "lowest"], key="own_keep", disabled=not scores)
        endings = [ending.removeprefix(".") for ending in foreign.ENDINGS]
        facts: dict[str, Any] = {"key": "own_file", "on_change": _take_in, "args": (run,)}
        st.file_uploader("File", endings, label_visibility="collapsed", **facts)
        if refused := st.session_state.get("own_refused"):
            st.error(refused, icon=":material/error:")


def _take_in(run: Run) -> None:
    """A file was chosen: make the run that has it, start that, and go there."""
    said, st.session_state["own_refused"] = st.session_state, ""
    file = said.get("own_file")
    if file is None:
        return
    options: dict[str, Any] = {"meaning": said["own_meaning"], "keep": said["own_keep"]}
    try:
        spec = foreign.add(run, file.getvalue(), file.name, name=said["own_name"].strip(), **options)
    except (ValueError, OSError) as error:
        said["own_refused"] = f"**{frame.plain(file.name)} was not taken in.** {frame.plain(errors.plain(error))}"
        return
    run_status.begin(spec, method=str(spec.methods[-1]))
