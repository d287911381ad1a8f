"""The inside of a curve figure: one measure against the share kept, as traces, names at the line ends and a y axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from fdmat_core.figures.theme import QUIET, RANDOM, Look, Style, faded
from fdmat_core.formats import ROUNDING, percent
from fdmat_core.registry import MeasureFacts

#: Shares kept that get a tick: of a large chart, and of a small one.
TICKS = (1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
KEPT_TITLE = "share kept, and share pruned below it"
DECADES = (1, 0.1, 0.01, 0.001)
#: Values of a distance that span more than this factor are drawn on a log scale.
LOG_SPAN = 20
LABEL_GAP = 17  # pixels between the names at the line ends


@dataclass(frozen=True)
class Panel:
    """One measure to draw. The method in `focus` is thick, on a band of its spread; if `quiet` the others step back."""

    points: pd.DataFrame  # of summary.by_size
    measure: str
    look: Look
    pixels: int  # height of the plot area
    focus: str | None = None
    axis: str = ""  # suffix of the y axis: "", "2", ...
    quiet: bool = False

    @property
    def facts(self) -> MeasureFacts:
        """What is known about the measure."""
        return self.look.measure(self.measure)

    @cached_property
    def styles(self) -> dict[str, Style]:
        """The style of every method that has points, random first and the focus last, so that it lies on top."""
        names = sorted(dict.fromkeys(self.table["method"]), key=lambda name: (name == self.focus, name != "random"))
        return {name: self.look.style(name, place) for place, name in enumerate(names)}

    @cached_property
    def log(self) -> bool:
        """Whether the y axis is logarithmic: for distances of true parts that span more than LOG_SPAN."""
        positive = self.points.loc[(self.points["mean"] > 0) & (self.points["kept"] < 1), "mean"]
        return self.facts.kind == "distance" and len(positive) > 1 and positive.max() > LOG_SPAN * positive.min()

    @cached_property
    def table(self) -> pd.DataFrame:
        """The points that this axis can show: a log scale has no place for the full set, whose distance is zero."""
        return self.points[(self.points["low"] > 0) & (self.points["kept"] < 1)] if self.log else self.points

    @cached_property
    def whole(self) -> float | None:
        """The value of the full data; None for a distance or a difference, which is 0 there, or if not measured."""
        full = self.table.loc[self.table["kept"] == 1, "mean"]
        return None if self.facts.kind in ("distance", "difference") or full.empty else float(full.mean())

    @cached_property
    def range(self) -> tuple[float, float]:
        """The ends of the y axis in its own units (exponents if it is logarithmic), with room around the lines."""
        random = self.table[self.table["method"] == "random"]
        drawn = [*self.table["mean"], *random["low"], *random["high"], *_edges(self)[0], *_edges(self)[1]]
        scaled = [self.scale(value) for value in drawn]
        low, high = min(scaled), max(scaled)
        if high - low <= ROUNDING:  # one value: what 0 is beside it tells how little it varies
            low, high = min(low, 0.0), max(high, 0.0) if high or low else 1.0
        room = 0.06 * (high - low)
        return low - room, high + room

    def loud(self, method: str) -> bool:
        """Whether a method is drawn to stand out, and named."""
        return not self.quiet or method == self.focus

    def scale(self, value: float) -> float:
        """A value in the units of the y axis."""
        return math.log10(value) if self.log else value


def traces(panel: Panel) -> list[dict[str, Any]]:
    """The random band, the band of the method in focus, a line per method and the full-data line."""
    drawn = (_band(panel) if "random" in panel.styles else []) + _spread_band(panel)
    drawn += [_line(panel, method, style) for method, style in panel.styles.items()]
    if panel.whole is not None:
        drawn.append(_full_line(panel))
    return [trace | {"yaxis": f"y{panel.axis}"} for trace in drawn]


def y_axis(panel: Panel) -> dict[str, Any]:
    """The y axis, with an explicit range so that names can be placed against it."""
    if panel.table.empty:
        return {"visible": False, "range": [0, 1]}
    low, high = panel.range
    if not panel.log:
        form = {"tickformat": ".3~%"} if panel.facts.unit.startswith("share") else {}
        return {"range": [low, high], "type": "linear", "nticks": 6} | form
    ticks = log_ticks(low, high)
    return {"range": [low, high], "type": "log", "tickvals": ticks, "ticktext": [f"{tick:.6g}" for tick in ticks]}


def kept_axis(edge: float, ticks: Sequence[float] = TICKS) -> dict[str, Any]:
    """The log axis of the share kept, all of it at the left, with the share pruned below each tick.

    Parameters
    ----------
    edge
        The smallest share kept that is drawn.
    """
    shown = [tick for tick in ticks if tick >= edge * 0.99]
    return {
        "type": "log",
        "range": [0.03, math.log10(edge) - 0.03],
        "tickvals": shown,
        "ticktext": [f"{percent(tick)}<br>{percent(1 - tick)}" for tick in shown],
        "tickangle": 0,
    }


def log_ticks(low: float, high: float) -> list[float]:
    """Round values between two exponents: decades if there are enough of them, else with 2 and 5 between."""
    steps = (1,) if high - low > 2 else (1, 3) if high - low > 1.2 else (1, 2, 5)
    exponents = range(math.floor(low), math.ceil(high) + 1)
    ticks = [step * 10.0**exponent for exponent in exponents for step in steps]
    return [tick for tick in ticks if low <= math.log10(tick) <= high]


def names(panel: Panel) -> list[dict[str, Any]]:
    """The names at the right ends of the lines, pushed apart so that none covers another."""
    if panel.table.empty:
        return [_nothing_yet(panel)]
    ends = _ends(panel)
    low, high = panel.range
    heights = [(panel.scale(value) - low) / (high - low) * panel.pixels for value, _, _ in ends]
    return [
        _name(panel, end, free - height)
        for end, height, free in zip(ends, heights, spread(heights, LABEL_GAP, panel.pixels), strict=True)
    ]


def spread(places: Sequence[float], gap: float, top: float) -> list[float]:
    """Move places apart until neighbours are `gap` apart, each as little as possible; within 0 and `top` if they fit.

    Neighbours that collide become one block around the mean of where its members would like to be.
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    blocks: list[list[float]] = []  # wished starts of the members of each block
    for rank, i in enumerate(order):
        blocks.append([places[i] - rank * gap])
        while len(blocks) > 1 and _mean(blocks[-2]) > _mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    starts = [_mean(block) for block in blocks for _ in block]
    room = max(0.0, top - (len(places) - 1) * gap)
    free = {
        i: min(max(start, 0.0), room) + rank * gap for rank, (i, start) in enumerate(zip(order, starts, strict=True))
    }
    return [free[i] for i in range(len(places))]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _line(panel: Panel, method: str, style: Style) -> dict[str, Any]:
    rows = panel.table[panel.table["method"] == method]
    loud = panel.loud(method)
    colour = style.colour if loud else faded(style.colour, panel.look.ink.surface, QUIET)
    bars = panel.focus is None and method != "random" and bool((rows["seeds"] > 1).any())
    return {
        "type": "scatter",
        "name": style.title,
        "mode": "lines+markers" if loud else "lines",
        "x": rows["kept"].tolist(),
        "y": rows["mean"].tolist(),
        "line": {"color": colour, "dash": style.dash, "width": _width(panel, method)},
        "marker": {"size": 6 if panel.focus is None else 5, "color": colour},
        "error_y": {"array": rows["sd"].fillna(0).tolist(), "thickness": 1, "width": 3, "visible": bars},
        "customdata": [_words(panel, row) for row in rows.itertuples()],
        "hovertemplate": f"<b>{style.title}</b><br>%{{customdata}}<extra></extra>",
        "hoverlabel": {"bordercolor": style.colour},
    }


def _width(panel: Panel, method: str) -> float:
    return 4 if method == panel.focus else 1.75 if panel.quiet else 2.25


def _words(panel: Panel, row: Any) -> str:
    """What stands beside a point while the pointer is over it."""
    spread = f" ± {row.sd:.3g}" if row.seeds > 1 else ""
    runs = f"{row.seeds} seeds" if row.seeds > 1 else "1 seed"
    title = panel.facts.title
    kept = f"kept {row.k:,} ({percent(row.kept)}), pruned {percent(1 - row.kept)}"
    return f"{kept}<br>{title} {row.mean:.4g}{spread} ({runs})"


def _band(panel: Panel) -> list[dict[str, Any]]:
    """Lowest to highest of the random subsets, if there are several."""
    rows = panel.table[(panel.table["method"] == "random") & (panel.table["seeds"] > 1)]
    if rows.empty:
        return []
    edge = {
        "type": "scatter",
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "x": rows["kept"].tolist(),
    }
    fill = {"fill": "tonexty", "fillcolor": "rgba(136,136,136,0.22)"}
    return [
        edge | {"name": "lowest", "y": rows["low"].tolist()},
        edge | fill | {"name": "highest", "y": rows["high"].tolist()},
    ]


def _edges(panel: Panel) -> tuple[list[float], list[float]]:
    """One sd below and above the means of the method in focus; empty with one seed, and where a log scale ends."""
    rows = panel.table[(panel.table["method"] == panel.focus) & (panel.table["seeds"] > 1)]
    if panel.quiet or panel.focus == "random" or (panel.log and (rows["mean"] <= rows["sd"]).any()):
        rows = rows[:0]
    return (rows["mean"] - rows["sd"]).tolist(), (rows["mean"] + rows["sd"]).tolist()


def _spread_band(panel: Panel) -> list[dict[str, Any]]:
    """One sd around the method in focus."""
    low, high = _edges(panel)
    if not low:
        return []
    rows = panel.table[(panel.table["method"] == panel.focus) & (panel.table["seeds"] > 1)]
    red, green, blue = (int(panel.styles[str(panel.focus)].colour[at : at + 2], 16) for at in (1, 3, 5))
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    edge |= {"x": rows["kept"].tolist()}
    fill = {"fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},0.22)"}
    return [edge | {"name": "one sd below", "y": low}, edge | fill | {"name": "one sd above", "y": high}]


def _full_line(panel: Panel) -> dict[str, Any]:
    ends = [1.0, float(panel.table["kept"].min())]
    line = {"color": panel.look.ink.focus, "dash": "dot", "width": 1.5}
    words = {"hovertemplate": f"<b>All data</b><br>{panel.whole:.4g}<extra></extra>"}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "All data",
        "x": ends,
        "y": [panel.whole] * 2,
        "line": line,
    } | words


def _ends(panel: Panel) -> list[tuple[float, float, Style]]:
    """Value, share kept and style at the right end of every line that carries a name."""
    last = panel.table.sort_values("kept").groupby("method", sort=False).first()
    shown = [name for name in panel.styles if panel.loud(name) or name == "random"]
    ends = [(float(last["mean"][name]), float(last["kept"][name]), panel.styles[name]) for name in shown]
    if panel.whole is not None:
        ends.append((panel.whole, float(panel.table["kept"].min()), Style("All data", panel.look.ink.focus, "dot")))
    return ends


def _name(panel: Panel, end: tuple[float, float, Style], shift: float) -> dict[str, Any]:
    """A name, tied to its line end by a thin stroke; `shift` is how many pixels it was moved up."""
    value, edge, style = end
    return {
        "x": math.log10(edge),
        "y": panel.scale(value),
        "yref": f"y{panel.axis}",
        "text": style.title,
        "ax": 20,
        "ay": -shift,
        "xanchor": "left",
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1.5,
        "arrowcolor": RANDOM if style.colour == RANDOM else style.colour,
        "standoff": 4,
        "font": {"size": 13, "color": panel.look.ink.text},
    }


def _nothing_yet(panel: Panel) -> dict[str, Any]:
    place = {"x": 0.5, "xref": "paper", "y": 0.5, "yref": f"y{panel.axis}", "showarrow": False}
    return place | {"text": "no points yet", "font": {"color": panel.look.ink.muted}}


def upright(x: float, look: Look, dash: str, axis: str = "") -> dict[str, Any]:
    """A vertical line over the plot area of a y axis."""
    line = {"color": look.ink.focus, "width": 1.5, "dash": dash}
    return {"type": "line", "x0": x, "x1": x, "yref": f"y{axis} domain", "y0": 0, "y1": 1, "line": line}


def level(y: float, look: Look) -> dict[str, Any]:
    """A horizontal dotted line over the plot area."""
    line = {"color": look.ink.focus, "width": 1.5, "dash": "dot"}
    return {"type": "line", "y0": y, "y1": y, "xref": "x domain", "x0": 0, "x1": 1, "line": line}
