"""The groups of copies with their pictures, the one that is kept, and the decision to drop the others as one step."""

from __future__ import annotations

import html
import math
import uuid
from typing import Any

import streamlit as st

from fdmat_core.analysis import duplicates as analysis
from fdmat_core.analysis import fields
from fdmat_core.formats import counted, some
from fdmat_core.runs import decisions, duplicates
from fdmat_core.runs.duplicates import Asked, Copies, Plan
from fdmat_core.runs.run import Run
from pages.duplicates import asking
from pages.shell import caches
from pages.ui import thumbnails

#: Groups on one sheet, and the most pictures of one group.
SHEET, MOST = 12, 8


def show(run: Run, copies: Copies, asked: Asked) -> None:
    """Draw what is found, the buttons to decide, and a sheet of groups."""
    plan = duplicates.plan(run, copies, asked)
    with st.container(key="summary", horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(sentence(plan, copies, asked), width="content")
        st.space("stretch")
        _buttons(run, plan)
    if not plan.groups:
        st.info("Nothing is this near. Raise the distance, or look elsewhere.", icon=":material/check:")
        return
    sheets = math.ceil(len(plan.groups) / SHEET)
    sheet = min(st.session_state.get("copies_sheet", 1), sheets)
    begin = (sheet - 1) * SHEET
    columns = st.columns(2, gap="medium")
    for number in range(begin, min(begin + SHEET, len(plan.groups))):
        look: dict[str, Any] = {"border": True, "horizontal": True, "vertical_alignment": "center"}
        with columns[number % 2], st.container(key=f"group_{number}", **look):
            _group(run, copies, asked, plan, number)
    if sheets > 1:
        st.number_input(f"Sheet of {sheets:,}", 1, sheets, sheet, key="copies_sheet", width=160)


def sentence(plan: Plan, copies: Copies, asked: Asked) -> str:
    """What is found, in words."""
    items = sum(len(group) for group in plan.groups)
    of = "of training and test items" if asked.leaks else "of training items"
    parts = [f"**{counted(len(plan.groups), 'group', 'groups')} {of}**, {items:,} items in all"]
    if plan.differing:
        parts.append(f"{plan.differing:,} with different labels")
    if asked.leaks:
        tests = sum(int((group >= copies.n_train).sum()) for group in plan.groups)
        parts.append(f"{some(tests, len(copies.ids) - copies.n_train, 'test items', 'are')} trained on")
    if len(plan.decided):
        parts.append(f"{len(plan.decided):,} decided already")
    return " · ".join(parts)


def _buttons(run: Run, plan: Plan) -> None:
    """Drop what is not kept, all as one step; take the last step back."""
    count = len(plan.drops)
    session = st.session_state.setdefault("copies_session", uuid.uuid4().hex)
    if st.session_state.get(_steps(run), 0):
        st.button("Take back", icon=":material/undo:", on_click=_take_back, args=(run, session))
    label = f"Drop {counted(count, 'item', 'items')}"
    facts: dict[str, Any] = {"type": "primary", "icon": ":material/delete:", "disabled": not count}
    st.button(label, on_click=_drop, args=(run, plan, session), **facts)
    if text := st.session_state.pop("copies_told", None):
        st.toast(text, icon=":material/check:")


def _drop(run: Run, plan: Plan, session: str) -> None:
    if changed := caches.changed(run):
        raise ValueError(f"{changed}: no decision is taken")
    count = duplicates.drop(run, plan.drops, session)
    st.session_state[_steps(run)] = st.session_state.get(_steps(run), 0) + 1
    st.session_state["copies_told"] = f"{count:,} dropped as one step. Nothing is deleted: selections follow decisions."


def _steps(run: Run) -> str:
    """Where the session counts the steps on the data of a run that can be taken back."""
    return f"copies_steps.{run.dataset_key}"


def _take_back(run: Run, session: str) -> None:
    items = decisions.undo(run.dataset_key or "", session)
    st.session_state[_steps(run)] -= 1
    st.session_state["copies_told"] = f"Taken back for {counted(len(items), 'item', 'items')}."


def _group(run: Run, copies: Copies, asked: Asked, plan: Plan, number: int) -> None:
    """One group: its pictures with labels and distances, and the choice of the one to keep."""
    group, kept = plan.groups[number], plan.kept[number]
    shown = [kept, *(int(row) for row in group if row != kept)][:MOST]
    st.html(pictures(run, copies, asked, plan, shown))
    if len(group) > len(shown):
        st.caption(f"and {len(group) - len(shown):,} more", width="content")
    if not asked.leaks:
        ids = [int(one) for one in copies.ids[group]]
        lowest, key = min(ids), f"keep.{run.key}.{min(ids)}.{int(copies.ids[kept])}"
        choice: dict[str, Any] = {"on_change": _keep, "args": (run, lowest, key), "key": key}
        st.selectbox("Keep item", ids, ids.index(int(copies.ids[kept])), width=130, **choice)


def _keep(run: Run, lowest: int, key: str) -> None:
    st.session_state[asking.by_hand(run)][lowest] = st.session_state[key]


def pictures(run: Run, copies: Copies, asked: Asked, plan: Plan, rows: list[int]) -> str:
    """Some items of a group side by side, the one that is kept first, as HTML."""
    away = analysis.distance_between(copies.found, asked.by, rows, rows[0])
    decided = set(plan.decided.tolist())
    figures = [
        _figure(run, copies, row, _words(float(d), place == 0, row >= copies.n_train, row in decided))
        for place, (row, d) in enumerate(zip(rows, away, strict=True))
    ]
    return f'<div class="copies">{"".join(figures)}</div>'


def _figure(run: Run, copies: Copies, row: int, words: str) -> str:
    data, item, source = caches.dataset(run.spec.dataset, run.spec.corruption), int(copies.ids[row]), ""
    label = data.classes[copies.labels[row]] if data.labelled else ""
    if data.images:
        source = f'<img src={thumbnails.address(run)}{item} alt="item {item}, {html.escape(label)}, {words}">'
    else:
        source = f"<p>{html.escape(fields.short(data, int(data.rows_of([item])[0])))}</p>"
    kind = "kept" if words in ("kept", "test item") else "decided" if "decided" in words else "other"
    named = f"<span>{html.escape(label)}</span>" if label else ""
    return f"<figure class={kind}>{source}<figcaption><b>{item}</b>{named}<em>{words}</em></figcaption></figure>"


def _words(away: float, is_kept: bool, is_test: bool, is_decided: bool) -> str:
    """What is said below a picture."""
    if is_kept:
        return "test item" if is_test else "kept"
    parts = ["by others" if math.isnan(away) else "same" if not away else f"{away:.2f}"]
    return ", ".join(parts + ["test"] * is_test + ["decided"] * is_decided)
