"""The strip that shows how a run is doing, and repeats itself only while there is something to see."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Literal

import streamlit as st

from fdmat_core.analysis import findings as of_data
from fdmat_core.formats import counted, duration
from fdmat_core.runs import jobs, library
from fdmat_core.runs.jobs import Status
from fdmat_core.runs.run import Run
from fdmat_core.spec import Spec
from fdmat_core.types import Finding
from pages.shell import frame, state

#: What Streamlit calls the colours of a badge that are used here.
Colour = Literal["blue", "gray", "green", "orange", "red"]
BADGES: dict[str, tuple[str, Colour, str]] = {
    "queued": ("Waiting", "gray", ":material/schedule:"),
    "running": ("Running", "blue", ":material/progress_activity:"),
    "done": ("Done", "green", ":material/check:"),
    "outdated": ("Out of date", "orange", ":material/update:"),
    "failed": ("Failed", "red", ":material/error:"),
    "cancelled": ("Cancelled", "orange", ":material/block:"),
    "lost": ("Lost", "orange", ":material/help:"),
    "stored": ("Not started", "gray", ":material/draft:"),
}
STAGES = {
    "features": "Extracting features",
    "projection": "Drawing the map",
    "rankings": "Ranking",
    "curve": "Measuring",
    "points": "Measuring",
    "trainings": "Training networks",
    "detection": "Comparing detectors",
}


def strip(key: str) -> Status | None:
    """Show the progress of a run if it is going on or has stopped short, and return its status.

    While it is going on the strip updates itself every second; the page is redrawn when a stage or the state ends.
    """
    status = jobs.status(key)
    if status is None or status.state == "done":
        return status
    st.fragment(_strip, run_every=1.0 if status.live else None)(key, (status.state, status.stage))
    return status


def findings(run: Run) -> None:
    """What was found in the data of a run, left out, changed, or to be known: a line, and all of it on a click."""
    found = run.findings
    if not found:
        return
    with st.popover(frame.plain(of_data.line(found)), type="tertiary", icon=":material/rule:", key=f"found.{run.key}"):
        list_findings(found)


def list_findings(found: Iterable[Finding]) -> None:
    """What was found in data, a line each, with where, what is done, and the setting that decides otherwise."""
    for one in found:
        where = f"  \n:small[:gray[{frame.plain('; '.join(one.places))}]]" if one.places else ""
        other = f" :gray[(`{one.switch}` decides otherwise)]" if one.switch else ""
        st.markdown(f"- {frame.plain(one.text)}: **{frame.plain(one.action)}**{other}{where}")


def badge(state: str) -> None:
    """The state of a run, in a word and a colour."""
    text, colour, icon = BADGES[state]
    st.badge(text, color=colour, icon=icon)


def _strip(key: str, shown: tuple[str, str]) -> None:
    """Draw the strip, or the whole page anew if a run is no longer at the state and stage that the page shows."""
    status = jobs.status(key)
    if status is None or (status.state, status.stage) != shown:
        st.rerun()
    if status.live:
        _going_on(status)
    else:
        _stopped(status)


def _going_on(status: Status) -> None:
    share = status.done / status.total if status.total else 0.0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(min(1.0, share), text=sentence(status))
        st.button("Cancel", key=f"cancel.{status.key}", on_click=jobs.cancel, args=(status.key,), type="tertiary")


def _stopped(status: Status) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        show = st.error if status.state == "failed" else st.warning
        show(why(status), icon=BADGES[status.state][2])
        icon = ":material/restart_alt:"
        st.button("Resume", key=f"resume.{status.key}", on_click=resume, args=(status.key,), icon=icon)


def why(status: Status) -> str:
    """Where a run stopped, the cause, and what to do, as markdown."""
    stage = f" while {STAGES.get(status.stage, status.stage).lower()}" if status.stage else ""
    told = [] if status.state == "cancelled" else [status.message]
    sentences = [f"{frame.plain(text).rstrip('.')}." for text in (*told, status.advice) if text]
    return " ".join([f"**{BADGES[status.state][0]}{stage}.**", *sentences])


def begin(spec: Spec, **choices: str | None) -> None:
    """Choose a run, with other choices that travel, and start it.

    In this order: once a person has clicked elsewhere, as in the second that the start of a process takes, Streamlit
    ends a callback where it asks for the session.
    """
    state.choose(run=library.save(spec), **choices)
    jobs.submit(spec)


def resume(key: str) -> None:
    """Start a run again; what it had finished is kept."""
    jobs.submit(Run.open(key).spec)


def sentence(status: Status) -> str:
    """Stage, count, rate and time left in one line; a message that counts by itself stands for count and rate."""
    if status.state == "queued":
        before = f"for {counted(status.ahead, 'run', 'runs')} before it"
        return f"Waiting {before if status.ahead else 'to start'}"
    stage = STAGES.get(status.stage, status.stage.capitalize()) or "Starting"
    parts = [f"**{stage}**"]
    counts = status.total > 1 and " of " not in status.message
    if counts:
        parts.append(f"{status.done:,} of {status.total:,}")
    if status.message:
        parts.append(status.message)
    if status.seconds_left and counts:
        parts.append(f"{(status.total - status.done) / status.seconds_left:.3g} per second")
    if status.seconds_left:
        parts.append(f"{duration(status.seconds_left)} left")
    return " · ".join(parts)


def moment(seconds: float) -> str:
    """A time since 1970 as people write it: 14:05, or 12 Nov 14:05 on another day."""
    then = time.localtime(seconds)
    today = time.localtime()[:3] == then[:3]
    return time.strftime("%H:%M" if today else "%-d %b %H:%M", then)
