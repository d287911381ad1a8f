"""Forms that follow from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fdmat_core import registry
from fdmat_core.formats import words
from fdmat_core.registry import Entry, Family, Kind, MethodFacts, Parameter
from fdmat_core.spec import Choice, Spec
from pages.shell import state
from pages.ui import own_data

FAMILIES: dict[Family, str] = {
    "distribution": "Distribution",
    "geometry": "Geometry",
    "submodular": "Submodular",
    "gradients": "Gradients",
    "uncertainty": "Uncertainty",
    "dynamics": "Training dynamics",
    "baseline": "Baseline",
    "yours": "Yours",
}


#: The parameter of datasets that people bring along: without it nothing can be read.
PATH = "path"


def choose(kind: Kind[Any], label: str, default: Choice, *, key: str, help: str | None = None) -> Choice:
    """Ask for one entry of a kind and its parameters."""
    entries = kind.all()
    brought = default.name if default.name not in entries and default.name in kind.all(brought=True) else None
    names = [*entries, *([brought] if brought else [])]
    start = names.index(default.name) if default.name in names else 0
    called = lambda name: kind.title(default) if name == brought else entries[name].title  # noqa: E731
    name = st.selectbox(label, names, start, format_func=called, key=key, help=help, persist_state="session")
    if name == brought:  # what no form offers stays as it is
        return default
    if not entries[name].parameters:
        return Choice(name)
    asks = PATH in entries[name].read({}) and not dict(default.params).get(PATH)
    with st.expander("Settings", expanded=asks, key=f"{key}.{name}"):
        return parameters(entries[name], default if default.name == name else Choice(name), key=f"{key}.{name}")


def choose_data(start: Spec) -> tuple[Choice, Choice, Choice]:
    """Ask for the dataset, the corruption done to it, and the backbone; the same fields on every page."""
    said = own_data.ask()
    dataset = choose(registry.datasets, "Dataset", start.dataset, key=state.field("dataset"))
    help = "To see whether a method finds bad data: the truth is kept, and shown beside what was found."
    kind, key = registry.corruptions, state.field("corruption")
    corruption = choose(kind, "Corruption, on purpose", start.corruption, key=key, help=help)
    own_data.say(said, dataset, corruption)
    own_data.follow(dataset, corruption, _several())
    backbone = choose(registry.backbones, "Features from", state.start().backbone, key=state.field("backbone"))
    return dataset, corruption, backbone


def lacks_path(dataset: Choice) -> bool:
    """Whether a dataset is somebody's own and it is not said yet where it lies."""
    return registry.datasets.get(dataset.name).read(dict(dataset.params)).get(PATH) == ""


def parameters(entry: Entry[Any], default: Choice, *, key: str) -> Choice:
    """Ask for the parameters of an entry, two to a row; the choice names those that differ from the defaults."""
    given = entry.read(_known(entry, default))
    values = {}
    for parameter, cell in zip(entry.parameters, _grid(len(entry.parameters)), strict=True):
        with cell:
            values[parameter.name] = _field(parameter, given[parameter.name], f"{key}.{parameter.name}")
    usual = {parameter.name: parameter.default for parameter in entry.parameters}
    return Choice.of(entry.name, **{name: value for name, value in values.items() if value != usual[name]})


def choose_methods(default: tuple[Choice, ...], *, key: str) -> tuple[str, ...]:
    """Ask for methods, family by family, the recommended ones first; not for random, which every run has."""
    chosen = {choice.name for choice in default}
    picked: list[str] = []
    for family, group in _families().items():
        label, pills = st.columns([2, 5], vertical_alignment="top", gap="small")
        label.caption(family)
        with pills:
            picked += choose_several(family, group, [name for name in group if name in chosen], key=f"{key}.{family}")
    return tuple(picked)


def _families() -> dict[str, dict[str, Entry[MethodFacts]]]:
    """What `choose_methods` offers."""
    return grouped({name: entry for name, entry in registry.methods.all().items() if name != "random"})


def _several() -> dict[str, list[str]]:
    """The fields of methods and of measures of the form of a run, by their keys: what each offers."""
    methods = {f"{state.field('methods')}.{family}": list(group) for family, group in _families().items()}
    return methods | {state.field("measures"): list(registry.measures.all())}


def choose_several(label: str, entries: Mapping[str, Entry[Any]], default: list[str], *, key: str) -> list[str]:
    """Ask for any number of entries, shown by their titles."""
    return st.pills(
        label,
        list(entries),
        selection_mode="multi",
        default=default,
        format_func=lambda name: entries[name].title,
        key=key,
        label_visibility="collapsed",
        wrap=True,
        persist_state="session",
    )


def grouped(entries: dict[str, Entry[MethodFacts]]) -> dict[str, dict[str, Entry[MethodFacts]]]:
    """Methods by the name of their family; the recommended ones are a group of their own, and come first."""
    groups: dict[str, dict[str, Entry[MethodFacts]]] = {name: {} for name in ("Recommended", *FAMILIES.values())}
    for name, entry in entries.items():
        groups["Recommended" if entry.facts.recommended else FAMILIES[entry.facts.family]][name] = entry
    return {family: group for family, group in groups.items() if group}


def _known(entry: Entry[Any], choice: Choice) -> dict[str, Any]:
    """Those parameters of a choice that the entry (still) has."""
    names = {parameter.name for parameter in entry.parameters}
    return {name: value for name, value in choice.params if name in names}


def _grid(count: int) -> list[Any]:
    """Cells for fields, two to a row."""
    rows = [st.columns(2) for _ in range((count + 1) // 2)]
    return [cell for row in rows for cell in row][:count]


def _field(parameter: Parameter, value: Any, key: str) -> Any:
    """The field that fits a parameter's type."""
    label = parameter.words[:1].upper() + parameter.words[1:]
    facts: dict[str, Any] = {"key": key, "help": parameter.help or None, "persist_state": "session"}
    if parameter.choices:
        options = list(parameter.choices)
        return st.selectbox(label, options, options.index(value), format_func=lambda one: words(str(one)), **facts)
    if parameter.type is bool:
        return st.toggle(label, value, **facts)
    if parameter.type in (int, float):
        return _number(label, parameter, value, facts)
    return st.text_input(label, value, **facts)


def _number(label: str, parameter: Parameter, value: Any, facts: dict[str, Any]) -> Any:
    kind = parameter.type
    low, high = (parameter.range.low, parameter.range.high) if parameter.range else (None, None)
    ends = (("min_value", low), ("max_value", high))
    bounds: dict[str, Any] = {name: None if end is None else kind(end) for name, end in ends}
    step: dict[str, Any] = {"step": 1} if kind is int else {"step": _step(float(value)), "format": "%g"}
    number: Any = st.number_input(label, value=kind(value), **bounds, **step, **facts)
    return parameter.default if number is None else kind(number)


def _step(value: float) -> float:
    """A tenth of the leading power of ten: 0.05 for values like 0.5, 1 for values like 30."""
    return 0.05 if value == 0 else float(f"{abs(value) / 10:.0e}")
