"""What is compared: method A of the chosen run, and method B of it or of another run on the same items."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

import streamlit as st

from fdmat_core import registry
from fdmat_core.formats import counted
from fdmat_core.rankings import Rankings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from pages.compare.pair import Pair
from pages.shell import caches, state
from pages.ui import head, titles, toolbar

#: What the second run is called while it is the first.
SAME = "the same run"


class Chosen(NamedTuple):
    """Methods A and B, each with its run."""

    a: Choice
    b: Choice
    run_b: Run


def second(run: Run) -> Run:
    """The run of side B: the one that the link names, if it is on the same data and has ranked; else the first."""
    asked = state.chosen("run_b")
    if not asked or asked == run.key:
        return run
    other = state.stored(asked)
    if other is None:
        st.warning("The second run of this link is not stored here; B is of the same run.", icon=":material/link_off:")
    elif other.spec.dataset != run.spec.dataset:
        told = "The second run of this link is on other data, whose items are not these; B is of the same run."
        st.warning(told, icon=":material/link_off:")
    elif not other.ranked or other.tables is None:
        told = "The second run has no rankings yet; until then B is of the same run."
        st.info(told, icon=":material/hourglass_empty:")
    else:
        return other
    return run


def strip(run: Run, other: Run, methods: dict[Choice, Rankings]) -> Chosen:
    """The fields for A, B and the second run in one line, and what is chosen in them."""
    a, b = sides(run, other, methods)
    chosen = Chosen(a, b, other)
    with st.container(key="sides", horizontal=True, vertical_alignment="center", gap="small"):
        st.html('<b class="letter">A</b>', width="content")
        _choose("a", list(methods), a)
        help = "Swap A and B (X)"
        st.button("", icon=":material/swap_horiz:", key="swap", help=help, on_click=swap, args=(run, chosen))
        st.html('<b class="letter">B</b>', width="content")
        _choose("b", free(run, chosen), b)
        _choose_run(run, other)
        head.about(run)
    return chosen


def sides(run: Run, other: Run, methods: dict[Choice, Rankings]) -> tuple[Choice, Choice]:
    """The methods of the link as far as they have ranked; else the method of the other pages, and one beside it.

    Beside it stands, in another run, the same method; in the same run the first other one.
    """
    a = _named(methods, state.chosen("a")) or state.method(run)
    a = a if a in methods else next(iter(methods))
    ranked = other.ranked
    b = _named(ranked, state.chosen("b"))
    if other is not run:
        return a, b or (a if a in ranked else next(iter(ranked)))
    return a, b if b and b != a else next(method for method in methods if method != a)


def free(run: Run, chosen: Chosen) -> list[Choice]:
    """The methods that B may be: all of its run but, in the same run, A."""
    return [method for method in chosen.run_b.ranked if chosen.run_b is not run or method != chosen.a]


def lone(run: Run, methods: dict[Choice, Rankings], live: bool) -> NoReturn:
    """Say that there is one method only, offer other runs on the same data, and end the page."""
    only = registry.methods.title(next(iter(methods)))
    wait = " More are on their way." if live else " Start a run with a second method, or choose another run below."
    st.info(f"This run has ranked by one method so far, {only}; a comparison needs two.{wait}", icon=":material/info:")
    _choose_run(run, run)
    st.stop()


def same_items(pair: Pair) -> None:
    """Say how many items both runs have, and of which nothing is shown."""
    if not pair.two_runs:
        return
    sizes = pair.a.table.n, pair.b.table.n
    text = f"Same items: {pair.n:,} of {sizes[0]:,} of A's run and of {sizes[1]:,} of B's"
    lost = [f"{size - pair.n:,} only {letter} has" for size, letter in zip(sizes, "AB", strict=True) if size > pair.n]
    left_out = f"; not shown: {', '.join(lost)}. Both are cut among the items they share" if lost else ""
    with st.container(key="same"):
        st.caption(f":material/join_inner: {text}{left_out}. Map, labels and classes are those of A's run.")


def swap(run: Run, chosen: Chosen) -> None:
    """Let A and B change places, and their runs."""
    if chosen.run_b is run:
        state.choose(a=chosen.b, b=chosen.a)
    else:
        state.choose(run=chosen.run_b.key, a=chosen.b, b=chosen.a, run_b=run.key)


def _named(methods: dict[Choice, Rankings], name: str | None) -> Choice | None:
    return next((method for method in methods if str(method) == name), None)


def _choose(side: str, methods: list[Choice], chosen: Choice) -> None:
    """The field for the method of a side; a choice travels."""
    by_name = {str(method): method for method in methods}
    key = f"side_{side}"
    st.session_state[key] = str(chosen)

    def called(name: str) -> str:
        return toolbar.called(by_name[name], family=True)

    def choose() -> None:
        state.choose(**{side: st.session_state[key]})

    st.selectbox(
        f"Method {side.upper()}", list(by_name), format_func=called, key=key, on_change=choose,
        label_visibility="collapsed", width=260,
    )  # fmt: skip


def _choose_run(run: Run, other: Run) -> None:
    """The field for the run of B, if there is another one on the same data."""
    partners = caches.runs_on(run.spec.dataset)
    if not set(partners) - {run.key}:
        return
    others = {key: spec for key, spec in partners.items() if key != run.key}
    called = {run.key: SAME} | {key: _told_apart(spec, run.spec) for key, spec in others.items()}
    st.session_state["run_of_b"] = other.key

    def choose() -> None:
        picked = st.session_state["run_of_b"]
        state.choose(run_b=None if picked == run.key else picked)

    st.selectbox(
        "Run of B", list(called), format_func=called.__getitem__, key="run_of_b", on_change=choose,
        label_visibility="collapsed", width=260, help="B is of this run on the same items",
    )  # fmt: skip


def _told_apart(spec: Spec, first: Spec) -> str:
    """What a run is called beside the first, how many methods it has, and its key."""
    methods = counted(len(spec.methods), "method", "methods")
    return " · ".join(dict.fromkeys([titles.apart(spec, first)[0], methods, spec.key[:6]]))
