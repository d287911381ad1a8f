"""By how much the two differ: their measures with how certain that is, and their settings."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import differences
from fdmat_core.analysis.differences import Difference, Setting
from fdmat_core.figures import tables
from fdmat_core.formats import percent
from fdmat_core.spec import Choice
from pages.compare.pair import Pair
from pages.shell import caches
from pages.ui import caveats

if TYPE_CHECKING:
    import pandas as pd

    from fdmat_core.registry import MeasureFacts

#: What is measured in the features of a run.
IN_FEATURES = ("distance", "coverage")
#: What is said where those of two runs are not the same.
NOT_ALIKE = (
    "Distances and coverage are in the features of each run, which are not the same here: compare them with random's "
    "of their run, not with each other."
)
#: How certain the differences are.
HOW = (
    "Means over training seeds or draws ± their sd (how many). The interval is Welch's for the difference of two "
    "means; it holds what seeds and draws change, not what other data would."
)


def show(pair: Pair, kept: float) -> None:
    """A line for each measure that both runs take, at the measured size beside a share kept."""
    rows = list(_rows(pair, kept))
    st.markdown("**Measures** :small[:gray[at the measured size beside the slider]]", help=HOW)
    if rows:
        st.html(tables.grid(_head(pair), rows))
        warnings = [NOT_ALIKE] * any(_in_features(pair, choice) for choice in _shared(pair).values())
        caveats.show(warnings, _accuracy_caveats(pair, kept))
    else:
        st.caption("The two runs take no measure in common." if pair.two_runs else "This run takes no measures.")


def _accuracy_caveats(pair: Pair, kept: float) -> list[str]:
    """What must be known of the accuracies in the table; of two runs, which of them."""
    shared = [
        choice for choice in _shared(pair).values() if registry.measures.get(choice.name).facts.kind == "accuracy"
    ]
    found: dict[str, list[str]] = {}
    for letter, side in zip("AB", (pair.a, pair.b) if pair.two_runs else (pair.a,), strict=False):
        for choice in shared:
            for text in caveats.accuracy(side.run, choice, kept):
                found.setdefault(text, []).append(letter)
    one_sided = lambda letters: pair.two_runs and len(set(letters)) == 1  # noqa: E731
    return [f"{letters[0]}: {text}" if one_sided(letters) else text for text, letters in found.items()]


def _head(pair: Pair) -> list[str]:
    names = [f"{letter}, {html.escape(side.name)}" for letter, side in zip("AB", (pair.a, pair.b), strict=True)]
    random = "random of A's run" if pair.two_runs else "random"
    return ["", *names, "B minus A, 95% interval", "", random]


def _rows(pair: Pair, kept: float) -> Iterator[list[str]]:
    methods = str(pair.a.method), str(pair.b.method)
    planned = [list(side.run.planned.values()) for side in (pair.a, pair.b)]
    for name, choice in _shared(pair).items():
        summaries = [caches.by_size(side.run, name) for side in (pair.a, pair.b)]
        found = differences.read(summaries[0], summaries[1], methods, kept, planned)
        title = html.escape(registry.measures.title(choice))
        if found is None:
            yield [f"<th>{title}</th>", *map(tables.cell, ("–", "–", "not measured yet", "", ""))]
            continue
        facts, near = registry.measures.get(choice.name).facts, percent(round(found.a.kept, 6))
        yield [
            f"<th>{title} <small>at {near}</small></th>",
            *(tables.cell(differences.said(side, facts)) for side in (found.a, found.b)),
            *_judged(found, facts, alike=not _in_features(pair, choice)),
            tables.cell(_of_random(pair, choice, summaries, found)),
        ]


def _judged(found: Difference, facts: MeasureFacts, *, alike: bool) -> list[str]:
    """By how much two values differ and who is better; nothing of values that are not alike."""
    if not alike:
        return [tables.cell("not alike"), tables.cell("–")]
    verdict = tables.cell(differences.verdict(found, facts), strong=found.clear)
    return [tables.cell(differences.apart(found, facts)), verdict]


def _of_random(pair: Pair, choice: Choice, summaries: list[pd.DataFrame], found: Difference) -> str:
    """What random subsets reach: in A's run, and in B's as well where that is another matter."""
    facts = registry.measures.get(choice.name).facts
    in_a, in_b = (differences.band(one, found.a.kept, facts) for one in summaries)
    return f"{in_a}; in B {in_b}" if _in_features(pair, choice) else in_a


def _in_features(pair: Pair, choice: Choice) -> bool:
    """Whether a measure is in features that are not the same in the two runs."""
    return pair.other_features and registry.measures.get(choice.name).facts.kind in IN_FEATURES


def _shared(pair: Pair) -> dict[str, Choice]:
    """The measures of both runs that could be taken, in the order of the first."""
    lost = {**pair.a.run.problems, **pair.b.run.problems}
    mine, others = pair.a.run.spec.measures_by_name, pair.b.run.spec.measures_by_name
    return {name: choice for name, choice in mine.items() if name in others and name not in lost}


def settings(pair: Pair) -> None:
    """What differs in the settings of the two methods and, of two runs, of the runs."""
    st.markdown("**Settings that differ**")
    found = differences.choices(pair.a.method, pair.b.method)
    if pair.two_runs:
        found += differences.settings(pair.a.run.spec, pair.b.run.spec)
    if found:
        st.html(f'<div class="settings">{tables.grid(["", "A", "B"], map(_setting, found))}</div>')
    else:
        st.caption("None: the same method with the same settings, in two runs with the same settings.")


def _setting(one: Setting) -> list[str]:
    return [f"<th>{html.escape(one.name)}</th>", tables.cell(one.a), tables.cell(one.b)]
