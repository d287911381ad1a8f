"""Charts that can be taken along: as PNG and SVG with a title, their unit, the run and the share kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from fdmat_core import registry, sizes
from fdmat_core.figures import svg
from fdmat_core.figures.theme import Look
from fdmat_core.formats import percent
from fdmat_core.report import naming
from fdmat_core.spec import Choice, Spec
from pages.shell import frame, state
from pages.ui import serving

if TYPE_CHECKING:
    import plotly.graph_objects as go

SAVE = serving.component("fdmat.chart", "chart/streamlit.js")


class Caption(NamedTuple):
    """What stands above a chart that leaves the page, and what its file is called."""

    title: str
    words: str  # unit, run, method and share kept
    file: str  # without its ending


def of_run(title: str, unit: str, spec: Spec, *parts: str) -> Caption:
    """The caption of a chart about all of a run; the parts are of the file's name."""
    return Caption(title, f"{unit} · {naming.heading(spec)}", naming.file(spec, *parts))


def of_data(title: str, dataset: Choice, corruption: Choice) -> Caption:
    """The caption of a chart of how many items something has in a dataset."""
    names = [registry.datasets.title(dataset)]
    if corruption.name != "none":
        names.append(registry.corruptions.title(corruption))
    return Caption(title, " · ".join(["items", *names]), naming.of_data(dataset, corruption, title))


def of_method(title: str, unit: str, spec: Spec, method: Choice, what: str) -> Caption:
    """The caption of a chart about a method at the share kept now; `what` ends the file's name."""
    kept = state.kept()
    if not registry.methods.get(method.name).facts.nested:  # it has orders for the measured sizes alone
        kept = sizes.nearest({*spec.fractions, 1.0}, kept)
    where = f"{registry.methods.title(method)} at {percent(round(kept, 6))} kept"
    words = f"{unit} · {naming.heading(spec)} · {where}"
    return Caption(title, words, naming.file(spec, str(method), naming.share(kept), what))


def chart(figure: go.Figure, key: str, alt: str, caption: Caption, **facts: Any) -> None:
    """Show a chart, with two small buttons in its lower right corner that hand it over as a file.

    Parameters
    ----------
    alt
        What the chart shows, for those who do not see it.
    facts
        What else Streamlit is told about the chart.
    """
    with st.container(key=f"pictured-{key}"):
        st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, key=key, alt=alt, **facts)
        offer(figure, key, caption)


def offer(figure: go.Figure, key: str, caption: Caption) -> None:
    """The two buttons alone, in the lower right corner of the container that they stand in."""
    drawn = svg.draw(figure, look=Look(frame.dark()), heading=caption[:2])
    with st.container(key=f"picture-{key}"):
        SAVE(key=f"save-{key}", data={"svg": drawn, "file": caption.file, "of": caption.title})
