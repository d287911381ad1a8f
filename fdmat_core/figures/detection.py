"""Figures of detection: how much noise every method removes, how much every detector finds, what is suspected."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from fdmat_core import sizes
from fdmat_core.figures import panels
from fdmat_core.figures.theme import KEPT, RANDOM, Look, Style, template
from fdmat_core.formats import percent, portion

#: How detectors are drawn, by the names that `detectors.scores` gives them.
STYLES = {
    "FDMat": Style("FDMat", KEPT, "solid"),
    "FDMat, outliers": Style("FDMat, outliers", "#56B4E9", "dash"),
    "self-confidence": Style("Self-confidence (as cleanlab)", "#E69F00", "longdash"),
    "normalised margin": Style("Normalised margin", "#8C6D31", "dash"),
    "AUM": Style("AUM", "#009E73", "dashdot"),
    "neighbour disagreement": Style("Neighbour disagreement", "#CC79A7", "8px,3px,2px,3px"),
    "local outlier factor": Style("Local outlier factor", "#7A68A6", "longdashdot"),
}
HEIGHT = 300
MARGIN = {"l": 68, "t": 8, "b": 52}
SHARE = {"range": [-0.02, 1.02], "tickformat": ".0%", "nticks": 6}
#: Dashes and gaps in pixels of the lines that plotly names.
DASHES = {
    "solid": [1],
    "dash": [6, 4],
    "longdash": [9, 4],
    "dot": [3, 3],
    "dashdot": [7, 3, 2, 3],
    "longdashdot": [9, 3, 2, 3],
}
RANDOM_NAME, CHANCE = "random", "at random"
MOST_NAMES = 12  # that have room beside the plot
FALSE_ALARMS = (0.001, 0.01, 0.1, 1)
FEW = 40  # classes that have a line each


def removals(
    frame: pd.DataFrame, *, look: Look | None = None, kept: float = 1.0, focus: str | None = None
) -> go.Figure:
    """Draw the share of the bad items that is removed against that of all items; the names stand at a share kept.

    Parameters
    ----------
    frame
        Columns `method, kept, recall`, as of `detectors.removals`.
    kept
        The share kept that a line marks; there each method has a dot, and its name and value at the right.
    focus
        The method that is drawn in a thick line, on top.
    """
    look = look or Look()
    names = sorted(dict.fromkeys(frame["method"]), key=lambda name: name == focus)
    styles = {name: look.style(name, place) for place, name in enumerate(names)}
    ends = {name: _recall(frame[frame["method"] == name], kept) for name in names}
    named = _foremost(ends, focus) | {RANDOM_NAME: 1 - kept}
    styles[RANDOM_NAME] = Style("Random", look.ink.muted, "dot")
    traces = [_chance(look)]
    traces += [_removal(frame[frame["method"] == name], styles[name], focus) for name in names]
    traces.append(_dots(named, styles, 1 - kept, look))
    layout = {
        "template": template(look),
        "height": HEIGHT,
        "margin": MARGIN | {"r": 44 + int(7.2 * max(len(styles[name].title) + 5 for name in named))},
        "xaxis": {"range": [0, 1], "tickformat": ".0%", "title": {"text": "share of all items removed"}},
        "yaxis": SHARE | {"title": {"text": "share of them removed"}},
        "shapes": [_upright(1 - kept, look)],
        "annotations": _labels(named, styles, focus),
    }
    return go.Figure({"data": traces, "layout": layout})


def roc(frame: pd.DataFrame, *, look: Look | None = None) -> go.Figure:
    """Draw the share of the bad items that each detector finds against its false alarms, on a log scale.

    Parameters
    ----------
    frame
        Columns `detector, false_alarms, found`, as of `detectors.roc`.
    """
    look = look or Look()
    names = sorted(dict.fromkeys(frame["detector"]), key=lambda name: name == "FDMat")
    traces = [_chance(look, log=True)]
    traces += [_detector(frame[frame["detector"] == name], style(name), wide=name == "FDMat") for name in names]
    ticks = {"tickvals": list(FALSE_ALARMS), "ticktext": [percent(tick) for tick in FALSE_ALARMS]}
    layout = {
        "template": template(look),
        "height": HEIGHT,
        "margin": MARGIN | {"r": 24},
        "xaxis": {"type": "log", "range": [-3, 0.01], "title": {"text": "share of clean items flagged"}} | ticks,
        "yaxis": SHARE | {"title": {"text": "share of noise found"}},
        "annotations": [_chance_name(look)],
    }
    return go.Figure({"data": traces, "layout": layout})


def alarms(frame: pd.DataFrame, *, look: Look | None = None, pitch: int = 26) -> go.Figure:
    """Draw the share of every class that is suspected; many classes become a skyline, the most suspected first.

    Parameters
    ----------
    frame
        Columns `label, items, suspected, share`, as of `issues.false_alarms`.
    pitch
        Pixels from one class to the next.
    """
    look = look or Look()
    lying = len(frame) <= FEW
    shown = frame if lying else frame.sort_values("share", ascending=False, kind="stable")
    names, lengths = ("y", "x") if lying else ("x", "y")
    bar = {
        "type": "bar",
        "orientation": "h" if lying else "v",
        names: shown["label"].tolist(),
        lengths: shown["share"].tolist(),
        "marker": {"color": look.ink.suspect, "line": {"width": 1, "color": look.ink.muted}},
        "text": [portion(part) for part in shown["share"]] if lying else None,
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": shown[["suspected", "items"]].to_numpy().tolist(),
        "hovertemplate": f"<b>%{{{names}}}</b><br>%{{customdata[0]:,}} of %{{customdata[1]:,}}<extra></extra>",
    }
    values = {"tickformat": ".3~%", "range": [0, max([*shown["share"], 0.01]) * 1.15], "nticks": 5}
    classes = {"type": "category", "showgrid": False}
    classes |= {"autorange": "reversed", "ticksuffix": "  "} if lying else {"showticklabels": False}
    layout = {
        "template": template(look),
        "height": pitch * len(frame) + 40 if lying else 260,
        "margin": {"l": 8, "r": 44, "t": 4, "b": 32},
        "bargap": 0.35 * lying,
        "xaxis": values if lying else classes,
        "yaxis": classes if lying else values,
    }
    return go.Figure({"data": [bar], "layout": layout})


def style(detector: str) -> Style:
    """How a detector is drawn and called."""
    return STYLES.get(detector) or Style(detector, RANDOM, "solid")


def _recall(points: pd.DataFrame, kept: float) -> float:
    """The share of the bad items that is removed at the known size nearest to a share kept."""
    return float(points.loc[points["kept"] == sizes.nearest(points["kept"], kept), "recall"].iloc[0])


def _foremost(ends: dict[str, float], focus: str | None) -> dict[str, float]:
    """Those that are named: the focus, and of the others those that have removed most."""
    order = sorted(ends, key=lambda name: (name != focus, -ends[name]))
    return {name: ends[name] for name in order[: MOST_NAMES - 1]}


def _line(x: Any, y: Any, style: Style, *, wide: bool) -> dict[str, Any]:
    line = {"color": style.colour, "dash": style.dash, "width": 3.5 if wide else 1.8}
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "name": style.title, "line": line}


def _removal(points: pd.DataFrame, style: Style, focus: str | None) -> dict[str, Any]:
    points = points.sort_values("kept", ascending=False, kind="stable")
    wide = points["method"].iloc[0] == focus
    text = f"<b>{style.title}</b><br>%{{y:.1%}} of them at %{{x:.0%}} removed<extra></extra>"
    line = _line(1 - points["kept"], points["recall"], style, wide=wide)
    return line | {"hovertemplate": text, "opacity": 1 if focus is None or wide else 0.6}


def _detector(points: pd.DataFrame, style: Style, *, wide: bool) -> dict[str, Any]:
    """A detector's curve, where its false alarms are on the log axis."""
    points = points[points["false_alarms"] > 0]
    text = f"<b>{style.title}</b><br>finds %{{y:.1%}} with %{{x:.2%}} false alarms<extra></extra>"
    return _line(points["false_alarms"], points["found"], style, wide=wide) | {"hovertemplate": text}


def _chance(look: Look, *, log: bool = False) -> dict[str, Any]:
    """What drawing at random would do: as large a share of the bad as of all others."""
    x = [10 ** (-3 + step / 20) for step in range(61)] if log else [0, 1]
    line = {"color": look.ink.muted, "dash": "dot", "width": 1.5}
    text = "at random: %{y:.1%}<extra></extra>"
    return {"type": "scatter", "mode": "lines", "x": x, "y": x, "name": CHANCE, "line": line, "hovertemplate": text}


def _chance_name(look: Look) -> dict[str, Any]:
    """The name of the line of chance, below it."""
    font = {"color": look.ink.muted, "size": 13}
    place = {"x": -0.25, "y": 0.5, "xanchor": "left", "yanchor": "top"}
    return place | {"text": CHANCE, "showarrow": False, "font": font}


def _dots(named: dict[str, float], styles: dict[str, Style], at: float, look: Look) -> dict[str, Any]:
    line = {"color": look.ink.surface, "width": 1.5}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [at] * len(named),
        "y": list(named.values()),
        "marker": {"color": [styles[name].colour for name in named], "size": 9, "line": line},
        "hoverinfo": "skip",
    }


def _labels(named: dict[str, float], styles: dict[str, Style], focus: str | None) -> list[dict[str, Any]]:
    """Names and values to the right of the plot, each at the height of its dot, none on top of another."""
    inside = HEIGHT - MARGIN["t"] - MARGIN["b"]
    heights = [(recall + 0.02) / 1.04 * inside for recall in named.values()]
    free = [8 + place for place in panels.spread([height - 8 for height in heights], panels.LABEL_GAP, inside - 8)]
    return [
        _label(styles[name], recall, place / inside, bold=name == focus)
        for (name, recall), place in zip(named.items(), free, strict=True)
    ]


def _label(style: Style, recall: float, height: float, *, bold: bool) -> dict[str, Any]:
    text = f"{style.title} {portion(recall)}"
    where = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "y": height, "yref": "paper", "yanchor": "middle"}
    font = {"color": style.colour, "size": 13}
    return where | {"text": f"<b>{text}</b>" if bold else text, "showarrow": False, "font": font}


def _upright(x: float, look: Look) -> dict[str, Any]:
    line = {"color": look.ink.focus, "width": 1.5}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def swatch(style: Style) -> str:
    """The CSS background that stands for a line in a table, dashes and all."""
    lengths = DASHES.get(style.dash) or [float(length.removesuffix("px")) for length in style.dash.split(",")]
    stops, place = [], 0.0
    for number, length in enumerate(lengths):
        colour = "transparent" if number % 2 else style.colour
        stops.append(f"{colour} {place:g}px {place + length:g}px")
        place += length
    return f"repeating-linear-gradient(90deg,{','.join(stops)})"
