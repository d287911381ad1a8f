"""What a coreset costs and what it saves: seconds read from the store, and one training time that a person may set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import savings
from fdmat_core.figures import tables
from fdmat_core.formats import counted, duration, percent
from fdmat_core.runs.costs import Costs
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from pages.curves import parts
from pages.shell import caches, state
from pages.ui import titles

#: A training time to start from where none was measured.
MINUTES = 10.0


def show(run: Run, focus: Choice, methods: Sequence[Choice]) -> None:
    """The cost panel: features, selection, training, and when a selection has paid for itself."""
    found = caches.costs(run)
    if found is None:
        return
    parts.header(parts.COST)
    spec, kept = run.spec, max(state.kept(), min(run.spec.fractions))
    answer = st.container()
    left, right = st.columns([5, 7], gap="large")
    with left:
        whole = 60 * _minutes(spec, found)
        _sentences(found, kept, whole)
    said = savings.said(registry.methods.title(focus), found.selection(focus), whole, kept)
    answer.subheader(said, anchor=False)
    with right:
        rows = list(_rows(spec, methods, found, kept, whole))
        st.html(tables.grid(["", "ranking", "features and ranking", "paid back after"], rows))


def _minutes(spec: Spec, found: Costs) -> float:
    known, source = _known(spec, found)
    return st.number_input(
        "Minutes of one training on all items",
        min_value=0.01,
        value=round(max(known / 60, 0.01), 2),
        help=f"Starts at {source}. Set it to what your own training takes.",
        key=f"minutes.{spec.key}",
        persist_state="session",
        width=320,
    )


def _known(spec: Spec, found: Costs) -> tuple[float, str]:
    """Seconds of one training on all items, as far as known, and where that comes from."""
    if found.trainings:
        name, seconds = next(iter(found.trainings.items()))
        return seconds, f"the {duration(seconds)} that one training of this run took ({name})"
    if found.features and registry.backbones.get(spec.backbone.name).facts.trains:
        return found.features, f"the {duration(found.features)} in which this run trained the network of its features"
    return 60 * MINUTES, "a guess, because this run trained no network"


def _sentences(found: Costs, kept: float, whole: float) -> None:
    saved = savings.saved(whole, kept)
    features = "not stored yet" if found.features is None else savings.seconds(found.features)
    with st.container(horizontal=True, gap="large"):
        st.metric("Features", features, width="content", help="Once for all methods. Read from the store.")
        st.metric(f"A training on {percent(round(kept, 6))}", savings.seconds(whole - saved), width="content")
        st.metric("Saved by each", savings.seconds(saved), width="content")
    st.caption(
        "Assumed, not measured: the same epochs on coreset and whole, so that training time goes with the items kept. "
        "Seconds are read from the store: those of the machine and the day that made them."
    )
    for name, training in found.trainings.items():
        each = savings.seconds(training)
        st.caption(f"Here `{name}` takes the same steps at every size: about {each} each, no saving.")


def _rows(spec: Spec, methods: Sequence[Choice], found: Costs, kept: float, whole: float) -> Iterator[list[str]]:
    look = titles.look(spec)
    for place, method in enumerate(methods):
        seconds = found.rankings.get(str(method)), found.selection(method)
        yield [
            f"<th>{tables.swatch(look.style(str(method), place))}</th>",
            *(tables.cell("–" if one is None else savings.seconds(one)) for one in seconds),
            tables.cell(_repaid(seconds[1], whole, kept)),
        ]


def _repaid(selection: float | None, whole: float, kept: float) -> str:
    if selection is None:
        return "–"
    times = savings.repaid(selection, whole, kept)
    return "never" if times is None else counted(times, "training", "trainings")
