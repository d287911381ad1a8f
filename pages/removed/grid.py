"""The wall: our own component of what was removed. Bytes go in; a ratio, filters and a wish to see the map come out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.map import canvas as plane

HERE = Path(__file__).parent
KEY = "wall"
SCRIPTS = ("sheet.js", "wall.js", "facets.js", "card.js", "decide.js", "keys.js", "triage.js")


def _text(*names: str) -> str:
    return "\n".join((HERE / name).read_text() for name in names)


WALL = st.components.v2.component(
    "fdmat.wall",
    html=_text("wall.html"),
    css=plane.text("slider.css") + _text("wall.css", "card.css"),
    js=plane.text("page.js", "blob.js", "slider.js") + _text(*SCRIPTS),
)


def show(blob: bytes, *, on_ringed: Callable[[], None], on_only: Callable[[], None]) -> None:
    """Draw the wall with its slider; `ratio` and `filters` tell what it said since.

    Parameters
    ----------
    blob
        What `fdmat_core.web.grid.pack` made.
    on_ringed
        Called when a person wants to see items on the map; `ringed` tells which.
    on_only
        Called when a person no longer wants only the items of a lasso.
    """
    silent = {f"on_{name}_change": lambda: None for name in ("ratio", "filters", "method")}
    WALL(key=KEY, data=blob, on_ringed_change=on_ringed, on_only_change=on_only, **silent)


def start(ratio: float) -> float:
    """The pruning ratio to put into the bytes."""
    return plane.start(ratio, key=KEY)


def start_filters(chosen: dict[str, str]) -> dict[str, str]:
    """The filters to put into the bytes: those given when the wall appears, unchanged while it is shown."""
    if KEY not in st.session_state:
        st.session_state["wall_filters"] = chosen
    return st.session_state.setdefault("wall_filters", chosen)


def ratio(default: float) -> float:
    """The pruning ratio that the slider shows, or the one it starts from."""
    return plane.ratio(default, key=KEY)


def method() -> int | None:
    """The number key that was just pressed, from 1, or None."""
    return plane.method(key=KEY)


def filters() -> dict[str, str] | None:
    """The filters that are set, by name, or None if the wall has not told yet."""
    return _said().get("filters")


def ringed() -> str:
    """In `on_ringed`: the rows to see on the map, in the form that a lasso has."""
    return _said().get("ringed") or ""


def _said() -> dict[str, dict[str, str] | str | None]:
    return st.session_state.get(KEY) or {}
