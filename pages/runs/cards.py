"""The runs that are stored: how each is doing, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from fdmat_core import errors, registry
from fdmat_core.formats import counted
from fdmat_core.runs import decisions, jobs, library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Spec
from fdmat_core.store import entries, files
from pages.shell import caches, frame, places, state
from pages.ui import empty, run_status, whole


def show() -> None:
    """Show every stored run, the newest first, and what they take on disk."""
    found = library.listing()
    if not found:
        _none()
        return
    used = caches.size(sum(entries.usage().values()))
    st.caption(f"{counted(len(found), 'run', 'runs')}, {used} on disk in `{files.home()}`")
    for key in found:
        try:
            card(key)
        except Exception as error:  # whatever is the matter with one run, the others are shown
            _damaged(key, errors.plain(error), "remove")


def _none() -> None:
    """What to begin with where no run is stored: a sample, or the form as it is."""
    with st.container(border=True):
        st.subheader("No run is stored yet", anchor=False)
        st.markdown("Begin with a sample, or with the form beside this: it has good defaults.")
        empty.samples()


def card(key: str) -> None:
    """One run: what it is about, how it is doing, and its buttons."""
    try:
        run, status = Run.open(key), jobs.status(key)
    except (ValueError, OSError) as error:
        _damaged(key, errors.plain(error), "delete")
        return
    spec = run.spec
    state = status.state if status else "stored"
    with st.container(border=True, key=f"card.{key}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            name, data = library.name(key), registry.datasets.title(spec.dataset)
            st.markdown(f"**{frame.plain(name or data)}**", width="content")
            run_status.badge(state)
        st.caption(
            frame.plain(" · ".join([data] * bool(name) + [about(spec), key[:6]])),
            help="; ".join(registry.methods.title(choice) for choice in spec.methods),
        )
        run_status.strip(key)
        run_status.findings(run)
        if lost := run.unreadable:
            text = "damaged, or of another version: it counts as not there. Start the run again to make it anew"
            st.warning(f"{', '.join(lost)}: {text}.", icon=":material/broken_image:")
        for name, cause in run.problems.items():
            st.warning(f"**{_called(spec, name)}** could not be used: {frame.plain(cause)}", icon=":material/warning:")
        _buttons(run, status)


def _damaged(key: str, why: str, button: str) -> None:
    """A run that cannot be shown, or only in part: it says why, and can be deleted by a button of this name."""
    with st.container(border=True, key=f"damaged.{key}"):
        st.warning(f"**Run {frame.plain(key)}:** {frame.plain(why)}", icon=":material/broken_image:")
        st.button("Delete", key=f"{button}.{key}", type="tertiary", on_click=_delete, args=(key,))


def about(spec: Spec) -> str:
    """The settings of a run in one line."""
    parts = [registry.backbones.title(spec.backbone)]
    if spec.corruption.name != "none":
        parts.append(registry.corruptions.title(spec.corruption))
    if spec.chosen:
        parts.append(f"begins with {spec.chosen}")
    counts = {"method": spec.methods, "size": spec.fractions, "measure": spec.measures, "seed": range(spec.seeds)}
    parts += [counted(len(these), word, f"{word}s") for word, these in counts.items()]
    return " · ".join(parts)


def _called(spec: Spec, name: str) -> str:
    """The title of a method or a measure of a run, or the name of whatever else it is."""
    titles = {str(choice): registry.methods.title(choice) for choice in spec.methods}
    titles |= {str(choice): registry.measures.title(choice) for choice in spec.measures}
    return titles.get(name, name)


def _submit(spec: Spec) -> None:
    jobs.submit(spec)


def _buttons(run: Run, status: run_status.Status | None) -> None:
    key, spec = run.key, run.spec
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        opened = state.key() == key
        if st.button("Open again" if opened else "Open", key=f"open.{key}", icon=":material/scatter_plot:"):
            state.choose(run=key, method=None)
            st.switch_page(places.MAP)
        if status is None:
            st.button("Start", key=f"start.{key}", on_click=_submit, args=(spec,), icon=":material/play_arrow:")
        if run.projection is not None and run.ranked:
            with st.popover("Take along", key=f"take.{key}", type="tertiary"):
                whole.buttons(run, key)
        st.button("Use its settings", key=f"clone.{key}", on_click=state.start_from, args=(spec,), type="tertiary")
        with st.popover("Log", key=f"log.{key}", type="tertiary"):
            st.code(jobs.log(key) or "The log is empty.", language=None, wrap_lines=True, height=320)
        if st.button("Delete", key=f"delete.{key}", type="tertiary"):
            confirm(key, spec, status)
        if status and status.started:
            st.caption(f"started {run_status.moment(status.started)}", width="stretch", text_alignment="right")


@st.dialog("Delete this run?")
def confirm(key: str, spec: Spec, status: run_status.Status | None) -> None:
    """Ask before a run goes."""
    began = f" · started {run_status.moment(status.started)}" if status and status.started else ""
    st.markdown(f"**{registry.datasets.title(spec.dataset)}**  \n{frame.plain(about(spec))}{began}")
    if status and status.live:
        st.write("It is under way, and will be stopped first.")
    st.write("Its rankings and curves go; features that other runs share stay. This cannot be undone.")
    decided = len(decisions.current(Run(spec).dataset_key or ""))
    many = f", {counted(decided, 'decision', 'decisions')} so far" if decided else ""
    st.write(f"What people decided about its items stays{many}: every run on these data has it.")
    with st.container(horizontal=True):
        if st.button("Delete it", icon=":material/delete:", on_click=_delete, args=(key,)):
            st.rerun()
        if st.button("Keep it", type="primary"):
            st.rerun()


def _delete(key: str) -> None:
    jobs.delete(key)
    if state.key() == key:
        state.choose(run=None, method=None)
