"""The parts of the page, with the row of links that leads to them."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from fdmat_core import registry
from fdmat_core.spec import Choice

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

STYLE = Path(__file__).with_name("page.css")
#: What a part is called that shows a measure of a kind.
NAMES = {"accuracy": "Accuracy", "distance": "Distance", "coverage": "Coverage", "balance": "Class balance"}


class Part(NamedTuple):
    """A part of the page: what it is called, and the word of the link that leads to it."""

    name: str
    anchor: str


CLOSER = Part("Does closer train better?", "closer")
COST = Part("Cost", "cost")


def of_measures(chosen: Iterable[Choice], titles: Mapping[str, str]) -> list[Part]:
    """A part for each measure, called by its kind, or by its title, of these by name, where two are of one kind."""
    measures = list(chosen)
    kinds = [registry.measures.get(measure.name).facts.kind for measure in measures]
    if len(set(kinds)) == len(kinds):
        return [Part(NAMES[kind], kind) for kind in kinds]
    return [
        Part(titles[str(measure)], f"{kind}-{place}")
        for place, (measure, kind) in enumerate(zip(measures, kinds, strict=True), 1)
    ]


def header(part: Part) -> None:
    """The head of a part, where its link leads."""
    st.header(part.name, anchor=part.anchor)


def links(place: DeltaGenerator, parts: Iterable[Part]) -> None:
    """The row of links, in a place that holds nothing else."""
    listed = "".join(f'<a href="#{part.anchor}">{html.escape(part.name)}</a>' for part in parts)
    place.html(f'<nav class="parts" aria-label="Parts of this page">{listed}</nav>')
