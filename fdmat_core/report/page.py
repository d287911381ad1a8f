"""The report: one HTML file with the map, its slider and all that a run says; opened from disk, it asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from typing import Any

from fdmat_core import registry
from fdmat_core.analysis import fields
from fdmat_core.figures import theme
from fdmat_core.report import chapters, naming, scene
from fdmat_core.report.scene import Scene
from fdmat_core.runs.run import Run
from fdmat_core.web import files, modules, points, report

#: The styles of a report, in their order.
STYLES = ("tokens.css", "slider.css", "map/map.css", "report/report.css")
#: Letters that stand for all items without pictures together, and for each at least.
LETTERS, LEAST_LETTERS = 3_000_000, 24
#: What the page may do: run its own script, show its own pictures, and nothing else.
POLICY = (
    "default-src 'none'; script-src '{script}'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


def html(run: Run, methods: Sequence[str] = (), *, focus: str = "", kept: float | None = None) -> str:
    """A report about a run, as the text of one HTML file; its arguments and errors are those of `scene.of`.

    It holds the map with every method shown, thumbnails of up to 500 removed items with what people decided, curves as
    SVG, and what is needed to judge and to repeat it. The same run gives the same text.
    """
    return page(scene.of(run, methods, focus=focus, kept=kept))


def page(told: Scene) -> str:
    """A report about what is told of a run, as the text of one HTML file."""
    body = "\n".join(chapter(told) for chapter in chapters.ALL)
    script = modules.script("report/report.js", "begin")
    return document(naming.heading(told.run.spec), body, report.text(_packed(told)), script)


def document(title: str, body: str, payload: str, script: str) -> str:
    """A page that may run its own script, read its own payload, and nothing else.

    Parameters
    ----------
    title
        Text, which is escaped.
    body
        HTML, in which all text is escaped already.
    payload
        Of `web.report.text`.
    script
        Of `web.modules.script`.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = escape(POLICY.format(script=f"sha256-{digest}"), quote=True)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{escape(title)} – FDMat Explorer</title>
<style>{_styles()}</style>
</head>
<body>
{body}
<script type="application/octet-stream" id="payload">{payload}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def _styles() -> str:
    """All styles, and the colours of the dark ground where the reader's screen is dark."""
    sheets = "\n".join(files.contents()[name].decode() for name in STYLES)
    dark = theme.tokens(".dark") | {"ground": theme.DARK.surface}
    colours = ";".join(f"--{name}:{value}" for name, value in dark.items())
    swapped = {
        theme.LIGHT.text: "text",
        theme.LIGHT.muted: "muted",
        theme.LIGHT.grid: "rule",
        theme.LIGHT.focus: "mark",
    }
    inks = "".join(
        f'.curves svg [{side}="{colour}"]{{{side}:var(--{name})}}'
        for colour, name in swapped.items()
        for side in ("fill", "stroke")
    )
    return f"{sheets}\n@media screen and (prefers-color-scheme:dark){{:root:not(.printing){{{colours}}}}}\n{inks}"


def _packed(told: Scene) -> bytes:
    run, projection = told.run, told.run.projection
    if projection is None:
        raise ValueError(f"run {run.key} has no map yet; run it first")
    drawn = points.points_of(told.table, projection.xy, told.train.truth, told.evidence, run.clusters)
    methods = [
        report.Method(
            rankings,
            told.title(method),
            registry.methods.get(method.name).facts.colour,
            naming.file(run.spec, str(method)),
        )
        for method, rankings in told.ranked.items()
    ]
    start = {"kept": told.kept, "method": told.methods.index(told.focus)}
    facts: dict[str, Any] = {"start": start, "projection": projection.title, "words": ""}
    facts |= {"heading": naming.heading(run.spec), "said": _said(told)}
    return report.pack(drawn, methods, json.loads(json.dumps(facts)), fractions=run.spec.fractions)


def _said(told: Scene) -> list[str]:
    """What stands for every item where there are no pictures, the shorter the more there are; else nothing."""
    items = told.train
    if items.images is not None or not items.fields:
        return []
    letters = min(fields.SHORT, max(LEAST_LETTERS, LETTERS // len(items.ids)))
    return [fields.short(items, row, letters) for row in range(len(items.ids))]
