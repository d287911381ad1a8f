"""What the method in focus stands for, beside its switch: ours or the paper's, what it is known to do, and the note."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import caveats, differences
from fdmat_core.formats import percent
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import caches, frame, places, state


def offer(run: Run, method: Choice) -> None:
    """Say in a few words what a method stands for; pressed, more of it and the way to its note."""
    facts = registry.methods.get(method.name).facts
    known = caveats.known_to_keep_bad(facts)
    first, *rest = (facts.stands_for or ("keeps damage" if known else "about it")).split(", ", 1)
    label = first + "".join(f":gray[, {more}]" for more in rest)  # left out where there is little room
    icon = ":material/warning:" if known else ":material/info:"
    with st.container(key="stands-for", width="content"):
        panel = st.popover(label, icon=icon, type="tertiary", key="stands-for-menu", on_change="rerun")
    if panel.open:
        with panel:
            st.markdown(f"**{registry.methods.title(method)}**" + f", {facts.stands_for}" * bool(facts.stands_for))
            st.caption(f"Keeps {facts.keeps}. Source: {facts.paper}.")
            if here := caveats.compared(run.ranked[method]):
                st.caption(frame.plain(here))
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
    rows = list(_rows(run, (other, method)))
    if rows:
        st.table(rows, border="horizontal", hide_index=True)


def _rows(run: Run, methods: tuple[Choice, Choice]) -> Iterator[dict[str, str]]:
    """The first distance and the first accuracy of both, and how far the second lies above the first."""
    planned, names = list(run.planned.values()), (str(methods[0]), str(methods[1]))
    for measure in [*run.measures("distance")[:1], *run.measures("accuracy")[:1]]:
        table, facts = caches.by_size(run, str(measure)), registry.measures.get(measure.name).facts
        found = differences.read(table, table, names, state.kept(), [planned, planned])
        if found is not None:
            title = f"{registry.measures.title(measure)} at {percent(round(found.a.kept, 6))} kept"
            sides = zip(map(registry.methods.title, methods), (found.a, found.b), strict=True)
            values = {name: differences.said(side, facts) for name, side in sides}
            yield {"": title} | values | {"difference": differences.apart(found, facts)}
