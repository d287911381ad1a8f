"""The registry as a book of notes: an index, and a page for each method and measure, from its docstring and facts."""

from __future__ import annotations

import streamlit as st

from fdmat_core import formats, registry
from fdmat_core.figures import tables, theme
from fdmat_core.registry import Entry, Parameter
from fdmat_core.spec import Choice
from pages.ui import forms

COLUMNS = {
    "embedding": "features",
    "logits": "class scores",
    "head": "the linear head",
    "dynamics": "training dynamics",
}
KINDS = {"distance": "Distance", "coverage": "Coverage", "accuracy": "Accuracy", "balance": "Balance"}


def find(search: str) -> dict[str, dict[str, Entry]]:
    """The methods by family and the measures whose notes hold every word of a search."""
    methods = {name: entry for name, entry in registry.methods.all().items() if matches(entry, search)}
    measures = {name: entry for name, entry in registry.measures.all().items() if matches(entry, search)}
    return forms.grouped(methods) | ({"Measures": measures} if measures else {})


def matches(entry: Entry, search: str) -> bool:
    """Whether every word of a search stands somewhere in an entry's notes."""
    facts = " ".join(str(value) for value in vars(entry.facts).values())
    text = f"{entry.name} {facts} {entry.doc}".lower()
    return all(word in text for word in search.lower().split())


def index(groups: dict[str, dict[str, Entry]]) -> Entry | None:
    """List the entries by group as buttons, and return the one that is open: the link's, or the first."""
    entries = {f"{entry.kind}.{entry.name}": entry for group in groups.values() for entry in group.values()}
    opened = st.query_params.get("note")
    opened = opened if opened in entries else next(iter(entries), None)
    for label, group in groups.items():
        st.caption(f"**{label}**")
        for entry in group.values():
            name = f"{entry.kind}.{entry.name}"
            look = "secondary" if name == opened else "tertiary"
            st.button(entry.title, key=f"note.{name}", type=look, width="stretch", on_click=_open, args=(name,))
    return entries.get(opened)


def _open(name: str) -> None:
    st.query_params["note"] = name


def show(entry: Entry) -> None:
    """The page of one method or measure."""
    with st.container(width=980, gap="small"):
        st.header(entry.title, anchor=False)
        st.markdown(f":gray[Keeps {entry.facts.keeps}.]" if entry.kind == "method" else f":gray[{entry.facts.unit}]")
        with st.container(horizontal=True, gap="small"):
            _method_facts(entry) if entry.kind == "method" else _measure_facts(entry)
        st.markdown(f"#### {entry.summary}")
        st.markdown(entry.body)
        parameters(entry)
        st.caption(f"Source: {entry.facts.paper if entry.kind == 'method' else entry.facts.source}")


def _method_facts(entry: Entry) -> None:
    st.image(tables.stroke(theme.styles({Choice(entry.name): vars(entry.facts)})[entry.name]), alt="Its line in charts")
    if entry.facts.recommended:
        st.badge("Recommended", icon=":material/star:")
    nested = ("Nested", "Smaller coresets are prefixes of larger ones.")
    afresh = (
        "A coreset per size",
        "Chosen afresh for every size, so the slider snaps to the sizes that were computed.",
    )
    text, why = nested if entry.facts.nested else afresh
    st.badge(text, color="gray", help=why)
    st.badge(f"Needs {needs(entry.facts.needs)}", color="gray")
    if entry.facts.weigh is not None:
        st.badge("Gives weights", color="gray", help="Its items count differently in training and in distances.")


def _measure_facts(entry: Entry) -> None:
    st.badge(KINDS.get(entry.facts.kind, entry.facts.kind))
    st.badge(f"{entry.facts.better.capitalize()} is better", color="gray")


def parameters(entry: Entry) -> None:
    """A table of an entry's parameters, if it has any."""
    if not entry.parameters:
        return
    rows = [
        {"Parameter": f"`{one.name}`", "Default": _short(one.default), "May be": span(one), "Meaning": one.help}
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
