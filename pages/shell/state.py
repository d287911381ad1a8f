"""The choices that travel with a person from page to page and in the link: run, method, pruning ratio.

The session holds them; the link mirrors them. When a page is first opened the link decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from fdmat_core.runs import run as runs
from fdmat_core.spec import Choice, Spec

NAMES = ("run", "method", "ratio")
#: What narrows the Removed page, in the link of that page only.
FILTERS = ("issue", "label", "pair", "decision", "item")
#: Share removed before anyone has moved the slider.
RATIO = 0.3


def run() -> str | None:
    """The key of the chosen run."""
    return _choices().get("run")


def spec() -> Spec | None:
    """The spec of the chosen run, or None if none is chosen or it is not stored here."""
    key = run()
    try:
        return runs.open(key) if key else None
    except ValueError:
        return None


def method(chosen: Spec) -> Choice:
    """The chosen method of a run; if the run lacks it, the first that is not random."""
    wanted = _choices().get("method")
    others = [choice for choice in chosen.methods if choice.name != "random"]
    return next((choice for choice in chosen.methods if str(choice) == wanted), (others or list(chosen.methods))[0])


def ratio() -> float:
    """The chosen pruning ratio, from 0 to 1."""
    try:
        value = float(_choices().get("ratio", RATIO))
    except ValueError:
        return RATIO
    return min(1.0, max(0.0, value)) if math.isfinite(value) else RATIO


def choose(**choices: str | float | Choice | None) -> None:
    """Set choices by name (`run`, `method`, `ratio`) here and in the link; None forgets one."""
    for name, value in choices.items():
        if name not in NAMES:
            raise ValueError(f"choice {name!r} does not travel; known: {', '.join(NAMES)}")
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
        _choices().pop(name, None)
        if value is not None:
            _choices()[name] = text
    travel()


def travel() -> None:
    """Write the choices into the link, which loses them when the page changes."""
    for name in NAMES:
        value = _choices().get(name)
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


def filters() -> dict[str, str]:
    """The filters of the Removed page: those that the link names, or else the last ones of this session."""
    named = {name: st.query_params[name] for name in FILTERS if name in st.query_params}
    return named or st.session_state.get("filters", {})


def filter_by(chosen: Mapping[str, str]) -> None:
    """Write the filters of the Removed page into the link; those that are off leave it."""
    st.session_state["filters"] = dict(chosen)
    for name in FILTERS:
        if chosen.get(name):
            st.query_params[name] = chosen[name]
        else:
            st.query_params.pop(name, None)


def picked(what: str) -> str:
    """Rows that somebody picked on one page to see them on another, in the form that a lasso has; "" for none."""
    run_then, rows = st.session_state.get(f"picked_{what}", ("", ""))
    return rows if run_then == run() else ""


def pick(what: str, rows: str) -> None:
    """Carry rows of the chosen run to another page: "ringed" to the map, "only" to the removed."""
    st.session_state[f"picked_{what}"] = (run(), rows)


def start() -> Spec:
    """The settings that the forms of a new run start from: the sample's, or those of a cloned run."""
    return st.session_state.get("start", runs.SAMPLE)


def start_from(settings: Spec) -> None:
    """Let the forms of a new run start again, from these settings."""
    st.session_state["start"] = settings
    st.session_state["start_number"] = st.session_state.get("start_number", 0) + 1


def field(name: str) -> str:
    """The key of a form field: the same on every page, and a new one after `start_from`."""
    return f"{name}.{st.session_state.get('start_number', 0)}"


def _choices() -> dict[str, str]:
    if "choices" not in st.session_state:
        st.session_state["choices"] = {name: st.query_params[name] for name in NAMES if name in st.query_params}
    return st.session_state["choices"]
