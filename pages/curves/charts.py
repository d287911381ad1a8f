"""Two curves: any measures of the run against the share kept, each below its answer, with what must be known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import recommendation, summary
from fdmat_core.figures import curves as figures
from fdmat_core.figures import tables
from fdmat_core.figures.panels import LABEL_GAP
from fdmat_core.figures.theme import Look, Style
from fdmat_core.report import naming
from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from pages.curves import parts
from pages.shell import caches, places, state
from pages.ui import caveats, head, pictures, recommended, titles

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    from streamlit.delta_generator import DeltaGenerator

#: Kinds of measures in the order in which people ask for them: the first two stand side by side.
KINDS = ("accuracy", "distance", "coverage", "balance")
#: Shares kept worth training networks on, and how many methods at most, random not counted.
FEW, SOME = (0.01, 0.05, 0.1), 3
#: What stands between the methods that a link hides, and what it says instead of values.
APART, RELATIVE = ";", "random"
#: What the charts show: values, or differences to random at the same size.
VALUES = ("Values", "Against random")
#: The fields that choose the measures of the first two parts, in the link, too.
KEYS = ("left", "right")
#: The least height of a plot area in pixels, and that of a chart where the screen has more room.
PIXELS, ROOM = 216, "min(100dvh - 25.5rem, 620px)"


@dataclass(frozen=True)
class View:
    """What the two charts are drawn from."""

    run: Run
    spec: Spec  # without the measures that could not be taken
    focus: Choice
    shown: Sequence[str]  # the methods that are drawn
    relative: bool  # whether differences to random are drawn
    values: pd.DataFrame  # the curve of those methods
    drawn: pd.DataFrame  # the same, or its differences to random
    look: Look


class Place(NamedTuple):
    """Where a part lies on the page."""

    head: DeltaGenerator
    chart: DeltaGenerator
    beside: DeltaGenerator


def choose_methods(spec: Spec, methods: Sequence[Choice]) -> list[str]:
    """Ask which methods are drawn; random always is."""
    others = [str(method) for method in methods if method.name != "random"]
    called = {str(method): registry.methods.title(method) for method in methods}
    look = titles.look(spec)
    st.html(f"<style>{_strokes(map(look.style, others))}</style>")
    with st.container(key="shown", horizontal=True, vertical_alignment="center"):
        key, hidden = f"shown.{spec.key}", (state.chosen("hidden") or "").split(APART)
        st.session_state[key] = [name for name in others if name not in hidden]
        shown = st.pills(
            "Methods that are drawn",
            others,
            selection_mode="multi",
            format_func=called.__getitem__,
            key=key,
            on_change=lambda: _hide(others, st.session_state[key]),
            label_visibility="collapsed",
            width="content",
            wrap=True,
        )
    return [*(name for name in others if name in shown), "random"]


def _hide(methods: Sequence[str], shown: Sequence[str]) -> None:
    """Let the methods that are switched off travel."""
    state.choose(hidden=APART.join(name for name in methods if name not in shown) or None)


def _strokes(styles: Iterable[Style]) -> str:
    """Before the name on each switch stands the stroke that the method has in the charts."""
    return "".join(
        f".st-key-shown button[data-variant=pills]:nth-of-type({place})::before"
        f'{{background-image: url("{tables.address(style)}")}}'
        for place, style in enumerate(styles, 1)
    )


def _offer_networks(spec: Spec, shown: Sequence[str], key: str) -> None:
    """Offer to train networks on some of the coresets, if the run has none."""
    if any(registry.measures.get(measure.name).facts.expensive for measure in spec.measures):
        return
    label, icon = "Train networks on these coresets", ":material/model_training:"
    hint = "Prepares a run that shares features, rankings and points with this one; you start it on the next page."
    if st.button(label, icon=icon, help=hint, type="tertiary", key=f"networks-{key}"):
        state.start_from(with_networks(spec, shown))
        st.switch_page(places.RUNS)


def with_networks(spec: Spec, shown: Sequence[str]) -> Spec:
    """The settings of a run that trains networks from scratch on a few coresets of another run."""
    expensive = [Choice(name) for name, entry in registry.measures.all().items() if entry.facts.expensive]
    chosen = [method for method in spec.methods if str(method) in shown and method.name != "random"][:SOME]
    few = tuple(fraction for fraction in spec.fractions if fraction in FEW) or spec.fractions[:SOME]
    methods = (*chosen, Choice("random"))
    return replace(spec, methods=methods, measures=(*spec.measures, *expensive), fractions=(*few, 1.0))


def choose_values() -> bool:
    """Ask whether the charts show values, or their differences to random's mean at the same size."""
    st.session_state["values"] = VALUES[state.chosen("values") == RELATIVE]
    facts: dict[str, Any] = {"label_visibility": "collapsed", "key": "values", "required": True}
    on_change = lambda: state.choose(values=RELATIVE if st.session_state["values"] == VALUES[1] else None)  # noqa: E731
    return st.segmented_control("What is drawn", VALUES, on_change=on_change, **facts) == VALUES[1]


def show(run: Run, focus: Choice, shown: Sequence[str], relative: bool, links: DeltaGenerator) -> None:
    """Two measures, each as a chart below its answer, the same as tables, and their numbers to take away."""
    curve = caches.curve(run)
    spec = _measured(run, curve)
    if not spec.measures:
        st.info("This run takes no measures, so that there is nothing to draw.", icon=":material/info:")
        parts.links(links, (parts.CLOSER, parts.COST))
        return
    values = curve[curve["method"].isin(shown)]
    drawn, look = (summary.above(values), _of_differences(spec)) if relative else (values, titles.look(spec))
    if str(focus) not in shown:
        name = registry.methods.title(focus)
        st.caption(f":orange[:material/visibility_off: {name} is in focus and switched off: none of the lines is it.]")
    view = View(run, spec, focus, shown, relative, values, drawn, look)
    places = [_place(key) for key in KEYS]
    chosen = []
    for key, start, place in zip(KEYS, _starts(spec), places, strict=True):
        with place.beside:
            chosen.append(_choose_measure(spec, start, key))
    named = parts.of_measures(chosen, measure_titles(spec))
    parts.links(links, (*named, parts.CLOSER, parts.COST))
    for key, choice, part, place in zip(KEYS, chosen, named, places, strict=True):
        _part(view, choice, key, part, place)
    _tables(view, curve, list(dict.fromkeys(map(str, chosen))))


def _place(key: str) -> Place:
    with st.container(key=f"part-{key}", gap="xsmall"):
        head = st.container()
        return Place(head, *st.columns([8, 4], gap="medium"))


def _part(view: View, choice: Choice, key: str, part: parts.Part, place: Place) -> None:
    """A measure: its answer, below it the chart, and beside that what must be known to read it."""
    with place.head:
        parts.header(part)
        st.subheader(answer(view, choice), anchor=False)
    with place.chart:
        _chart(view, choice, key)
    with place.beside:
        _needed(view, choice)
        _caveat(view, choice, key)


def _measured(run: Run, curve: pd.DataFrame) -> Spec:
    """The spec of a run without the measures that could not be taken of anything; says which these are."""
    problems, there = run.problems, set(curve["measure"])
    lost = [one for one in run.spec.measures if str(one) in problems and str(one) not in there]
    if lost:
        labelled = run.tables is None or run.tables[0].labelled
        why = "the Runs page says why" if labelled else "they need labels, which these data have not"
        names = ", ".join(map(registry.measures.title, lost))
        st.caption(f":material/label_off: Not drawn: {names}; {why}.")
    return replace(run.spec, measures=tuple(one for one in run.spec.measures if one not in lost))


def _starts(spec: Spec) -> tuple[str, str]:
    """What the two charts show at first: the first measure, and the first of another kind."""
    kinds = in_order(spec)
    first, *rest = kinds
    return first, next((name for name in rest if kinds[name] != kinds[first]), rest[0] if rest else first)


def in_order(spec: Spec) -> dict[str, str]:
    """The measures of a run, as its curves name them, with their kinds, in the order in which people ask for them.

    Networks trained from scratch come before anything else.
    """
    entries = {str(choice): registry.measures.get(choice.name) for choice in settings.clean_first(spec.measures)}
    order = sorted(entries, key=lambda name: (not entries[name].facts.expensive, KINDS.index(entries[name].facts.kind)))
    return {name: entries[name].facts.kind for name in order}


def measure_titles(spec: Spec) -> dict[str, str]:
    """What people call the measures of a run, by the names that its curves have for them."""
    return {name: naming.measure(spec, choice) for name, choice in spec.measures_by_name.items()}


def of_kind(spec: Spec, kind: str) -> list[str]:
    """The measures of a kind, in this order."""
    return [name for name, its in in_order(spec).items() if its == kind]


def _choose_measure(spec: Spec, start: str, key: str) -> Choice:
    names, called = list(in_order(spec)), measure_titles(spec)
    facts: dict[str, Any] = {"label_visibility": "collapsed", "persist_state": "session", "bind": "query-params"}
    name = st.selectbox(
        f"Measure of the {key} chart", names, names.index(start), format_func=called.__getitem__, key=key, **facts
    )
    return spec.measures_by_name[name]


def _of_differences(spec: Spec) -> Look:
    """The look of charts of differences to random: they have a linear axis, and no line for all data."""
    look = titles.look(spec)
    measures = {
        name: replace(facts, kind="difference", title=f"{facts.title} minus random", unit=f"{facts.unit}, minus random")
        for name, facts in look.measures.items()
    }
    return replace(look, measures=measures)


def _chart(view: View, choice: Choice, key: str) -> None:
    """One chart, and what stands behind its points."""
    name, spec, look = str(choice), view.spec, view.look
    mine, focus = view.drawn[view.drawn["measure"] == name], str(view.focus) if str(view.focus) in view.shown else None
    facts = (spec.key, name, focus, look.dark, look.measures[name].kind)
    figure, words, pixels = caches.once(mine, *facts, make=lambda points: _drawn(points, name, look, focus))
    title, its = naming.measure(spec, choice), look.measures[name]
    caption = pictures.of_run(its.title, words, spec, "curve", its.title)
    st.caption(words)
    head.lined(figure, key, f"{title} by share kept", caption, height=f"max({pixels}px, {ROOM})")


def _drawn(points: pd.DataFrame, name: str, look: Look, focus: str | None) -> tuple[go.Figure, str, int]:
    """A chart without title and height, what the title says of the points, and the least height in pixels."""
    pixels = max(PIXELS, LABEL_GAP * (points["method"].nunique() + 2))
    figure = figures.curve(points, name, look=look, focus=focus, pixels=pixels)
    layout: Any = figure.layout
    words = layout.title.subtitle.text.replace("<br>", " · ")
    least = layout.height - 84
    figure.update_layout(title=None, margin_t=8, height=None)
    return figure.update_xaxes(automargin=False).update_yaxes(automargin=False), words, least


def answer(view: View, choice: Choice) -> str:
    """How much of the data is enough, by an accuracy; by any other measure, and as long as that is not known, whether
    the coreset that is looked at is better than random ones.
    """
    name, method, facts = str(choice), view.focus, naming.measured(view.run.spec, choice)
    curve, planned = caches.curve(view.run), view.run.planned
    mine = curve[(curve["measure"] == name) & curve["method"].isin([str(method), "random"])]

    def sentence(points: pd.DataFrame) -> str:
        table, title = summary.by_size(points, name), registry.methods.title(method)
        enough = summary.needs(*_enough(table, planned), str(method), title) if facts.kind == "accuracy" else ""
        beside = summary.beside_random(table, str(method), title, state.kept(), planned.values(), facts)
        return enough or beside or f"{title} is not measured yet at this size."

    return caches.once(mine, view.run.key, name, str(method), state.kept(), "answer", make=sentence)


def _enough(table: pd.DataFrame, planned: Mapping[int, float]) -> tuple[dict[str, float | None], float]:
    """What is enough of the methods that are measured at every size by now, and the accuracy on all data."""
    whole = summary.complete(table, planned)
    return summary.enough(whole), float(whole.loc[whole["kept"] == 1, "mean"].mean())


def _needed(view: View, choice: Choice) -> None:
    """How much of the data each method that is drawn needs, by an accuracy."""
    if registry.measures.get(choice.name).facts.kind != "accuracy":
        return
    mine = view.values[view.values["measure"] == str(choice)]

    def sentence(points: pd.DataFrame) -> str:
        needed, whole = _enough(summary.by_size(points, str(choice)), view.run.planned)
        return summary.answer({view.look.style(name).title: share for name, share in needed.items()}, whole)

    told = caches.once(mine, view.run.key, str(choice), "needed", make=sentence)
    if told:
        st.markdown(told)
    share = recommended.share(view.run)
    if share is not None and choice.name == recommendation.MEASURE:
        st.markdown(recommendation.said(share))


def _caveat(view: View, choice: Choice, key: str) -> None:
    """What must be known to read a chart, with the whole recipe behind a mark, and an offer to do better."""
    target = settings.target(view.spec, choice)
    st.caption(caveat(choice, relative=view.relative, target=target), help=registry.measures.get(choice.name).body)
    if registry.measures.get(choice.name).facts.kind == "accuracy":
        caveats.show([], caveats.accuracy(view.run, choice, state.kept()))
        _offer_networks(view.spec, view.shown, key)


def caveat(choice: Choice, *, relative: bool = False, target: str = "") -> str:
    """What must be known to read a measure, or its difference to random, in a sentence or two."""
    entry = registry.measures.get(choice.name)
    if entry.facts.kind == "distance":
        damage = " Damaged items are part of it: leaving them out counts as distance." * (target == "all items")
        if relative:
            whole = target or "the whole"
            return f"Below 0 is closer to {whole} than random subsets of the same size are on average.{damage}"
        known = "A finite subset is never at distance 0: the grey band is what random subsets of the same size reach."
        return f"The target is {target}. {known}{damage}" if target else known
    if entry.facts.kind != "accuracy":
        return entry.summary
    said = ", ".join(f"{value:,} {entry.names[key]}" for key, value in entry.read(dict(choice.params)).items())
    how = "Networks trained from scratch" if entry.facts.expensive else "On fixed features"
    return f"{how}: {said}, the same for every method and size."


def _tables(view: View, curve: pd.DataFrame, chosen: Sequence[str]) -> None:
    """What the charts show, as tables and as files, when somebody opens them."""
    more = st.expander("Tables and downloads", icon=":material/table:", key="tables", on_change="rerun")
    if more.open:
        with more:
            for name in chosen:
                _table(view, name)
            _downloads(view.spec, curve, view.drawn, view.look, chosen)


def _table(view: View, name: str) -> None:
    legend = f"{view.look.measures[name].unit}; mean ± sd (seeds), for random over subsets; ★ the best of a size"
    st.markdown(f"**{measure_titles(view.spec)[name]}** :small[:gray[{legend}]]")
    table = summary.by_size(view.drawn, name)
    st.html(tables.wide(table, name, view.shown, look=view.look, kept=state.kept()))


def _downloads(spec: Spec, curve: pd.DataFrame, drawn: pd.DataFrame, look: Look, chosen: Sequence[str]) -> None:
    """The whole curve, and what the two charts show."""
    with st.container(horizontal=True):
        icon = ":material/download:"
        whole = f"curve-{spec.key}.csv"
        st.download_button("All points (CSV)", lambda: curve.to_csv(index=False), whole, "text/csv", icon=icon)
        st.download_button(
            "What the charts show (CSV)",
            lambda: _figure_data(drawn, look, chosen).to_csv(index=False),
            f"charts-{spec.key}.csv",
            "text/csv",
            icon=icon,
        )


def _figure_data(drawn: pd.DataFrame, look: Look, chosen: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    units = {name: look.measures[name].unit for name in chosen}
    summaries = [summary.by_size(drawn, name).assign(measure=name, unit=unit) for name, unit in units.items()]
    return pd.concat(summaries, ignore_index=True)
