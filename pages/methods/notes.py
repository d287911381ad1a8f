"""The registry as a book of notes: an index, and a page for each method and measure, from its docstring and facts."""

from __future__ import annotations

from typing import Any

import streamlit as st

from fdmat_core import formats, registry
from fdmat_core.figures import tables, theme
from fdmat_core.registry import Entry, MeasureFacts, MethodFacts, Parameter
from fdmat_core.spec import Choice
from pages.shell import state
from pages.ui import forms

COLUMNS = {
    "embedding": "features",
    "logits": "class scores",
    "head": "the linear head",
    "dynamics": "training dynamics",
}


def find(search: str) -> dict[str, dict[str, Entry[Any]]]:
    """The methods by family and the measures whose notes hold every word of a search."""
    methods = {name: entry for name, entry in registry.methods.all().items() if matches(entry, search)}
    measures = {name: entry for name, entry in registry.measures.all().items() if matches(entry, search)}
    return {**forms.grouped(methods), **({"Measures": measures} if measures else {})}


def matches(entry: Entry[Any], search: str) -> bool:
    """Whether every word of a search stands somewhere in an entry's notes."""
    facts = " ".join(str(value) for value in vars(entry.facts).values())
    text = f"{entry.name} {facts} {entry.doc}".lower()
    return all(word in text for word in search.lower().split())


def index(groups: dict[str, dict[str, Entry[Any]]]) -> Entry[Any] | None:
    """List the entries by group as buttons, and return the one that is open: the link's, or the first."""
    entries = {f"{entry.kind}.{entry.name}": entry for group in groups.values() for entry in group.values()}
    opened = st.query_params.get(state.NOTE)
    opened = opened if opened in entries else next(iter(entries), None)
    for label, group in groups.items():
        st.caption(f"**{label}**")
        for entry in group.values():
            name = f"{entry.kind}.{entry.name}"
            look = "secondary" if name == opened else "tertiary"
            st.button(entry.title, key=f"note.{name}", type=look, width="stretch", on_click=_open, args=(name,))
    return entries.get(opened or "")


def _open(name: str) -> None:
    st.query_params[state.NOTE] = name


def show(entry: Entry[Any]) -> None:
    """The page of one method or measure."""
    with st.container(width=980, gap="small"):
        st.header(entry.title, anchor=False)
        facts: MethodFacts | MeasureFacts = entry.facts
        if isinstance(facts, MethodFacts):
            _method(entry.name, facts)
        else:
            _measure(facts)
        st.markdown(f"#### {entry.summary}")
        st.markdown(entry.body)
        parameters(entry)
        st.caption(f"Source: {facts.paper if isinstance(facts, MethodFacts) else facts.source}")


def _method(name: str, facts: MethodFacts) -> None:
    st.markdown(f":gray[Keeps {facts.keeps}.]")
    nested = ("Nested", "Smaller coresets are prefixes of larger ones.")
    afresh = (
        "A coreset per size",
        "Chosen afresh for every size, so the slider snaps to the sizes that were computed.",
    )
    text, why = nested if facts.nested else afresh
    with st.container(horizontal=True, gap="small"):
        st.image(tables.stroke(theme.styles({Choice(name): facts})[name]), alt="Its line in charts")
        if facts.recommended:
            st.badge("Recommended", icon=":material/star:")
        st.badge(text, color="gray", help=why)
        st.badge(f"Needs {needs(facts.needs)}", color="gray")
        if facts.weigh is not None:
            st.badge("Gives weights", color="gray", help="Its items count differently in training and in distances.")


def _measure(facts: MeasureFacts) -> None:
    st.markdown(f":gray[{facts.unit}]")
    with st.container(horizontal=True, gap="small"):
        st.badge(facts.kind.capitalize())
        st.badge(f"{facts.better.capitalize()} is better", color="gray")


def parameters(entry: Entry[Any]) -> None:
    """A table of an entry's parameters, if it has any."""
    if not entry.parameters:
        return
    rows = [
        {
            "Setting": one.words,
            "Name": f"`{one.name}`",
            "Default": _short(one.default),
            "May be": span(one),
            "Meaning": one.help,
        }
        for one in entry.parameters
    ]
    st.table(rows, border="horizontal", hide_index=True)


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value) or "empty"


def span(parameter: Parameter) -> str:
    """What values a parameter takes, in words."""
    if parameter.choices:
        return ", ".join(map(str, parameter.choices))
    if parameter.range:
        return f"{parameter.range.low:g} to {parameter.range.high:g}"
    return {"int": "a whole number", "float": "a number", "bool": "on or off"}.get(parameter.type.__name__, "text")


def needs(columns: tuple[str, ...]) -> str:
    """The columns that a method reads, in words."""
    if not columns:
        return "nothing"
    groups = dict.fromkeys(column.partition(".")[0] for column in columns)
    named = [COLUMNS.get(group, group) for group in groups]
    dynamic = [formats.words(column.partition(".")[2]) for column in columns if "." in column]
    return ", ".join(named) + (f" ({', '.join(dynamic)})" if dynamic else "")
