"""The grid of removed items as a Streamlit component: an address goes in; a share kept, filters and wishes come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pages.ui import serving

KEY = "grid"
GRID = serving.component("fdmat.grid", "grid/streamlit.js")


def show(
    address: str, options: Mapping[str, Any], *, on_ringed: Callable[[], None], on_only: Callable[[], None]
) -> None:
    """Draw the grid with its slider.

    Parameters
    ----------
    address
        Of what `fdmat_core.web.grid.pack` made, relative to the page.
    options
        `kept` and `filters` as they are now: the grid takes them when it appears, afterwards they are the person's.
        `only`, rows to show and no others, in the form that a lasso has; all if empty. `blind`, whether a person is
        known to review blind: the browser remembers it, and says where that differs.
    on_ringed
        Called when a person wants to see items on the map; `ringed` says which.
    on_only
        Called when a person no longer wants only the items of a lasso.
    """
    silent = {f"on_{name}_change": lambda: None for name in ("kept", "filters", "method", "blind")}
    data = {"payload": address, **options}
    GRID(key=KEY, data=data, on_ringed_change=on_ringed, on_only_change=on_only, **silent)


def kept(default: float) -> float:
    """The share kept that the slider shows, or the one it starts from."""
    value = serving.heard(KEY).get("kept")
    return default if value is None else float(value)


def method() -> int | None:
    """The number key that was just pressed, from 1, or None."""
    return serving.heard(KEY).get("method")


def filters(of: str, default: Mapping[str, str]) -> dict[str, str]:
    """The filters that are set, by name, or those that the grid starts from if it told of other items, or of none."""
    told = dict(serving.heard(KEY).get("filters") or {})
    return told if told.pop("of", None) == of else dict(default)


def blind(default: bool) -> bool:
    """Whether a person reviews blind, so that nothing says what was injected; or what was known before."""
    value = serving.heard(KEY).get("blind")
    return default if value is None else bool(value)


def ringed() -> str:
    """In `on_ringed`: the rows to see on the map, in the form that a lasso has."""
    return serving.heard(KEY).get("ringed") or ""
