"""The map as a Streamlit component: an address goes in; a share kept, a lasso and a method's number come out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui import serving

KEY = "map"
MAP = serving.component("fdmat.map", "map/streamlit.js")


def show(
    address: str,
    *,
    kept: float,
    ringed: str = "",
    pending: str = "",
    on_lasso: Callable[[], None] = lambda: None,
) -> None:
    """Draw the map with its slider. Inside a fragment a move of the slider runs that fragment alone.

    Parameters
    ----------
    address
        Of what `fdmat_core.web.points.pack` made, relative to the page.
    kept
        The share kept now; the map takes it when it appears, afterwards its slider is the person's.
    ringed
        Rows to ring, as `fdmat_core.web.payload.bits_of` writes them.
    pending
        The projection that is being computed, if a better one is to come.
    on_lasso
        Called when a lasso closes or is cleared, before the script runs.
    """
    data = {"payload": address, "kept": kept, "ringed": ringed, "pending": pending}
    silent = {"on_kept_change": lambda: None, "on_method_change": lambda: None}
    MAP(key=KEY, data=data, on_lasso_change=on_lasso, **silent)


def kept(default: float) -> float:
    """The share kept that the slider shows, or the one it starts from."""
    value = _values().get("kept")
    return default if value is None else float(value)


def lasso() -> str | None:
    """In `on_lasso`: the rows that the lasso holds, for `fdmat_core.web.payload.rows_in`; "" for none."""
    return _values().get("lasso")


def method() -> int | None:
    """The number key that was just pressed, from 1, or None."""
    return _values().get("method")


def _values() -> dict[str, Any]:
    return st.session_state.get(KEY) or {}
