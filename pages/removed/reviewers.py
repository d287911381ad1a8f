"""Who decided what, how people agree where several decided, and the items on which they differ."""

from __future__ import annotations

from typing import Any

import streamlit as st

from fdmat_core.analysis import reviewers
from fdmat_core.formats import counted
from fdmat_core.runs import decisions
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from fdmat_core.web import payload
from pages.shell import caches, state

#: How the columns are called.
COUNTS = {
    "author": "Signed",
    "items": "Items",
    "keep": "Keep",
    "drop": "Drop",
    "relabel": "Relabel",
    "unsure": "Unsure",
}
AGREEMENT = {
    "first": "One",
    "second": "Other",
    "both": "Both decided",
    "agree": "Agree",
    "share": "Share",
    "kappa": "Kappa",
}
LINE, HIGH = 35, 300  # pixels of a line of a table, and at most of that of conflicts
LOOK: dict[str, Any] = {"hide_index": True, "width": "stretch"}


def show(run: Run, method: Choice) -> None:
    """Draw it, once two people have decided anything."""
    words = decisions.words(caches.data_key(run))
    counts = reviewers.counts(words)
    if len(counts) < 2:
        return
    st.subheader("Reviewers", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        st.dataframe(counts, column_config=COUNTS, **LOOK)
    found = reviewers.agreement(words)
    with right:
        if found.empty:
            st.caption(
                "No item has been decided on by two people. Reviewers sign on the Inspect tab; with *Part* each gets "
                "other items; without it all see the same, and how they agree stands here."
            )
            return
        columns: dict[str, Any] = AGREEMENT | {
            "share": st.column_config.NumberColumn("Share", format="percent"),
            "kappa": st.column_config.NumberColumn(
                "Kappa", format="%.2f", help="Cohen's: 1 is always, 0 as often as by chance"
            ),
        }
        st.dataframe(found, column_config=columns, **LOOK)
        st.caption(
            "Items on which both were sure; a relabel agrees if the class does. Later reviewers see earlier decisions."
        )
    _conflicts(run, method, words)


def _conflicts(run: Run, method: Choice, words: Any) -> None:
    """The items on which people differ, and the way to look at them."""
    found = reviewers.conflicts(words)
    if found.empty:
        st.caption("Nobody contradicts anybody.")
        return
    titles: dict[str, Any] = {"item": "Item", "words": "Who said what"}
    st.markdown(f"**{counted(len(found), 'conflict', 'conflicts')}**: the last word counts in what is exported.")
    facts: dict[str, Any] = {"column_config": titles, "height": min(HIGH, LINE * (len(found) + 1) + 3)}
    chosen = st.dataframe(found, on_select="rerun", selection_mode="multi-row", key="conflicts", **facts, **LOOK)
    rows = list(chosen["selection"]["rows"]) or list(range(len(found)))
    items = found["item"].iloc[rows].tolist()
    many = "conflicts" if len(items) != 1 else "conflict"
    st.button(
        f"Inspect {len(items):,} {many}",
        icon=":material/search:",
        on_click=_open,
        args=(run, method, items),
        key="inspect",
    )


def _open(run: Run, method: Choice, items: list[int]) -> None:
    """Go to the Inspect tab with these items alone, at a size at which they leave."""
    data = caches.train(run)
    rows = data.rows_of(items).tolist()
    st.session_state["part"] = "Inspect"
    state.filter_by({})
    state.pick("only", payload.bits_of(rows, len(data.ids)))
    rankings = run.ranked[method]
    shares = [state.kept(), *sorted(run.spec.fractions, reverse=True)]
    fits = (share for share in shares if not set(rows) & set(rankings.cut(share).rows.tolist()))
    state.choose(kept=next(fits, min(run.spec.fractions)))
