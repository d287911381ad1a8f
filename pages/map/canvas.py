"""The map as a Streamlit component: an address goes in; a share kept, a lasso and a method's number come out."""

from __future__ import annotations

from collections.abc import Callable

from pages.ui import serving
from pages.ui.maps import USUAL, View

KEY = "map"
MAP = serving.component("fdmat.map", "map/streamlit.js")


def show(
    address: str,
    *,
    kept: float,
    ringed: str = "",
    pending: str = "",
    view: View = USUAL,
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
    view
        How the map is seen when it appears; afterwards its view is the person's.
    on_lasso
        Called when a lasso closes or is cleared, before the script runs.
    """
    data = {"payload": address, "kept": kept, "ringed": ringed, "pending": pending}
    data |= {"words": dict(view.words), "of": view.run, "link": dict(view.link)}
    silent = {f"on_{name}_change": lambda: None for name in ("kept", "view", "method", "record")}
    MAP(key=KEY, data=data, on_lasso_change=on_lasso, **silent)


def kept(default: float) -> float:
    """The share kept that the slider shows, or the one it starts from."""
    value = serving.heard(KEY).get("kept")
    return default if value is None else float(value)


def words(of: str) -> dict[str, str] | None:
    """How a person has set the map of a run; None if the map has not said, or told of another run."""
    told = dict(serving.heard(KEY).get("view") or {})
    return told if told.pop("of", None) == of else None


def recorded() -> dict[str, str] | None:
    """The view that was just to be recorded as a step, with the share kept, or None."""
    return serving.heard(KEY).get("record")


def lasso() -> str | None:
    """In `on_lasso`: the rows that the lasso holds, for `fdmat_core.web.payload.rows_in`; "" for none."""
    return serving.heard(KEY).get("lasso")


def method() -> int | None:
    """The number key that was just pressed, from 1, or None."""
    return serving.heard(KEY).get("method")
