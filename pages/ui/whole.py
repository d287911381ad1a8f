"""A run to take away whole: a report in one file, and a bundle of all."""

from __future__ import annotations

from typing import Any

import streamlit as st

from fdmat_core.report import bundle, naming, page
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice

REPORT = (
    "One HTML file that needs no network and no Python: the map with its slider, curves, what was removed, settings."
)
BUNDLE = "A zip: selections, tables, figures as SVG, the report, and the spec that makes this run again."


def buttons(run: Run, key: str, *, method: Choice | None = None, kept: float | None = None) -> None:
    """Two buttons that make a report and a bundle when they are pressed; they open at this method and share kept."""
    opened: dict[str, Any] = {"focus": str(method) if method else "", "kept": kept}
    share = [naming.share(kept)] if kept is not None else []
    name = naming.file(run.spec, str(method) if method else "", *share, "report")
    facts: dict[str, Any] = {"on_click": "ignore", "icon": ":material/download:"}
    made = lambda: page.html(run, **opened)  # noqa: E731
    st.download_button("Report", made, f"{name}.html", "text/html", key=f"report.{key}", help=REPORT, **facts)
    packed = lambda: bundle.content(run, **opened)  # noqa: E731
    file = f"{naming.file(run.spec, 'bundle')}.zip"
    st.download_button("Bundle", packed, file, "application/zip", key=f"bundle.{key}", help=BUNDLE, **facts)
