"""The slider of the share kept, where it does not lie in the canvas: the same logarithmic scale."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import streamlit as st

from fdmat_core import sizes
from fdmat_core.formats import percent
from fdmat_core.runs.run import Run
from pages.shell import state

#: Steps from all to the least share kept.
STEPS = 100
#: A measured size takes the place of the steps that are this near to it.
NEAR = 0.6 / STEPS


def slider(run: Run, *, key: str, width: int | Literal["stretch"] = "stretch") -> float:
    """Ask for the share kept of a run's items; it travels. Measured sizes are among the stops.

    Parameters
    ----------
    key
        Of the field on its page.
    """
    n, known = run.counts[0], run.planned.values()
    now = round(max(state.kept(), sizes.least(known, n)), 6)
    st.session_state[key] = now
    st.select_slider(
        "Share kept",
        stops({*known, now}, n),
        format_func=lambda kept: f"{percent(kept)} kept",
        key=key,
        on_change=_move,
        args=(key,),
        label_visibility="collapsed",
        width=width,
    )
    return now


def stops(fixed: Iterable[float], n: int) -> list[float]:
    """The stops of the slider over n items, all first: evenly spaced on the log scale, and some that are fixed."""
    shares = {round(share, 6) for share in fixed if share > 0}
    least = sizes.least(shares, n)
    taken = [sizes.place(share, least) for share in shares]
    even = [step / STEPS for step in range(STEPS + 1)]
    free = [place for place in even if all(abs(place - other) > NEAR for other in taken)]
    return sorted({*shares, *(_rounded(sizes.kept_at(place, least)) for place in free)}, reverse=True)


def _rounded(share: float) -> float:
    """A share with three digits."""
    return float(f"{share:.3g}")


def _move(key: str) -> None:
    state.choose(kept=st.session_state[key])
