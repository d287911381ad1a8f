"""What the method in focus stands for, beside its switch: ours or the paper's, what it is known to do, and the note."""

from __future__ import annotations

import html
from collections.abc import Iterator

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import caveats, differences, summary
from fdmat_core.figures import tables
from fdmat_core.formats import percent
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import caches, places, state


def offer(run: Run, method: Choice) -> None:
    """Say in a few words what a method stands for; pressed, more of it and the way to its note."""
    facts = registry.methods.get(method.name).facts
    known = caveats.known_to_keep_bad(facts)
    label = facts.stands_for or ("keeps damage" if known else "about it")
    icon = ":material/warning:" if known else ":material/info:"
    with st.container(key="stands-for", width="content"):
        panel = st.popover(label, icon=icon, type="tertiary", key="stands-for-menu", on_change="rerun")
    if panel.open:
        with panel:
            st.markdown(f"**{registry.methods.title(method)}**" + f", {facts.stands_for}" * bool(facts.stands_for))
            st.caption(f"Keeps {facts.keeps}. {facts.paper}.")
            if known:
                st.caption(f":orange[:material/warning: {known}]")
            if facts.beside:
                _beside(run, method, facts.beside)
            if st.button("Read the note", icon=":material/menu_book:", type="tertiary", key="stands-for-note"):
                st.switch_page(places.METHODS, query_params={state.NOTE: f"method.{method.name}"})


def _beside(run: Run, method: Choice, name: str) -> None:
    """The measured difference between a method and the one that it may be taken for, at the share kept."""
    other = next((choice for choice in run.ranked if choice.name == name), None)
    if other is None:
        called = registry.methods.title(Choice(name))
        st.caption(f"This run has no {called} to measure it against; the note has what our study measured.")
        return
    rows = list(_rows(run, method, other))
    if rows:
        names = [html.escape(registry.methods.title(choice)) for choice in (method, other)]
        st.html(tables.grid(["", *names, "second minus first"], rows))


def _rows(run: Run, method: Choice, other: Choice) -> Iterator[list[str]]:
    planned = list(run.planned.values())
    for kind in ("distance", "accuracy"):
        for measure in run.measures(kind)[:1]:
            table, facts = summary.by_size(caches.curve(run), str(measure)), registry.measures.get(measure.name).facts
            names = str(method), str(other)
            found = differences.read(table, table, names, state.kept(), [planned, planned])
            if found is not None:
                title = f"{html.escape(registry.measures.title(measure))} at {percent(round(found.a.kept, 6))}"
                values = (
                    *(differences.said(side, facts) for side in (found.a, found.b)),
                    differences.apart(found, facts),
                )
                yield [f"<th>{title}</th>", *map(tables.cell, values)]
