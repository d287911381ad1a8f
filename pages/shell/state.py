"""The choices that travel from page to page and in the link: run, method, share kept, a pair to compare, the view.

The session holds them; the link mirrors them. When a page is first opened the link decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from fdmat_core.runs import settings
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from pages.shell import caches

#: The two that the Compare page shows: methods of the run and, if that is another, of a second one.
PAIR = ("a", "b", "run_b")
#: The named set of items that the Removed page narrows its list to and the map rings.
SET = "set"
#: How the map is seen: colours and the class shown alone, names, camera, lasso, the item whose card is pinned.
VIEW = {"colour": "colour", "names": "names", "camera": "camera", "lasso": "lasso", "pinned": "pin"}
#: How the curves are seen: the methods that are not drawn, and whether values or differences to random are.
CHARTS = {"hidden": "hidden", "values": "values"}
#: What each choice that travels is called in the link.
WORDS = {name: name for name in ("run", "method", "kept", *PAIR, SET)} | VIEW | CHARTS
#: What means nothing in another run.
OF_ONE_RUN = (*PAIR, SET, "camera", "lasso", "pinned", "hidden")
#: The story on the Present page and, while it is being told, the step; in the link of that page only.
STORY, STEP = "story", "step"
#: The tour of a newcomer: a link that says `tour=0` is without.
TOUR = "tour"
#: A link's word is at most so long; nobody's lasso is.
LONGEST = 4000
#: What links of earlier versions say instead of the share kept: the share removed.
REMOVED = "ratio"
#: What narrows the Removed page, in the link of that page only; filters.js knows these words, too.
FILTERS = ("issue", "label", "pair", "decision", "item", "order")
#: The note that is open on the page of method notes, in the link of that page only.
NOTE = "note"
#: The share kept before anyone has moved the slider.
KEPT = 0.05


def chosen(name: str) -> str | None:
    """A choice that travels, by its name in `WORDS`, as its text; None if there is none."""
    return _choices().get(name)


def key() -> str | None:
    """The key of the chosen run."""
    return chosen("run")


def run() -> Run | None:
    """The chosen run, or None if none is chosen or it is not stored here (any more)."""
    return stored(key())


def stored(chosen: str | None) -> Run | None:
    """The run of a key, or None if it is not stored here (any more)."""
    try:
        found = caches.run(chosen) if chosen else None
    except ValueError:
        return None
    return found if found is not None and found.stored else None


def method(chosen: Run) -> Choice:
    """The chosen method of a run; if the run lacks it, the first that is not random."""
    others = [choice for choice in chosen.spec.methods if choice.name != "random"]
    return chosen.method(_choices().get("method")) or [*others, *chosen.spec.methods][0]


def kept() -> float:
    """The chosen share kept, from 0 to 1."""
    share = _number(_choices().get("kept", ""))
    return KEPT if share is None else min(1.0, max(0.0, share))


def _number(text: str) -> float | None:
    """The finite number that a text says, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def view() -> dict[str, str]:
    """How the map is seen: its words by their names in `VIEW`; what is as usual is left out."""
    return {name: _choices()[name] for name in VIEW if name in _choices()}


def see(words: Mapping[str, str]) -> None:
    """See the map as some words say, and what they leave out as usual."""
    choose(**{name: words.get(name) or None for name in VIEW})


def choose(**choices: str | float | Choice | None) -> None:
    """Set choices by name, see `WORDS`, here and in the link; None forgets one, another run what is of one run only."""
    other = "run" in choices and choices["run"] != key()
    if other:
        filter_by({})
    for name, value in ((dict.fromkeys(OF_ONE_RUN) if other else {}) | choices).items():
        if name not in WORDS:
            raise ValueError(f"choice {name!r} does not travel; known: {', '.join(WORDS)}")
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
        _choices().pop(name, None)
        if value is not None:
            _choices()[name] = text
    travel()


def travel() -> None:
    """Write the choices into the link, which loses them when the page changes."""
    choices = _choices()
    st.query_params.pop(REMOVED, None)
    for name, word in WORDS.items():
        value = choices.get(name)
        if value is None:
            st.query_params.pop(word, None)
        elif st.query_params.get(word) != value:
            st.query_params[word] = value


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
    return rows if run_then == key() else ""


def pick(what: str, rows: str) -> None:
    """Note rows of the chosen run: "ringed" for the map, "only" for the removed, "lasso" of the map itself."""
    st.session_state[f"picked_{what}"] = (key(), rows)


def written() -> str:
    """The name of the story that the map's steps are recorded for: the one that was open last."""
    return st.session_state.get("written", "My story")


def write_to(name: str) -> None:
    """Record the map's steps for the story of this name."""
    st.session_state["written"] = name


def start() -> Spec:
    """The settings that the forms of a new run start from: of a cloned run, of that in the first link, or the sample's.

    A reload begins anew with the link, so that the form is that of the run that is watched.
    """
    if "start" not in st.session_state:
        opened = run()
        st.session_state["start"] = opened.spec if opened else settings.SAMPLE
    return st.session_state["start"]


def start_from(spec: Spec) -> None:
    """Let the forms of a new run start again, from these settings."""
    st.session_state["start"] = spec
    st.session_state["start_number"] = st.session_state.get("start_number", 0) + 1


def amend(spec: Spec, *names: str) -> None:
    """Let some fields of the forms start again, from these settings; the others stay as they are."""
    st.session_state["start"] = spec
    for name in names:
        key = f"amended.{_first(name)}"
        st.session_state[key] = st.session_state.get(key, 0) + 1


def field(name: str) -> str:
    """The key of a form field: the same on every page, and a new one after `start_from` or `amend`."""
    first = _first(name)
    amended = st.session_state.get(f"amended.{first}", 0)
    return f"{first}.{amended}" if amended else first


def _first(name: str) -> str:
    return f"{name}.{st.session_state.get('start_number', 0)}"


def _choices() -> dict[str, str]:
    if "choices" not in st.session_state:
        st.session_state["choices"] = _of_link({name: st.query_params[name] for name in st.query_params})
    return st.session_state["choices"]


def _of_link(link: Mapping[str, str]) -> dict[str, str]:
    """The choices that a link names."""
    choices = {name: link[word] for name, word in WORDS.items() if word in link and len(link[word]) <= LONGEST}
    removed = _number(link.get(REMOVED, ""))
    if "kept" not in choices and removed is not None:
        choices["kept"] = f"{min(1.0, max(0.0, 1 - removed)):.6g}"
    return choices
