"""The accuracy in each class after training on a coreset, and what that keeps of each class."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core import formats, registry
from fdmat_core.analysis import per_class
from fdmat_core.figures import curves, tables
from fdmat_core.figures.classes import FEW, balance, class_accuracy
from fdmat_core.figures.theme import Look
from fdmat_core.formats import counted, percent
from fdmat_core.rankings import Coreset, Rankings
from fdmat_core.runs.run import Run
from fdmat_core.sizes import share
from fdmat_core.spec import Choice, Spec
from fdmat_core.types import FeatureTable
from pages.shell import caches, frame, places, state
from pages.ui import caveats, empty, head, pictures, titles

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from streamlit.delta_generator import DeltaGenerator

#: What is said instead where there is one class.
UNLABELLED = (
    "These data have no labels, so that there are no classes to balance; the map and the curves show the whole."
)
PROBE, IMBALANCE = "linear_probe", "class_balance"
#: What gives an accuracy for each class: in a switch, and in a sentence.
ACCURACIES = {
    PROBE: ("Linear probe", "A linear probe on fixed features."),
    "full_training": ("From scratch", "Networks trained from scratch."),
}
#: What is to be known where a run shares the places of a coreset out among the classes.
SHARED = {
    "proportional": "Places went by class size: methods differ in which items they keep.",
    "equal": "Places went evenly to the classes: methods differ in which items they keep.",
    "error": "Places went by how often a class is mistaken: methods differ in which items they keep.",
    "difficulty": "Places went by how difficult a class is: methods differ in which items they keep.",
}


@dataclass(frozen=True)
class Counts:
    """Items of each class in the full set and in a coreset."""

    classes: tuple[str, ...]
    sizes: list[int]
    kept: list[int]

    @cached_property
    def shares(self) -> list[float]:
        """The share of each class that is kept."""
        return [share(some, size) for some, size in zip(self.kept, self.sizes, strict=True)]

    @property
    def overall(self) -> float:
        """The share of all items that is kept."""
        return share(sum(self.kept), sum(self.sizes))

    @property
    def even(self) -> bool:
        """Whether no class is lost, and each keeps the share kept of all as closely as whole items allow."""
        pairs = [(some, size) for some, size in zip(self.kept, self.sizes, strict=True) if size]
        return all(some > 0 and abs(some - self.overall * size) < 1 for some, size in pairs)

    @cached_property
    def present(self) -> list[int]:
        """The places of the classes that have items, those that keep the least share first."""
        return sorted((place for place, size in enumerate(self.sizes) if size), key=lambda place: self.shares[place])


def count(table: FeatureTable, coreset: Coreset) -> Counts:
    """The counts of a coreset of a table."""
    return Counts(table.classes, *per_class.counts(table.labels, table.c, coreset.rows))


def show(run: Run, focus: Choice, rankings: Mapping[Choice, Rankings]) -> None:
    """The accuracy in each class, and what is kept of it; where every class keeps its share, that is folded away."""
    features = run.tables
    if features is None:
        empty.waiting()
    table, kept, spec = features[0], state.kept(), run.spec
    if not table.labelled:
        st.info(UNLABELLED, icon=":material/label_off:")
        return
    found = {method: count(table, ranked.cut(kept)) for method, ranked in rankings.items()}
    folded = all(one.even for one in found.values())
    left, right = st.columns([6, 6], gap="large")
    with left:
        _accuracies(run, focus, found[focus], kept, worst=right if folded else left)
    with right:
        _summary(spec, found, focus)
        if not folded:
            _kept_shares(run, focus, found[focus])
    if not folded:
        _every_method(spec, found, focus)
        return
    with right:
        more = st.expander("Kept share of each class", icon=":material/table:", key="kept-shares", on_change="rerun")
    if more.open:
        with more:
            _kept_shares(run, focus, found[focus])
            _every_method(spec, found, focus)


def _summary(spec: Spec, found: Mapping[Choice, Counts], focus: Choice) -> None:
    """What is kept of the classes, in a sentence, and whether any is lost."""
    counts = found[focus]
    st.subheader(sentence(counts), anchor=False)
    st.caption(lost(counts) or f"No class is lost. {SHARED.get(spec.balance, '') if _alike(found) else ''}")


def _alike(found: Mapping[Choice, Counts]) -> bool:
    """Whether several methods keep the same number of every class."""
    return len(found) > 1 and len({tuple(one.kept) for one in found.values()}) == 1


def _kept_shares(run: Run, focus: Choice, counts: Counts) -> None:
    """What is kept of each class now, and how unequally at every size."""
    _bars(counts, run.spec, focus)
    _imbalance(run, focus)


def _every_method(spec: Spec, found: Mapping[Choice, Counts], focus: Choice) -> None:
    """The counts of every method as a table, in one column where all are alike."""
    counts = found[focus]
    many = f", the {FEW} least kept" if len(counts.classes) > FEW else ""
    st.markdown(f"**Every method at this size** :small[:gray[items kept and share of the class{many}; ★ the least]]")
    look = titles.look(spec)
    columns = {"every method": counts}
    if not _alike(found):
        columns = {tables.swatch(look.style(str(method))): one for method, one in found.items()}
    st.html(_table(columns, counts))


def sentence(counts: Counts) -> str:
    """What is kept, and of which class the least and the most."""
    whole = f"Kept {sum(counts.kept):,} of {sum(counts.sizes):,} ({percent(round(counts.overall, 4))})"
    low, high = counts.present[0], counts.present[-1]
    if counts.even:
        return f"{whole}. Every class keeps its share."
    if counts.shares[high] - counts.shares[low] < 0.05 * counts.overall:
        return f"{whole}. Every class keeps about the same share."
    return f"{whole}. Least kept: {_of(counts, low)}. Most kept: {_of(counts, high)}."


def _of(counts: Counts, place: int) -> str:
    part = percent(float(f"{counts.shares[place]:.3g}"))
    return f"{frame.plain(counts.classes[place])}, {counts.kept[place]:,} of {counts.sizes[place]:,} ({part})"


def lost(counts: Counts) -> str:
    """The classes that keep nothing, by name, as far as they fit; "" if there are none."""
    each = zip(counts.classes, counts.sizes, counts.kept, strict=True)
    names = [frame.plain(name) for name, size, kept in each if size and not kept]
    if not names:
        return ""
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    room = sum(counts.kept)
    cannot = f"; {counted(room, 'place', 'places')} cannot go to {len(counts.present):,} classes"
    why = cannot if 0 < room < len(counts.present) else ""
    return f":orange[:material/warning: Nothing left of {len(names)} of {len(counts.classes)} classes: {shown}{why}.]"


def _pitch(counts: Counts) -> int:
    return max(26, min(30, 520 // len(counts.classes)))


def _bars(counts: Counts, spec: Spec, focus: Choice) -> None:
    look, pitch = Look(frame.dark()), _pitch(counts)
    figure = balance(counts.classes, counts.sizes, counts.kept, look=look, pitch=pitch)
    layout: Any = figure.layout
    figure.update_layout(title=None, margin_t=8, height=layout.height - 60)
    st.markdown("**Kept share per class** :small[:gray[dotted: the share kept of all]]")
    alt = f"Kept share of each of {len(counts.classes)} classes"
    caption = pictures.of_method("Kept share per class", "dotted: the share kept of all", spec, focus, "classes")
    pictures.chart(figure, "shares", alt, caption)


def _measured(spec: Spec, measure: str) -> Choice | None:
    """A measure of a run, with its parameters; None if the run does not take it."""
    return next((choice for choice in spec.measures if choice.name == measure), None)


def _accuracies(run: Run, focus: Choice, counts: Counts, kept: float, *, worst: DeltaGenerator) -> None:
    """The accuracy in each class by what the run trains, or an offer to measure that.

    Parameters
    ----------
    worst
        Where the accuracy in the worst class is drawn.
    """
    spec, planned = run.spec, run.planned
    measured = {kind: choice for kind in ACCURACIES if (choice := _measured(spec, kind)) is not None}
    if not measured:
        _offer(spec)
        return
    heading = st.container(gap="xsmall")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**Accuracy in each class** :small[:gray[of its test items]]", width="content")
        kind = _choose_accuracy(list(measured))
    choice = measured[kind]
    values = caches.per_class(run, str(choice))
    reading = per_class.read(values, str(focus), kept, planned)
    if reading is None:
        heading.subheader("The accuracy in each class is not measured yet at this size.", anchor=False)
        return
    heading.subheader(lowest(counts.classes, reading, near=not _same(counts, reading)), anchor=False)
    heading.caption(_training(counts, reading, kind))
    with heading:
        caveats.show([], caveats.accuracy(run, choice, kept))
    _dots(spec, focus, counts, reading)
    with worst:
        st.markdown("**Accuracy in the worst class** :small[:gray[at each size; of every seed its own worst]]")
        _curve(per_class.worst(values, str(choice), planned), spec, choice, focus)


def _choose_accuracy(kinds: Sequence[str]) -> str:
    """Which of the measures gives the accuracies; a switch where there are several."""
    if len(kinds) == 1:
        return kinds[0]
    titles = {ACCURACIES[kind][0]: kind for kind in kinds}
    hidden: dict[str, Any] = {"label_visibility": "collapsed", "required": True}
    return titles[
        st.segmented_control("Accuracy of", list(titles), default=next(iter(titles)), key="accuracy_of", **hidden)
    ]


def _training(counts: Counts, reading: per_class.ClassReading, kind: str) -> str:
    """At which share kept, how often and what was trained."""
    near = "" if _same(counts, reading) else ", the nearest that is measured"
    seeds = f"{reading.seeds} seeds" if reading.seeds > 1 else "1 seed"
    return f"At {percent(round(reading.kept, 6))} kept{near}, {seeds}. {ACCURACIES[kind][1]}"


def _same(counts: Counts, reading: per_class.ClassReading) -> bool:
    """Whether a reading is at the share that is kept now, and not at the nearest that is measured."""
    return round(counts.overall, 3) == round(share(reading.k, sum(counts.sizes)), 3)


def _dots(spec: Spec, focus: Choice, counts: Counts, reading: per_class.ClassReading) -> None:
    look, pitch = titles.look(spec), _pitch(counts)
    style = look.style(str(focus))
    figure = class_accuracy(counts.classes, counts.sizes, reading, style, look=look, pitch=pitch)
    alt = f"Accuracy in each of {len(counts.classes)} classes"
    unit = "share of a class's test items"
    caption = pictures.of_method("Accuracy per class", unit, spec, focus, "class-accuracy")
    pictures.chart(figure, "accuracies", alt, caption)


def lowest(classes: Sequence[str], reading: per_class.ClassReading, *, near: bool = False) -> str:
    """The class with the lowest accuracy, and its accuracy after training on random subsets and on all data.

    Parameters
    ----------
    near
        Whether the reading is at another share kept than the one that all else on the page is at.
    """
    place, where = reading.worst, f"At {percent(round(reading.kept, 6))} kept, the nearest measured: " * near
    known = [value for value in reading.here if value >= 0]
    if len(known) > 1 and max(known) == min(known):
        return f"{where}Every class has the same accuracy, {formats.number(float(known[0]), 'share')}."
    others = {"random": reading.random[place], "all data": reading.whole[place]}
    beside = ", ".join(
        f"{name} {formats.number(float(value), 'share')}" for name, value in others.items() if value >= 0
    )
    here = (
        f"{where}Lowest accuracy: {frame.plain(classes[place])}, {formats.number(float(reading.here[place]), 'share')}"
    )
    return f"{here} ({beside})." if beside else f"{here}."


def _imbalance(run: Run, focus: Choice) -> None:
    choice = _measured(run.spec, IMBALANCE)
    if choice is not None:
        curve = caches.curve(run)
        st.markdown("**How unequally classes are kept** :small[:gray[at each size]]")
        _curve(curve[curve["measure"] == str(choice)], run.spec, choice, focus)


def _curve(points: pd.DataFrame, spec: Spec, choice: Choice, focus: Choice) -> None:
    look, name = titles.look(spec), str(choice)
    key = (spec.key, "rail", name, str(focus), look.dark)
    figure = caches.once(points, *key, make=lambda mine: _drawn(mine, name, look, str(focus)))
    title = registry.measures.title(choice)
    caption = pictures.of_run(title, look.measures[name].unit, spec, "curve", name)
    head.lined(figure, choice.name, f"{title} by share kept", caption)


def _drawn(points: pd.DataFrame, name: str, look: Look, focus: str) -> go.Figure:
    figure = curves.rail(points, [name], look=look, focus=focus).update_layout(height=300)
    return figure.update_xaxes(automargin=False).update_yaxes(automargin=False)


def _offer(spec: Spec) -> None:
    """Offer to measure the accuracy in each class, which this run does not."""
    st.markdown("**Accuracy in each class.** This run did not measure that.")
    label, icon = "Measure the classes", ":material/troubleshoot:"
    hint = "Prepares a run that shares all the rest with this one; you start it on the next page."
    if st.button(label, icon=icon, help=hint):
        state.start_from(replace(spec, measures=(*spec.measures, Choice(PROBE))))
        st.switch_page(places.RUNS)


def _table(found: Mapping[str, Counts], mine: Counts) -> str:
    """Classes by methods, each under its head: items kept and their share, the least of each method marked."""
    few = range(len(mine.classes)) if len(mine.classes) <= FEW else mine.present[:FEW]
    rows = [
        [
            f"<th>{html.escape(mine.classes[place])}</th>",
            tables.cell(f"{mine.sizes[place]:,}"),
            *(_kept(counts, place) for counts in found.values()),
        ]
        for place in few
    ]
    return tables.grid(["class", "items", *found], rows)


def _kept(counts: Counts, place: int) -> str:
    part = counts.shares[place]
    least = part == counts.shares[counts.present[0]] < counts.overall and counts.sizes[place] > 0 and not counts.even
    return tables.cell(f"{counts.kept[place]:,} ({percent(round(part, 4))})", strong=least)
