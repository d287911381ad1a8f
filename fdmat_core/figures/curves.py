"""Curves of a measure against the share kept: the tidy frame in, a plotly figure out. Pure, and under 2,000 points.

More is pruned to the right, as on the slider; there the curves part, and there their names stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from fdmat_core.analysis.summary import by_size
from fdmat_core.figures import panels
from fdmat_core.figures.panels import DECADES, KEPT_TITLE, Panel, kept_axis, upright
from fdmat_core.figures.theme import Look, template
from fdmat_core.formats import percent

#: How far from a point of a small chart its words appear, in pixels: more than half the way to the next size.
NEAR = 60


def curve(
    frame: pd.DataFrame,
    measure: str,
    *,
    look: Look | None = None,
    kept: float | None = None,
    focus: str | None = None,
    pixels: int = 290,
) -> go.Figure:
    """Draw one measure against the share kept: every method, the random band and the full-data line.

    Parameters
    ----------
    kept
        The share kept that a vertical line marks.
    focus
        The method, as the frame names it, that is drawn in a thick line over a band of one sd over its seeds. Without
        one, bars show the sd of every method.
    pixels
        The height of the plot area.
    """
    panel = Panel(by_size(frame, measure), measure, look or Look(), pixels, focus)
    title = {
        "text": f"<b>{panel.facts.title}</b>",
        "subtitle": {"text": "<br>".join(filter(None, (_direction(panel), _sources(panel))))},
    }
    layout = {"title": title, "height": pixels + 92 + 76, "margin": {"l": 60, "r": _room([panel]), "t": 92, "b": 76}}
    axis = kept_axis(_edge([panel])) | {"title": {"text": KEPT_TITLE}}
    return go.Figure(_plan([panel], layout | {"xaxis": axis}, kept))


def rail(
    frame: pd.DataFrame,
    measures: Sequence[str],
    *,
    look: Look | None = None,
    kept: float | None = None,
    focus: str | None = None,
) -> go.Figure:
    """Stack small charts of several measures over one axis of the share kept, with one line at a share.

    Parameters
    ----------
    kept
        The share kept that the line marks.
    focus
        The method that is thick and named; the others are a thin background.
    """
    if not measures:
        raise ValueError("measures is empty; name at least one")
    pixels, gap = 116, 34
    drawn = [
        Panel(
            by_size(frame, measure), measure, look or Look(), pixels, focus, str(place + 1) if place else "", quiet=True
        )
        for place, measure in enumerate(measures)
    ]
    inside = len(drawn) * pixels + (len(drawn) - 1) * gap
    layout = {
        "height": inside + 30 + 50,
        "margin": {"l": 46, "r": _room(drawn), "t": 30, "b": 50},
        "hoverdistance": NEAR,
    }
    axis: dict[str, Any] = kept_axis(_edge(drawn), DECADES) | {"anchor": f"y{drawn[-1].axis}", "ticklabelstandoff": 8}
    axis |= {"ticktext": list(map(percent, axis["tickvals"])), "title": {"text": "share kept", "standoff": 4}}
    plan = _plan(drawn, layout | {"xaxis": axis}, kept)
    for place, panel in enumerate(drawn):
        top = 1 - place * (pixels + gap) / inside
        plan["layout"][f"yaxis{panel.axis}"] |= {"domain": [max(0, top - pixels / inside), top], "nticks": 4}
        plan["layout"]["annotations"].append(_heading(panel, top))
    return go.Figure(plan)


def _plan(drawn: list[Panel], layout: dict[str, Any], kept: float | None) -> dict[str, Any]:
    """What plotly makes one figure of: the panels, with the line at a share kept."""
    look = drawn[0].look
    lines = [] if kept is None else [upright(max(kept, _edge(drawn)), look, "solid", panel.axis) for panel in drawn]
    names = [name for panel in drawn for name in panels.names(panel)]
    axes = {f"yaxis{panel.axis}": panels.y_axis(panel) for panel in drawn}
    return {
        "data": [trace for panel in drawn for trace in panels.traces(panel)],
        "layout": {"template": template(look), "shapes": lines, "annotations": names} | axes | layout,
    }


def _edge(drawn: Sequence[Panel]) -> float:
    """The smallest share kept of several panels."""
    return min((float(panel.table["kept"].min()) for panel in drawn if len(panel.table)), default=DECADES[-1])


def _room(drawn: Sequence[Panel]) -> int:
    """Pixels to the right of the plot for the longest name that stands there."""
    texts = [name["text"] for panel in drawn for name in panels.names(panel)]
    return 36 + int(7.2 * max(map(len, texts), default=0))


def _sources(panel: Panel) -> str:
    """What stands behind the points: seeds, spread and the random band."""
    if panel.table.empty:
        return "no points yet"
    others = panel.table[panel.table["method"] != "random"]
    seeds = int(others["seeds"].max()) if len(others) else 1
    spread = "bars: 1 sd" if panel.focus is None else f"band of {panel.look.style(panel.focus).title}: 1 sd"
    texts = [f"mean of {seeds} seeds, {spread}" if seeds > 1 else "1 seed"]
    band = int(panel.table.loc[panel.table["method"] == "random", "seeds"].max()) if "random" in panel.styles else 0
    if band > 1:
        texts.append(f"grey band: lowest to highest of {band} random subsets")
    return " · ".join(texts)


def _direction(panel: Panel) -> str:
    return " · ".join(filter(None, (panel.facts.unit, f"{panel.facts.better} is better")))


def _heading(panel: Panel, top: float) -> dict[str, Any]:
    """The title of a small chart, above its plot area."""
    ink = panel.look.ink.muted
    hint = f"{panel.facts.better} is better · {_sources(panel).split(' · ')[0].split(',')[0]}"
    text = f"<b>{panel.facts.title}</b>  <span style='color:{ink}'>{hint}</span>"
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper", "yanchor": "bottom", "yshift": 4}
    return place | {"text": text, "showarrow": False, "font": {"size": 14}}
