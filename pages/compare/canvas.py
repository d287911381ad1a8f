"""The two maps as a Streamlit component: an address goes in; a share kept, a number key and a swap come out."""

from __future__ import annotations

from pages.ui import serving
from pages.ui.maps import USUAL, View

KEY = "pair"
PAIR = serving.component("fdmat.compare", "compare/streamlit.js")


def show(address: str, *, kept: float, pending: str = "", view: View = USUAL) -> None:
    """Draw the two maps with their slider. Inside a fragment a move of the slider runs that fragment alone.

    Parameters
    ----------
    address
        Of what `fdmat_core.web.compare.pack` made, relative to the page.
    kept
        The share kept now; the maps take it when they appear, afterwards their slider is the person's.
    pending
        The projection that is being computed, if a better one is to come.
    view
        How the maps are seen when they appear; afterwards their view is the person's.
    """
    heard = dict.fromkeys(("on_kept_change", "on_method_change", "on_swap_change"), lambda: None)
    data = {"payload": address, "kept": kept, "pending": pending, "words": dict(view.words), "link": dict(view.link)}
    PAIR(key=KEY, data=data, **heard)


def kept(default: float) -> float:
    """The share kept that the slider shows, or the one it starts from."""
    value = serving.heard(KEY).get("kept")
    return default if value is None else float(value)


def method() -> int | None:
    """The number key that was just pressed, from 1, or None."""
    return serving.heard(KEY).get("method")


def swapped() -> bool:
    """Whether the key was just pressed that swaps the sides."""
    return bool(serving.heard(KEY).get("swap"))
