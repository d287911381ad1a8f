"""Apply decisions in a new run, and what that brought: accuracy before and after, class by class, what is left."""

from __future__ import annotations

from typing import Any

import streamlit as st

from fdmat_core import errors
from fdmat_core.analysis import before_after, caveats
from fdmat_core.formats import counted
from fdmat_core.runs import applying, cleaning, decisions, jobs
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import caches, frame, state
from pages.ui import run_status

#: What the columns of the table of classes are called, but for the classes themselves.
CLASSES = {"before": "Before", "after": "After", "difference": "Difference"}
TABLE = ("", "Before", "After", "Difference, 95% interval", "Verdict")


def panel(run: Run, method: Choice) -> None:
    """Draw the tab: for a run that people decided about, the way on; for a cleaned run, what it brought."""
    came = applying.origin(run.spec)
    if came is not None:
        _provenance(came)
        before = _opened(came.run)
        if before is None:
            st.info("The run whose decisions were applied was deleted, so there is nothing to compare with.")
        else:
            _compare(before, run, method)
        st.divider()
    _offer(run)
    for key in list(applying.made_from(run))[:1]:
        st.divider()
        st.button("Open the cleaned run", icon=":material/open_in_new:", on_click=state.choose, kwargs={"run": key})
        _compare(run, caches.run(key), method)


def _provenance(came: applying.Applied) -> None:
    who = ", ".join(frame.plain(name) for name in came.authors if name) or "nobody who signed"
    st.markdown(
        f"This run is of cleaned data: **{came.dropped:,} dropped, {came.relabelled:,} relabelled, {came.kept:,} "
        f"called right** by {who}, the last on {came.until}. The data and the run before it are as they were."
    )


def _opened(key: str) -> Run | None:
    try:
        return caches.run(key)
    except ValueError:
        return None


def _offer(run: Run) -> None:
    """The button that makes the cleaned run, with what it will do."""
    kinds = decisions.current(caches.train(run).key)["decision"].value_counts()
    drop, relabel, keep = (int(kinds.get(kind, 0)) for kind in ("drop", "relabel", "keep"))
    if not drop + relabel:
        st.caption("Drop or relabel items on the Inspect tab; then their data can be cleaned and trained on again.")
        return
    st.markdown(
        f"**{counted(drop, 'item goes', 'items go')}, {counted(relabel, 'gets', 'get')} another label**, "
        f"{counted(keep, 'is', 'are')} called right. A new run makes features, "
        "rankings and measures of what is left, with the settings of this one; nothing is changed in place."
    )
    if undecided := cleaning.undecided(run):
        st.caption(
            f"{counted(undecided, 'suspect', 'suspects')} that nobody decided about "
            f"{'stays' if undecided == 1 else 'stay'} in the new run. The cleaned list to download leaves "
            f"{'it' if undecided == 1 else 'them'} out."
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        network = caches.train(run).labelled and st.toggle("Train whole networks on all items, too", key="on_all")
        if st.button("Apply decisions", type="primary", icon=":material/cleaning_services:"):
            _apply(run, network=bool(network))


def _apply(run: Run, *, network: bool) -> None:
    try:
        spec = applying.apply(run)
    except ValueError as error:
        st.error(frame.plain(errors.plain(error)), icon=":material/error:")
        return
    key = jobs.submit(spec)
    for one in (spec, run.spec) if network else ():
        jobs.submit(applying.on_all(one))
    if status := jobs.status(key):
        st.toast(run_status.sentence(status), icon=":material/play_arrow:")
    st.rerun()


def _compare(before: Run, after: Run, method: Choice) -> None:
    """What cleaning brought, as far as it is measured."""
    st.subheader("Before and after", anchor=False)
    run_status.strip(after.key)
    if after.tables is None or before.tables is None:
        st.caption("The cleaned run has no features yet.")
        return
    curves, measures = _measured(before, after)
    found = before_after.table(curves[0], curves[1], measures, str(method), state.kept())
    look: dict[str, Any] = {"hide_index": True, "width": "stretch"}
    titles: dict[str, Any] = dict(zip(before_after.COLUMNS, TABLE, strict=True))
    if found.empty:
        st.caption("Nothing is measured of both yet.")
    else:
        st.dataframe(found, column_config=titles, **look)
        if few := caveats.few_test_items(after.counts[1]):
            st.caption(few)
    if text := _left(before, after):
        st.markdown(text)
    if after.tables[0].labelled and (probe := _probe(after)):
        told, said = (caches.per_class(one, probe) for one in (before, after))
        if not told.empty and not said.empty:
            st.markdown("**Accuracy in each class**, by a probe on all items")
            form: dict[str, Any] = {
                name: st.column_config.NumberColumn(title, format="percent") for name, title in CLASSES.items()
            }
            form["label"] = st.column_config.Column("Class")
            by_class = before_after.classes(told, said, after.tables[0].classes)
            st.dataframe(by_class, column_config={"label": "Class", **form}, **look)
    st.caption(
        "Test items are the same, and stay as they are; intervals are over training seeds alone. Distances are in the "
        "features of each run, which a network learns anew: compare them with random's, not with each other."
    )


def _measured(before: Run, after: Run) -> tuple[list[Any], list[Choice]]:
    """The curves of both with what was measured on all items alone, and the measures to show."""
    import pandas

    found = []
    for run in (before, after):
        alone = Run(applying.on_all(run.spec))
        parts = [caches.curve(run), *([caches.curve(alone)] if alone.stored else [])]
        found.append(pandas.concat(parts).drop_duplicates(["method", "k", "seed", "measure"]))
    to_clean = [one for one in after.measures("distance") if one.name.endswith("_to_clean")][:1]
    return found, list(dict.fromkeys([*after.measures("accuracy"), *applying.ON_ALL, *to_clean]))


def _probe(run: Run) -> str:
    return next((str(one) for one in run.measures("accuracy") if one.name == "linear_probe"), "")


def _left(before: Run, after: Run) -> str:
    """What still looks wrong, in a sentence; "" until FDMat has ranked."""
    sides = [caches.left(run) for run in (before, after)]
    return "" if sides[0] is None or sides[1] is None else before_after.sentence(sides[0], sides[1])
