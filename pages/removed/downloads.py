"""What can be taken away of the Removed page, and the decisions that can be brought back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core import errors
from fdmat_core.formats import counted
from fdmat_core.report import tools
from fdmat_core.runs import cleaning, decisions, exchange
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.removed import training
from pages.shell import caches, frame
from pages.ui import whole

if TYPE_CHECKING:
    import pandas as pd

#: Endings of files, and how they are called.
FORMATS = {".csv": "CSV", ".parquet": "Parquet", ".json": "JSON", ".npy": "NPY", ".txt": "TXT"}


#: Tools that show images alone, and those that get what FDMat suspects.
IMAGES, SUSPECTS = ("fiftyone", "label-studio"), ("cleanlab", "label-studio")


def row(run: Run, method: Choice, kept: float) -> None:
    """Draw the buttons: selection and ranking at a share kept, issues, decisions, and the way back in for decisions."""
    ranked = run.ranked
    if method not in ranked:
        return
    coreset = ranked[method].cut(kept)
    decided = decisions.current(caches.data_key(run))
    with st.container(horizontal=True, vertical_alignment="center", key="take_away"):
        ending = _format(exchange.WRITERS)
        name = f"{_file_name(method)}-{coreset.k}-of-{coreset.n}"
        selection = f"selection-{name}{ending}"
        _button(
            f"Selection ({exchange.kept_count(run, coreset.k):,})",
            lambda: exchange.selected(run, method, coreset.kept),
            selection,
            help="The items kept, by this method at this size. Decisions overrule it: what people keep or relabel "
            "comes first and stays, what they drop goes. Train with final_label, or with target, its number.",
        )
        cleaned = _cleaned(run, ending)
        if ending in exchange.TABLES:
            _tables(run, method, coreset.kept, name, ending, decided)
        else:
            text = "ids and labels of the items kept (given, corrected, final, as numbers)"
            st.caption(f"NPY holds {text}." if ending == ".npy" else "TXT holds ids and final labels.", width="content")
        whole.buttons(run, "removed", method=method, kept=coreset.kept)
        with st.popover("For other tools", icon=":material/extension:"):
            _for_tools(run, method, coreset.kept, name)
        with st.popover("Bring decisions back", icon=":material/upload:"):
            _upload(run)
        st.caption(_overruled(decided), width="content")
    training.show(run, [selection, cleaned] if cleaned else [selection])
    if text := st.session_state.pop("taken_in", None):
        st.toast(text, icon=":material/check:")


def _cleaned(run: Run, ending: str) -> str:
    """The button for the cleaned list, and the name of its file; "" while nothing is suspected."""
    if run.evidence is None:
        return ""
    count = len(cleaning.rows(run))
    file = f"cleaned-{count}-of-{len(caches.train(run).ids)}{ending}"
    _button(
        f"Cleaned list ({count:,})",
        lambda: cleaning.listed(run),
        file,
        help="All items but what FDMat suspects and what people dropped, with corrected labels. A suspect that people "
        "keep or relabel stays. The slider and the method do not count. Test items are not on it.",
    )
    return file


def _format(endings: Iterable[str]) -> str:
    hidden: dict[str, Any] = {"label_visibility": "collapsed", "key": "ending", "persist_state": "session"}
    return st.selectbox("Format", list(endings), format_func=FORMATS.__getitem__, width=120, **hidden)


def _tables(run: Run, method: Choice, kept: float, name: str, ending: str, decided: pd.DataFrame) -> None:
    """Buttons for what is no list of ids: the ranking of all items, the issues, the decisions."""
    n = len(caches.train(run).ids)
    _button(
        f"Ranking ({n:,})",
        lambda: exchange.ranking(run, method, kept),
        f"ranking-{name}{ending}",
        help="Every item, best first, with whether it is kept, the reason why not, and what people decided.",
    )
    _button(
        "Issues",
        lambda: exchange.issues(run),
        f"issues-{run.key}{ending}",
        help="What is the matter with every item, as a label issue table.",
        disabled=run.evidence is None,
    )
    _button(
        f"Decisions ({len(decided):,})",
        lambda: exchange.decided(run),
        f"decisions-{run.key}{ending}",
        help="What people decided.",
        disabled=decided.empty,
    )


def _for_tools(run: Run, method: Choice, kept: float, name: str) -> None:
    """A button for each tool that reads a form of its own."""
    st.caption("Ids are exact; rank, reason and labels come along.")
    data = caches.train(run)
    for what, tool in tools.TOOLS.items():
        lacks = (what in IMAGES and data.images is None) or (what == "cleanlab" and not data.labelled)
        made = partial(tools.content, what, run, method, kept)
        facts: dict[str, Any] = {"help": tool.words, "disabled": lacks or (run.evidence is None and what in SUSPECTS)}
        file, icon = f"{what}-{name}{tool.ending}", ":material/download:"
        st.download_button(tool.title, made, file, on_click="ignore", icon=icon, key=f"take_{what}", **facts)


def _file_name(method: Choice) -> str:
    """A method with its parameters as part of a file's name: fdmat-tau=0.0."""
    return re.sub(r"[^\w.=]+", "-", str(method)).strip("-")


def _button(label: str, table: Callable[[], pd.DataFrame], file: str, *, help: str, disabled: bool = False) -> None:
    """A button that makes a table when it is pressed, and hands it over as a file."""
    ending = file[file.rindex(".") :]
    key = f"take_{label.partition(' (')[0]}"
    facts: dict[str, Any] = {"help": help, "disabled": disabled, "icon": ":material/download:", "key": key}
    st.download_button(label, lambda: exchange.content(table(), ending), file, on_click="ignore", **facts)


def _overruled(decided: pd.DataFrame) -> str:
    """How many decisions overrule a selection, in words."""
    kinds = decided["decision"].value_counts()
    words = {"keep": "pinned", "drop": "dropped", "relabel": "kept with a new label"}
    parts = [f"{kinds[kind]:,} {word}" for kind, word in words.items() if kind in kinds]
    return f"{', '.join(parts)} by people: the selection follows them" if parts else ""


def _upload(run: Run) -> None:
    """The field for a file of decisions; what is wrong with it is shown below, and nothing is written then."""
    st.caption("A table of decisions, as it was taken away: CSV, Parquet or JSON. One wrong line, and none is written.")
    endings = [ending.removeprefix(".") for ending in exchange.READERS]
    facts: dict[str, Any] = {"key": "upload", "on_change": _take_in, "args": (run,), "label_visibility": "collapsed"}
    st.file_uploader("Decisions", endings, **facts)
    if refused := st.session_state.get("refused"):
        st.error(refused, icon=":material/error:")


def _take_in(run: Run) -> None:
    """A file was chosen: write its decisions, once."""
    st.session_state["refused"] = ""
    file = st.session_state.get("upload")
    if file is None:
        return
    try:
        table = exchange.read(file, f".{file.name.rpartition('.')[2].lower()}")
        taken = exchange.take_in(run, table)
    except (ValueError, OSError) as error:
        st.session_state["refused"] = (
            f"**{frame.plain(file.name)} was not taken in.** {frame.plain(errors.plain(error))}"
        )
        return
    st.session_state["taken_in"] = f"{counted(taken.read, 'decision', 'decisions')} read, {taken.new:,} of them new"
