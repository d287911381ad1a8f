"""What must be known to read a number, beside the number: see `fdmat_core.analysis.caveats`."""

from __future__ import annotations

import html
from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from fdmat_core import registry
from fdmat_core.analysis import caveats, issues
from fdmat_core.methods import imported
from fdmat_core.rankings import Rankings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import caches, frame

STYLE = Path(__file__).with_name("caveats.css")


def of_others(run: Run, method: Choice, rankings: Rankings, kept: float) -> str:
    """What of a coreset is not the method's own: items chosen before, or more than a file lists; "" if all is."""
    coreset = rankings.cut(kept)
    text = caveats.begins_with(run.spec.chosen, method, coreset.k)
    if text or rankings.nested is None:
        return text
    return imported.caveat(rankings.nested.notes, coreset.k, coreset.n)


def brought(run: Run, method: Choice, rankings: Rankings, kept: float) -> None:
    """Say so where a coreset begins with items chosen before, or is not just what a file lists."""
    if text := of_others(run, method, rankings, kept):
        st.caption(f":material/info: {frame.plain(text)}", width="content")


def damage(run: Run, method: Choice, rankings: Rankings, kept: float) -> str:
    """That a method keeps more noise than random, here or where that was measured; "" if neither."""
    bad = caches.bad(run)
    here = "" if bad is None else caveats.keeps_bad(issues.tally(rankings.cut(kept), bad.rows), bad.word)
    if here or (bad is not None and bad.word == "injected"):
        return here
    return caveats.known_to_keep_bad(registry.methods.get(method.name).facts)


def warn(run: Run, method: Choice, rankings: Rankings, kept: float) -> None:
    """Say so in a line of its own where a method keeps more noise than random."""
    if text := damage(run, method, rankings, kept):
        show([text], [])


def accuracy(run: Run, measure: Choice, kept: float) -> list[str]:
    """What must be known of an accuracy: whether a probe ranks like training; how few and how noisy test items are."""
    found = [caveats.few_test_items(run.counts[1]), caveats.held_out(run.findings)]
    if caveats.on_fixed_features(measure):
        curve, measures = caches.curve(run), run.spec.measures_by_name
        key = ("like training", run.key, str(measure))
        like = caches.once(curve, *key, make=lambda points: caveats.like_training(points, str(measure), measures))
        found.insert(0, caveats.of_probe(like, kept, run.planned.values()))
    return [text for text in found if text]


def show(warnings: Iterable[str], notes: Iterable[str]) -> None:
    """Small lines under numbers, warnings first."""
    lines = [f'<p class="warning">{html.escape(text)}</p>' for text in warnings if text]
    lines += [f"<p>{html.escape(text)}</p>" for text in filter(None, [" ".join(notes)])]
    st.html(f'<div class="caveats">{"".join(lines)}</div>')
