"""Figures of a selection: the tidy curve frame or plain counts in, a plotly figure out. Pure, and under 2,000 points.

More is pruned to the right, as on the slider; there the curves part, and there their names stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from fdmat_core.readings import ClassReading, summary
from fdmat_core.view import panels
from fdmat_core.view.panels import DECADES, RATIO_TITLE, Panel, percent, ratio_axis
from fdmat_core.view.theme import FOOT, KEPT, NOISE, Look, Style, template

FEW = 40  # classes that have a line each


def curve(
    frame: pd.DataFrame,
    measure: str,
    *,
    look: Look | None = None,
    at: float | None = None,
    focus: str | None = None,
    pixels: int = 290,
) -> go.Figure:
    """Draw one measure against the share kept: every method, the random band and the full-data line.

    Parameters
    ----------
    at
        The pruning ratio that a vertical line marks.
    focus
        The method, as the frame names it, that is drawn in a thick line over a band of one sd over its seeds. Without
        one, bars show the sd of every method.
    pixels
        The height of the plot area.
    """
    panel = Panel(summary(frame, measure), measure, look or Look(), pixels, focus)
    title = {
        "text": f"<b>{panel.fact('title', measure)}</b>",
        "subtitle": {"text": "<br>".join(filter(None, (_direction(panel), _sources(panel))))},
    }
    layout = {"title": title, "height": pixels + 92 + 76, "margin": {"l": 60, "r": _room([panel]), "t": 92, "b": 76}}
    axis = ratio_axis(_edge([panel])) | {"title": {"text": RATIO_TITLE}}
    return go.Figure(_plan([panel], layout | {"xaxis": axis}, at))


def rail(
    frame: pd.DataFrame,
    measures: Sequence[str],
    *,
    look: Look | None = None,
    at: float | None = None,
    focus: str | None = None,
) -> go.Figure:
    """Stack small charts of several measures over one ratio axis, with one line at the ratio.

    Parameters
    ----------
    at
        The pruning ratio that the line marks.
    focus
        The method that is thick and named; the others are a thin background.
    """
    if not measures:
        raise ValueError("measures is empty; name at least one")
    pixels, gap = 116, 34
    drawn = [
        Panel(
            summary(frame, measure), measure, look or Look(), pixels, focus, str(place + 1) if place else "", quiet=True
        )
        for place, measure in enumerate(measures)
    ]
    inside = len(drawn) * pixels + (len(drawn) - 1) * gap
    layout = {"height": inside + 30 + 44, "margin": {"l": 46, "r": _room(drawn), "t": 30, "b": 44}}
    axis = ratio_axis(_edge(drawn), DECADES) | {"anchor": f"y{drawn[-1].axis}"}
    plan = _plan(drawn, layout | {"xaxis": axis}, at)
    for place, panel in enumerate(drawn):
        top = 1 - place * (pixels + gap) / inside
        plan["layout"][f"yaxis{panel.axis}"] |= {"domain": [max(0, top - pixels / inside), top], "nticks": 4}
        plan["layout"]["annotations"].append(_heading(panel, top))
    return go.Figure(plan)


def balance(
    classes: Sequence[str], sizes: Sequence[int], kept: Sequence[int], *, look: Look | None = None, pitch: int = 26
) -> go.Figure:
    """Draw the share of each class that is kept, with a line at the overall share; the worst class is named.

    Many classes become a skyline, the largest class first.

    Parameters
    ----------
    sizes
        (c,) items of each class in the full set.
    kept
        (c,) items of each class in the coreset.
    pitch
        Pixels from one class to the next.
    """
    look = look or Look()
    shares = [some / size if size else 0.0 for some, size in zip(kept, sizes, strict=True)]
    overall = sum(kept) / max(1, sum(sizes))
    lying = len(classes) <= FEW
    order = range(len(classes)) if lying else _largest_first({"items": sizes})
    bars = _bars([classes[i] for i in order], [shares[i] for i in order], KEPT, lying=lying) | {
        "text": [percent(float(f"{shares[i]:.3g}")) for i in order] if lying else None,
        "textposition": "auto",
        "textangle": 0,
        "cliponaxis": False,
        "customdata": [[kept[i], sizes[i]] for i in order],
        "hovertemplate": f"<b>%{{{'y' if lying else 'x'}}}</b><br>"
        "kept %{customdata[0]:,} of %{customdata[1]:,}<extra></extra>",
    }
    layout = {
        "title": {"text": "<b>Kept share per class</b>", "subtitle": {"text": _worst(classes, shares, overall)}},
        "height": 124 + pitch * len(classes) if lying else 320,
        "margin": {"l": 8, "r": 60, "t": 74, "b": 40},
        "shapes": [_upright(overall, look, "dot") if lying else _level(overall, look)],
        "xaxis" if lying else "yaxis": {"tickformat": ".3~%", "range": [0, max([*shares, overall, 1e-9]) * 1.08]},
    }
    return _bar_figure([bars], layout, look, lying)


def class_accuracy(
    classes: Sequence[str],
    sizes: Sequence[int],
    reading: ClassReading,
    style: Style,
    *,
    look: Look | None = None,
    pitch: int = 26,
) -> go.Figure:
    """Draw the accuracy in each class as a dot beside those of random and of all data, on the rows of `balance`.

    Parameters
    ----------
    sizes
        (c,) items of each class, by which many classes are ordered.
    style
        Of the method that was read.
    pitch
        Pixels from one class to the next.
    """
    look = look or Look()
    lying = len(classes) <= FEW
    order = range(len(classes)) if lying else _largest_first({"items": sizes})
    groups = (
        ("all data", reading.whole, {"symbol": "line-ns" if lying else "line-ew", "size": 14, "color": look.ink.text}),
        ("random", reading.random, {"symbol": "circle-open", "size": 9, "color": look.style("random").colour}),
        (style.title, reading.here, {"symbol": "circle", "size": 11, "color": style.colour}),
    )
    dots = [
        _dots([classes[i] for i in order], [float(values[i]) for i in order], name, marker, lying)
        for name, values, marker in groups
    ]
    layout = {
        "height": 88 + pitch * len(classes) if lying else 344,
        "margin": {"l": 8, "r": 60, "t": 8, "b": 64},
        "xaxis" if lying else "yaxis": {"tickformat": ".0%", "range": [-0.02, 1.03]},
        "showlegend": True,
        "legend": FOOT | {"traceorder": "reversed"},
    }
    figure = _bar_figure(dots, layout, look, lying)
    edges = [len(classes) - 0.5, -0.5]  # as bars have them
    return figure.update_yaxes(autorange=False, range=edges) if lying else figure.update_xaxes(range=edges[::-1])


def _dots(
    classes: Sequence[str], values: Sequence[float], name: str, marker: dict[str, Any], lying: bool
) -> dict[str, Any]:
    names, places = ("y", "x") if lying else ("x", "y")
    told = f"<b>%{{{names}}}</b><br>{name}: %{{{places}:.1%}}<extra></extra>"
    line = {"width": 2, "color": marker["color"]}
    return {"type": "scatter", "mode": "markers", "name": name, names: list(classes), places: list(values)} | {
        "marker": marker | {"line": line},
        "hovertemplate": told,
        "cliponaxis": False,  # a dot at 0% is a whole one
    }


def counts(
    classes: Sequence[str], groups: Mapping[str, Sequence[int]], *, look: Look | None = None, pitch: int = 26
) -> go.Figure:
    """Draw how many items each class has, stacked by group; many classes become a skyline, the largest first.

    Parameters
    ----------
    groups
        A name ("label is right", "label was changed", "outlier") to the (c,) counts of its items.
    pitch
        Pixels from one class to the next.
    """
    look = look or Look()
    colours, patterns = (KEPT, NOISE, look.ink.muted), ("", "/", "x")
    lying = len(classes) <= FEW
    order = range(len(classes)) if lying else _largest_first(groups)
    bars = [
        _bars([classes[i] for i in order], [sizes[i] for i in order], colours[place % 3], patterns[place % 3], lying)
        | {"name": name, "hovertemplate": f"<b>%{{{'y' if lying else 'x'}}}</b><br>{name}: %{{value:,}}<extra></extra>"}
        for place, (name, sizes) in enumerate(groups.items())
    ]
    layout = {
        "height": pitch * len(classes) + 64 if lying else 280,
        "margin": {"l": 8, "r": 16, "t": 0 if lying else 12, "b": 64},
        "barmode": "stack",
        "showlegend": len(bars) > 1,
        "legend": FOOT | {"traceorder": "normal"},
    }
    axes = {"xaxis": {"tickformat": ",d", "nticks": 6}} if lying else {"yaxis": {"tickformat": ",d", "nticks": 6}}
    return _bar_figure(bars, layout | axes, look, lying)


def _largest_first(groups: Mapping[str, Sequence[int]]) -> list[int]:
    totals = [sum(sizes) for sizes in zip(*groups.values(), strict=True)]
    return sorted(range(len(totals)), key=lambda i: -totals[i])


def _plan(drawn: list[Panel], layout: dict[str, Any], at: float | None) -> dict[str, Any]:
    """What plotly makes one figure of: the panels, with the line at the ratio."""
    look = drawn[0].look
    lines = [] if at is None else [_upright(max(1 - at, _edge(drawn)), look, "solid", panel.axis) for panel in drawn]
    names = [name for panel in drawn for name in panels.names(panel)]
    axes = {f"yaxis{panel.axis}": panels.y_axis(panel) for panel in drawn}
    return {
        "data": [trace for panel in drawn for trace in panels.traces(panel)],
        "layout": {"template": template(look), "shapes": lines, "annotations": names} | axes | layout,
    }


def _edge(drawn: Sequence[Panel]) -> float:
    """The smallest share kept of several panels."""
    return min((float(panel.table["fraction"].min()) for panel in drawn if len(panel.table)), default=DECADES[-1])


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
    told = "bars: 1 sd" if panel.focus is None else f"band of {panel.look.style(panel.focus).title}: 1 sd"
    said = [f"mean of {seeds} seeds, {told}" if seeds > 1 else "1 seed"]
    band = int(panel.table.loc[panel.table["method"] == "random", "seeds"].max()) if "random" in panel.styles else 0
    if band > 1:
        said.append(f"grey band: lowest to highest of {band} random subsets")
    return " · ".join(said)


def _direction(panel: Panel) -> str:
    better = panel.fact("better")
    unit = panel.fact("unit")
    return " · ".join(text for text in (unit, f"{better} is better" if better else "") if text)


def _heading(panel: Panel, top: float) -> dict[str, Any]:
    """The title of a small chart, above its plot area."""
    ink = panel.look.ink.muted
    title = panel.fact("title", panel.measure)
    hint = f"{panel.fact('better')} is better · {_sources(panel).split(' · ')[0].split(',')[0]}"
    text = f"<b>{title}</b>  <span style='color:{ink}'>{hint}</span>"
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper", "yanchor": "bottom", "yshift": 4}
    return place | {"text": text, "showarrow": False, "font": {"size": 14}}


def _upright(x: float, look: Look, dash: str, axis: str = "") -> dict[str, Any]:
    """A vertical line over the plot area of a y axis."""
    line = {"color": look.ink.focus, "width": 1.5, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "yref": f"y{axis} domain", "y0": 0, "y1": 1, "line": line}


def _level(y: float, look: Look) -> dict[str, Any]:
    """A horizontal dotted line over the plot area."""
    line = {"color": look.ink.focus, "width": 1.5, "dash": "dot"}
    return {"type": "line", "y0": y, "y1": y, "xref": "x domain", "x0": 0, "x1": 1, "line": line}


def _worst(classes: Sequence[str], shares: Sequence[float], overall: float) -> str:
    if not classes:
        return "no classes"
    low = min(range(len(shares)), key=lambda i: shares[i])
    empty = sum(share == 0 for share in shares)
    lost = f" · {empty} of {len(classes)} classes lose everything" if empty > 1 else ""
    return f"overall {percent(round(overall, 3))} · least: {classes[low]}, {percent(round(shares[low], 3))}{lost}"


def _bars(
    classes: Sequence[str], values: Sequence[float], colour: str, pattern: str = "", lying: bool = True
) -> dict[str, Any]:
    marker = {"color": colour, "line": {"width": 0}, "pattern": {"shape": pattern, "solidity": 0.25}}
    names, lengths = ("y", "x") if lying else ("x", "y")
    return {"type": "bar", "orientation": "h" if lying else "v", names: list(classes), lengths: list(values)} | {
        "marker": marker
    }


def _bar_figure(bars: list[dict[str, Any]], layout: dict[str, Any], look: Look, lying: bool = True) -> go.Figure:
    """One figure of bars; lying ones carry the names of their classes, the many standing ones tell them on hover."""
    lined = {"autorange": "reversed", "showgrid": False, "type": "category", "ticksuffix": "  "}
    axis = {"yaxis": lined} if lying else {"xaxis": {"showticklabels": False, "type": "category"}}
    return go.Figure({"data": bars, "layout": {"template": template(look), "bargap": 0.35 * lying} | axis | layout})
