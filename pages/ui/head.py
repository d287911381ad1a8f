"""What the pages of results begin with: the method in focus, and the share kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice
from pages.shell import state
from pages.ui import kept, pairing, pictures, run_status, stands_for, switcher, toolbar

if TYPE_CHECKING:
    import plotly.graph_objects as go


#: The style of pages that fit one screen.
ONE_SCREEN = Path(__file__).with_name("one_screen.css")


def strip(run: Run, methods: Iterable[Choice]) -> Choice:
    """The method switch, the share kept, and what the run is of; returns the method in focus."""
    with st.container(key="strip", horizontal=True, vertical_alignment="center", gap="medium"):
        method = toolbar.choose(list(methods), state.method(run), lambda name: state.choose(method=name))
        stands_for.offer(run, method)
        kept.slider(run, key="kept", width=300)
        about(run)
        pairing.offer(run, method)
    return method


def about(run: Run) -> None:
    """What a run is called and of, with the way to the others, and what was found in its data."""
    switcher.show(run)
    run_status.findings(run)


def lined(figure: go.Figure, key: str, alt: str, caption: pictures.Caption, *, height: str = "") -> None:
    """Show a chart over the share kept, with a line at the session's; the chart itself does not depend on it.

    Parameters
    ----------
    height
        A height of CSS that the chart takes if it has none of its own.
    """
    layout: Any = figure.layout
    edge = 10 ** (layout.xaxis.range[1] + 0.03)
    drawn: Any = {"theme": None, "config": {"displayModeBar": False}, "key": f"chart-{key}", "alt": alt}
    with st.container(key=f"lined-{key}"):
        pictures.offer(figure, key, caption)
        st.plotly_chart(figure, height="stretch" if height else "content", **drawn)
    style = toolbar.line(figure, max(state.kept(), edge), key=f"lined-{key}", place="1")
    st.html(f"<style>{style}{f'.st-key-lined-{key}{{flex:none;height:{height}}}' if height else ''}</style>")
