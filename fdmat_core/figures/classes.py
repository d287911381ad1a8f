"""Figures of classes: what is kept of each, how well each is predicted, how many items each has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from fdmat_core.analysis.per_class import ClassReading
from fdmat_core.figures.panels import level, upright
from fdmat_core.figures.theme import FOOT, KEPT, NOISE, Look, Style, template
from fdmat_core.formats import percent, portion

FEW = 40  # classes that have a line each


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
        "title": {"text": "<b>Kept share per class</b>", "subtitle": {"text": _worst(classes, sizes, shares, overall)}},
        "height": 124 + pitch * len(classes) if lying else 320,
        "margin": {"l": 8, "r": 60, "t": 74, "b": 40},
        "shapes": [upright(overall, look, "dot") if lying else level(overall, look)],
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
    text = f"<b>%{{{names}}}</b><br>{name}: %{{{places}:.1%}}<extra></extra>"
    line = {"width": 2, "color": marker["color"]}
    return {"type": "scatter", "mode": "markers", "name": name, names: list(classes), places: list(values)} | {
        "marker": marker | {"line": line},
        "hovertemplate": text,
        "cliponaxis": False,  # a dot at 0% is a whole one
    }


def counts(
    classes: Sequence[str], groups: Mapping[str, Sequence[int]], *, look: Look | None = None, pitch: int = 26
) -> go.Figure:
    """Draw how many items each class has, stacked by group; many classes become a skyline, the largest first.

    Parameters
    ----------
    groups
        A name ("label is right", "label was changed", "content was changed") to the (c,) counts of its items.
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


def _worst(classes: Sequence[str], sizes: Sequence[int], shares: Sequence[float], overall: float) -> str:
    """The class that is kept least, and how many lose everything, among those that have items."""
    there = [i for i, size in enumerate(sizes) if size]
    if not there:
        return "no classes"
    low = min(there, key=lambda i: shares[i])
    empty = sum(shares[i] == 0 for i in there)
    lost = f" · {empty} of {len(there)} classes lose everything" if empty > 1 else ""
    return f"overall {portion(overall)} · least: {classes[low]}, {portion(shares[low])}{lost}"


def _bars(
    classes: Sequence[str], values: Sequence[float], colour: str, pattern: str = "", lying: bool = True
) -> dict[str, Any]:
    marker = {"color": colour, "line": {"width": 0}, "pattern": {"shape": pattern, "solidity": 0.25}}
    names, lengths = ("y", "x") if lying else ("x", "y")
    return {"type": "bar", "orientation": "h" if lying else "v", names: list(classes), lengths: list(values)} | {
        "marker": marker
    }


def _bar_figure(bars: list[dict[str, Any]], layout: dict[str, Any], look: Look, lying: bool = True) -> go.Figure:
    """One figure of bars; lying ones carry the names of their classes, the many standing ones show them on hover."""
    lined = {"autorange": "reversed", "showgrid": False, "type": "category", "ticksuffix": "  "}
    axis = {"yaxis": lined} if lying else {"xaxis": {"showticklabels": False, "type": "category"}}
    return go.Figure({"data": bars, "layout": {"template": template(look), "bargap": 0.35 * lying} | axis | layout})
