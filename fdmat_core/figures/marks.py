"""The marks of a drawn figure: lines, bands, dots, whiskers and bars, as SVG."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fdmat_core.figures.axes import Axis

#: How SVG writes the dashes that plotly names.
DASHES = {
    "dash": "8 5",
    "dot": "2 4",
    "longdash": "14 6",
    "dashdot": "8 4 2 4",
    "longdashdot": "14 4 2 4",
}
#: Corners of symbols around (0, 0) whose radius is 1.
CORNERS: dict[str, Sequence[tuple[float, float]]] = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "triangle-up": ((0, -1.15), (1.1, 0.8), (-1.1, 0.8)),
    "triangle-down": ((0, 1.15), (1.1, -0.8), (-1.1, -0.8)),
    "hexagon": tuple((math.cos(math.pi * k / 3), math.sin(math.pi * k / 3)) for k in range(6)),
    "star": tuple(
        ((0.5 if k % 2 else 1.2) * math.sin(math.pi * k / 5), -(0.5 if k % 2 else 1.2) * math.cos(math.pi * k / 5))
        for k in range(10)
    ),
    "bowtie": ((-1, -0.8), (1, 0.8), (1, -0.8), (-1, 0.8)),
    "cross": tuple(
        (x * 1.1, y * 1.1)
        for x, y in (
            *((-0.35, -1), (0.35, -1), (0.35, -0.35), (1, -0.35), (1, 0.35), (0.35, 0.35)),
            *((0.35, 1), (-0.35, 1), (-0.35, 0.35), (-1, 0.35), (-1, -0.35), (-0.35, -0.35)),
        )
    ),
}
CORNERS["x"] = tuple(((x - y) * math.sqrt(0.5), (x + y) * math.sqrt(0.5)) for x, y in CORNERS["cross"])


def element(tag: str, content: str = "", **attributes: Any) -> str:
    """An SVG element; names of attributes are written with `-` for `_`, and those that are None are left out."""
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(_short(value), quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{shown}>{content}</{tag}>" if content else f"<{tag}{shown}/>"


def _short(value: Any) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def dashes(dash: str | None) -> str | None:
    """A dash as SVG writes it; None for a solid line."""
    if dash in (None, "solid"):
        return None
    return DASHES.get(dash) or dash.replace("px", "").replace(",", " ")


def trace(one: Mapping[str, Any], before: Mapping[str, Any] | None, x: Axis, y: Axis) -> str:
    """A trace of plotly's kind `scatter` as SVG.

    Parameters
    ----------
    before
        The trace before it, which a band reaches to.
    """
    drawn, mode = "", one.get("mode", "lines")
    spots = _spots(one, x, y)
    if one.get("fill") == "tonexty" and before is not None:
        drawn += _band(one, [*spots, *reversed(_spots(before, x, y))])
    line = one.get("line", {})
    if "lines" in mode and line.get("width", 2) and len(spots) > 1:
        points = " ".join(f"{_short(px)},{_short(py)}" for px, py in spots)
        facts: dict[str, Any] = {"stroke": line.get("color"), "stroke_width": float(line.get("width", 2))}
        drawn += element("polyline", points=points, fill="none", stroke_dasharray=dashes(line.get("dash")), **facts)
    drawn += _whiskers(one, x, y)
    if "markers" in mode:
        drawn += "".join(_markers(one.get("marker", {}), spots))
    opacity = one.get("opacity", 1)
    return element("g", drawn, opacity=None if opacity == 1 else float(opacity)) if drawn else ""


def _spots(one: Mapping[str, Any], x: Axis, y: Axis) -> list[tuple[float, float]]:
    pairs = zip(one["x"], one["y"], strict=True)
    return [(x.at(a), y.at(b)) for a, b in pairs if _drawable(a, x) and _drawable(b, y)]


def _drawable(value: Any, axis: Axis) -> bool:
    return isinstance(value, str) or (value is not None and not math.isnan(value) and (value > 0 or not axis.log))


def _band(one: Mapping[str, Any], corners: Iterable[tuple[float, float]]) -> str:
    red, green, blue, opacity = one["fillcolor"].removeprefix("rgba(").removesuffix(")").split(",")
    colour = f"#{int(red):02X}{int(green):02X}{int(blue):02X}"
    points = " ".join(f"{_short(px)},{_short(py)}" for px, py in corners)
    return element("polygon", points=points, fill=colour, fill_opacity=float(opacity))


def _whiskers(one: Mapping[str, Any], x: Axis, y: Axis) -> str:
    bars = one.get("error_y")
    if not bars or bars.get("visible") is False:
        return ""
    up = list(bars["array"])
    down = list(bars["arrayminus"] if bars.get("arrayminus") is not None else up)
    ink = bars.get("color") or one.get("line", {}).get("color")
    drawn = []
    for value_x, value_y, above, below in zip(one["x"], one["y"], up, down, strict=True):
        low, high = value_y - below, value_y + above
        if high > low and _drawable(low, y) and _drawable(value_x, x):
            px, reach = x.at(value_x), float(bars.get("width", 3))
            py = y.at(low), y.at(high)
            ends = "".join(f"M{_short(px - reach)} {_short(end)}H{_short(px + reach)}" for end in py)
            path = f"M{_short(px)} {_short(py[0])}V{_short(py[1])}{ends}"
            drawn.append(element("path", d=path, fill="none", stroke=ink, stroke_width=float(bars.get("thickness", 1))))
    return "".join(drawn)


def _markers(marker: Mapping[str, Any], spots: Sequence[tuple[float, float]]) -> Iterable[str]:
    each = {name: _each(marker.get(name, usual), len(spots)) for name, usual in _USUAL.items()}
    line = marker.get("line", {})
    for spot, size, colour, name in zip(spots, each["size"], each["color"], each["symbol"], strict=True):
        yield symbol(name, spot, float(size) / 2, colour, line)


_USUAL = {"size": 6, "color": None, "symbol": "circle"}


def _each(value: Any, count: int) -> Sequence[Any]:
    return list(value) if isinstance(value, list | tuple) else [value] * count


def symbol(name: str, spot: tuple[float, float], radius: float, colour: str, line: Mapping[str, Any]) -> str:
    """One mark of a symbol that plotly names, at a spot in pixels."""
    x, y = spot
    open_ = name.endswith("-open") or name.startswith("line-")
    width = float(line.get("width") or 0) or (2.0 if open_ else 0.0)
    rim = colour if open_ else line.get("color") or colour
    facts: dict[str, Any] = {
        "fill": "none" if open_ else colour,
        "stroke": rim if width else None,
        "stroke_width": width or None,
    }
    name = name.removesuffix("-open")
    if name.startswith("line-"):
        upright, lying = (
            f"M{_short(x)} {_short(y - radius)}v{2 * radius:g}",
            f"M{_short(x - radius)} {_short(y)}h{2 * radius:g}",
        )
        return element("path", d=upright if name == "line-ns" else lying, **facts)
    if name == "circle":
        return element("circle", cx=x, cy=y, r=radius, **facts)
    points = " ".join(f"{_short(x + dx * radius)},{_short(y + dy * radius)}" for dx, dy in CORNERS[name])
    return element("polygon", points=points, **facts)


def bars(traces: Sequence[Mapping[str, Any]], x: Axis, y: Axis, gap: float, label: Callable[..., str]) -> str:
    """Bars, one on the other where several traces have one at the same name, with the words that stand on them.

    Parameters
    ----------
    label
        Draws a text: (text, x, y, anchor, inside).
    """
    drawn, begun = [], dict[str, float]()
    for one in traces:
        lying = one.get("orientation") == "h"
        names, lengths = (one["y"], one["x"]) if lying else (one["x"], one["y"])
        across, along = (y, x) if lying else (x, y)
        thick = (1 - gap) * abs(across.pixel(1) - across.pixel(0))
        texts = one.get("text") or [""] * len(lengths)
        for name, length, text in zip(names, lengths, texts, strict=True):
            middle = across.at(name)
            first, last = (along.at(begun.get(name, 0.0) + part) for part in (0, float(length or 0)))
            begun[name] = begun.get(name, 0.0) + float(length or 0)
            low, size, top = min(first, last), abs(last - first), middle - thick / 2
            place = (low, top, size, thick) if lying else (top, low, thick, size)
            drawn.append(_bar(one.get("marker", {}), place))
            if text and lying:
                within = one.get("textposition") == "auto" and size > 8 * len(text) + 8
                drawn.append(
                    label(text, last - 5 if within else last + 5, middle, "end" if within else "start", within)
                )
    return "".join(drawn)


def _bar(marker: Mapping[str, Any], place: tuple[float, float, float, float]) -> str:
    x, y, width, height = place
    line = marker.get("line", {})
    rim: dict[str, Any] = {"stroke": line.get("color"), "stroke_width": line["width"]} if line.get("width") else {}
    body = element("rect", x=x, y=y, width=width, height=height, fill=marker.get("color"), **rim)
    if marker.get("pattern", {}).get("shape") != "/":
        return body
    steps = [(x + step, min(height, width - step)) for step in range(4, int(width), 7)]
    hatch = "".join(f"M{_short(at)} {_short(y + height)}l{_short(long)} -{_short(long)}" for at, long in steps)
    return body + element("path", d=hatch, stroke="#FFFFFF", stroke_width=1.0, stroke_opacity=0.6) if hatch else body
