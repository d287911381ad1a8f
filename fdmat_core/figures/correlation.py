"""Whether closer means better, as pictures: tables of `analysis.predictiveness` in, figures out."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from fdmat_core.analysis.predictiveness import interval
from fdmat_core.figures.panels import KEPT_TITLE, LOG_SPAN, kept_axis, log_ticks
from fdmat_core.figures.theme import FOOT, KEPT, NOISE, Look, Style, template
from fdmat_core.formats import percent

#: The marks of methods, so that points differ without their colours.
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "triangle-down", "star", "hexagon", "bowtie")


def scatter(found: pd.DataFrame, distance: str, accuracy: str, *, look: Look | None = None, k: int) -> go.Figure:
    """Draw each coreset at its distance and accuracy; those of one size stand out, and the others are faint.

    Parameters
    ----------
    found
        Of `predictiveness.coresets`.
    distance, accuracy
        The measures' names, whose titles stand at the axes.
    k
        The size that stands out.
    """
    look = look or Look()
    titles = [look.measure(name).title for name in (distance, accuracy)]
    groups = {str(name): rows for name, rows in found.groupby("method", sort=True)}
    methods = [name for name in dict.fromkeys(["random", *look.methods, *groups]) if name in groups]
    data = [
        _cloud(groups[name][(groups[name]["k"] == k) == loud], look.style(name, place), place, look, loud)
        for loud in (False, True)
        for place, name in enumerate(methods)
    ]
    room = 68 + 20 * -(-len(methods) // 2)  # the legend has at least two names to a row
    layout = {
        "template": template(look),
        "height": 360 + room,
        "margin": {"l": 60, "r": 16, "t": 8, "b": room},
        "xaxis": _distance_axis(found["distance"]) | {"title": {"text": f"{titles[0]}: closer is left"}},
        "yaxis": {"title": {"text": titles[1]}, "nticks": 6},
        "showlegend": True,
        "legend": FOOT | {"itemsizing": "constant"},
    }
    return go.Figure({"data": [trace for trace in data if trace["x"]], "layout": layout})


def _cloud(rows: pd.DataFrame, style: Style, place: int, look: Look, loud: bool) -> dict[str, Any]:
    """The coresets of one method, of the size that stands out or of all others."""
    marker = {"color": style.colour, "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 12 if loud else 6}
    columns = (rows[name].tolist() for name in ("k", "kept", "seed", "distance", "accuracy"))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": style.title,
        "x": rows["distance"].tolist(),
        "y": rows["accuracy"].tolist(),
        "marker": marker | {"line": {"width": 1.5 if loud else 0, "color": look.ink.surface}},
        "opacity": 0.95 if loud else 0.28,
        "showlegend": loud,
        "customdata": [_words(*row) for row in zip(*columns, strict=True)],
        "hovertemplate": f"<b>{style.title}</b><br>%{{customdata}}<extra></extra>",
    }


def _words(k: int, kept: float, seed: int, distance: float, accuracy: float) -> str:
    size = f"kept {k:,} ({percent(round(kept, 6))}), selection {seed}"
    return f"{size}<br>distance {distance:.4g}, accuracy {accuracy:.4g}"


def _distance_axis(values: pd.Series[Any]) -> dict[str, Any]:
    """A linear axis, or a logarithmic one for distances that span more than LOG_SPAN."""
    if len(values) < 2 or values.min() <= 0 or values.max() <= LOG_SPAN * values.min():
        return {"type": "linear"}
    low, high = math.log10(values.min()), math.log10(values.max())
    room = 0.04 * (high - low)
    ticks = log_ticks(low - room, high + room)
    labels = [f"{tick:.6g}" for tick in ticks]
    return {"type": "log", "range": [low - room, high + room], "tickvals": ticks, "ticktext": labels}


def correlations(table: pd.DataFrame, *, look: Look | None = None) -> go.Figure:
    """Draw rho with its interval against the share kept; filled where the interval leaves out 0.

    Parameters
    ----------
    table
        Of `predictiveness.correlation`.
    """
    look = look or Look()
    clear = ((table["low"] > 0) | (table["high"] < 0)).tolist()
    colours = [
        (KEPT if rho < 0 else NOISE) if sure else look.ink.muted for rho, sure in zip(table["rho"], clear, strict=True)
    ]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": table["kept"].tolist(),
        "y": table["rho"].tolist(),
        "error_y": {
            "array": (table["high"] - table["rho"]).tolist(),
            "arrayminus": (table["rho"] - table["low"]).tolist(),
            "color": look.ink.muted,
            "thickness": 1.5,
            "width": 4,
        },
        "marker": {
            "size": 11,
            "color": colours,
            "symbol": ["circle" if sure else "circle-open" for sure in clear],
            "line": {"width": 2},
        },
        "customdata": [_range(row) for row in table.itertuples()],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    edge = float(table["kept"].min()) if len(table) else 0.001
    layout = {
        "template": template(look),
        "height": 470,
        "margin": {"l": 60, "r": 16, "t": 8, "b": 76},
        "xaxis": kept_axis(edge) | {"title": {"text": KEPT_TITLE}},
        "yaxis": {"range": [-1.08, 1.08], "tickvals": [-1, -0.5, 0, 0.5, 1], "title": {"text": "rho"}},
        "shapes": [_zero(look)],
        "annotations": [_side("closer is better", -1.04, "bottom", look), _side("closer is worse", 1.04, "top", look)],
    }
    return go.Figure({"data": [trace], "layout": layout})


def _range(row: Any) -> str:
    return f"{percent(round(row.kept, 6))} kept, {row.count} coresets<br>{interval(row)}"


def _zero(look: Look) -> dict[str, Any]:
    line = {"color": look.ink.focus, "width": 1.5, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "line": line}


def _side(text: str, y: float, anchor: str, look: Look) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0.01, "xanchor": "left", "y": y, "yanchor": anchor, "showarrow": False}
    return place | {"text": text, "font": {"size": 13, "color": look.ink.muted}}
