"""The map: our own canvas component. One block of bytes goes in; a ratio, a lasso and a method's number come out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from fdmat_core import web

HERE = Path(web.__file__).parent


def text(*names: str) -> str:
    """Files of this folder, one after the other."""
    return "\n".join((HERE / name).read_text() for name in names)


MAP = st.components.v2.component(
    "fdmat.map",
    html=(HERE / "map.html").read_text(),
    css=text("slider.css", "map.css"),
    js=text("page.js", "blob.js", "slider.js", "paint.js", "hand.js", "map.js"),
)


def show(blob: bytes, *, key: str = "map", on_lasso: Callable[[], None] = lambda: None) -> None:
    """Draw the map with its slider; `ratio`, `lasso` and `method` tell what it said since.

    Inside a fragment a move of the slider runs that fragment alone.

    Parameters
    ----------
    blob
        What `fdmat_core.web.payload.pack` made. Never put the present ratio into it: the component keeps its own.
    on_lasso
        Called when a lasso closes or is cleared, before the script runs.
    """
    silent = {"on_ratio_change": lambda: None, "on_method_change": lambda: None}
    MAP(key=key, data=blob, on_lasso_change=on_lasso, **silent)


def start(ratio: float, *, key: str = "map") -> float:
    """The pruning ratio to put into the bytes: the one given when the map appears, unchanged while it is shown."""
    if key not in st.session_state:
        st.session_state[f"{key}_start"] = ratio
    return st.session_state.setdefault(f"{key}_start", ratio)


def ratio(default: float, *, key: str = "map") -> float:
    """The pruning ratio that the slider shows, or the one it starts from."""
    said = st.session_state.get(key) or {}
    return default if said.get("ratio") is None else float(said["ratio"])


def lasso(*, key: str = "map") -> str | None:
    """In `on_lasso`: the rows that the lasso holds, for `mapdata.rows_in`; "" for none."""
    return (st.session_state.get(key) or {}).get("lasso")


def method(*, key: str = "map") -> int | None:
    """The number key that was just pressed, from 1, or None."""
    return (st.session_state.get(key) or {}).get("method")
