"""What can be taken away of the Removed page, and the decisions that can be brought back."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core import errors
from fdmat_core.runs import decisions, exports, imports
from fdmat_core.spec import Choice, Spec
from pages.shell import caches
from pages.ui.rankings import cut, ready

if TYPE_CHECKING:
    import pandas as pd

#: Endings of files, and how they are called.
FORMATS = {".csv": "CSV", ".parquet": "Parquet", ".json": "JSON", ".npy": "NPY", ".txt": "TXT"}


def row(spec: Spec, method: Choice, ratio: float) -> None:
    """Draw the buttons: the selection at a ratio, the issues, the decisions, and the way back in for decisions."""
    both, rankings = caches.tables(spec), ready(spec)
    if both is None or method not in rankings:
        return
    n = both[0].n
    _, k = cut(rankings[method], n, ratio)
    said = decisions.current(caches.train(spec).key)
    with st.container(horizontal=True, vertical_alignment="center", key="take_away"):
        ending = st.selectbox(
            "Format",
            list(FORMATS),
            format_func=FORMATS.get,
            key="ending",
            label_visibility="collapsed",
            width=120,
            persist_state="session",
        )
        _selection(spec, method, k, n, ending)
        _table(spec, "Issues", exports.issues, ending, missing=caches.fdmat(spec) not in rankings)
        _table(spec, f"Decisions ({len(said):,})", exports.decided, ending, missing=said.empty)
        with st.popover("Bring decisions back", icon=":material/upload:"):
            _upload(spec)
        st.caption(_overruled(said), width="content")
    if told := st.session_state.pop("taken_in", None):
        st.toast(told, icon=":material/check:")


def _file_name(method: Choice) -> str:
    """A method with its parameters as part of a file's name: fdmat-tau=0.0."""
    return re.sub(r"[^\w.=]+", "-", str(method)).strip("-")


def _selection(spec: Spec, method: Choice, k: int, n: int, ending: str) -> None:
    what = "the numbers of the items kept" if ending not in exports.TABLES else "every item, best first"
    _button(
        f"Selection ({k:,})",
        lambda: exports.content(exports.frame(spec, method, k / n), ending),
        f"{_file_name(method)}-{k}-of-{n}{ending}",
        help=f"{what.capitalize()}, by this method at this ratio. Decisions overrule it: what people keep comes first "
        "and stays, what they drop comes last and goes, a new label stands in a column of its own.",
    )


def _table(spec: Spec, label: str, make: Callable[[Spec], pd.DataFrame], ending: str, *, missing: bool) -> None:
    """A button for a table that is no selection: as CSV where the chosen format holds ids only."""
    ending = ending if ending in exports.TABLES else ".csv"
    name = label.partition(" (")[0].lower()
    help = {
        "issues": "What is the matter with every item, as a label issue table.",
        "decisions": "What people decided.",
    }
    data = lambda: exports.content(make(spec), ending)  # noqa: E731
    _button(label, data, f"{name}-{spec.key}{ending}", help=help[name], disabled=missing)


def _button(label: str, data: Callable[[], bytes], file: str, *, help: str, disabled: bool = False) -> None:
    key = f"take_{label.partition(' (')[0]}"
    facts = {"help": help, "disabled": disabled, "on_click": "ignore", "icon": ":material/download:", "key": key}
    st.download_button(label, data, file, **facts)


def _overruled(said: pd.DataFrame) -> str:
    """How many decisions overrule a selection, in words."""
    kinds = said["decision"].value_counts()
    told = {"keep": "pinned", "drop": "dropped", "relabel": "relabelled"}
    parts = [f"{kinds[kind]:,} {word}" for kind, word in told.items() if kind in kinds]
    return f"{', '.join(parts)} by people: the selection follows them" if parts else ""


def _upload(spec: Spec) -> None:
    """The field for a file of decisions; what is wrong with it is said below, and nothing is written then."""
    st.caption("A table of decisions, as it was taken away: CSV, Parquet or JSON. One wrong line, and none is written.")
    endings = [ending.removeprefix(".") for ending in imports.READERS]
    take = lambda: _take_in(spec)  # noqa: E731
    st.file_uploader("Decisions", endings, key="upload", on_change=take, label_visibility="collapsed")
    if refused := st.session_state.get("refused"):
        st.error(refused, icon=":material/error:")


def _take_in(spec: Spec) -> None:
    """A file was chosen: write its decisions, once."""
    st.session_state["refused"] = ""
    file = st.session_state.get("upload")
    if file is None:
        return
    try:
        table = imports.table(file, f".{file.name.rpartition('.')[2].lower()}")
        taken = imports.take_in(spec, table)
    except (ValueError, OSError) as error:
        st.session_state["refused"] = f"**{file.name} was not taken in.** {errors.plain(error)}"
        return
    st.session_state["taken_in"] = f"{taken.read:,} decisions read, {taken.new:,} of them new"
