"""A figure as a static SVG, drawn by ourselves: for reports, bundles and slides, where no plotting library runs.

It draws what our figures use of plotly: lines, bands, dots, whiskers, bars, notes, linear and logarithmic axes and axes
of names. The same figure gives the same bytes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from fdmat_core.figures import axes, marks
from fdmat_core.figures.axes import Axis
from fdmat_core.figures.marks import element
from fdmat_core.figures.theme import FONT, Look

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: About how wide a letter is, in sizes of its font; texts are not measured.
LETTER = 0.52
LINE = 1.3  # from one line of text to the next, in sizes of the font
PAD = 16  # pixels around the whole
#: What our figures write into texts, and nothing else: all other signs are shown as they are.
TAGS = re.compile(r"(</?b>|<br>|<span style='color:#[0-9A-Fa-f]{6}'>|</span>)")

#: What no XML may hold: control signs, which a name may have by mistake.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Letters(NamedTuple):
    """How a text is written."""

    size: float
    ink: str
    anchor: str = "start"  # which part of a line stands at its spot: start, middle or end
    bold: bool = False


@dataclass
class Sheet:
    """A figure while it is drawn."""

    plan: Mapping[str, Any]  # data and layout as plotly writes them
    look: Look
    width: float
    top: float  # pixels that the heading takes
    parts: list[str] = field(default_factory=list[str])

    @property
    def layout(self) -> Mapping[str, Any]:
        """The layout of the figure."""
        return self.plan["layout"]

    @property
    def height(self) -> float:
        """Of the whole sheet, in pixels."""
        return self.top + float(self.layout.get("height") or 360)


def draw(
    figure: go.Figure, *, look: Look | None = None, width: int = 760, heading: Sequence[str] = (), ground: bool = True
) -> str:
    """A figure as the text of an SVG.

    Parameters
    ----------
    look
        The look that the figure was made with.
    width
        Pixels across.
    heading
        Lines above the figure: a bold title, then what it is of. Lines of the figure's shapes have the class `mark`;
        `data-unit` says how many pixels one unit of the x axis takes (a decade, if it is logarithmic).
    ground
        Whether a sheet in the colour of the page lies behind it.
    """
    look = look or Look()
    lines = [part for line in heading for part in _folded(line, int((width - 2 * PAD) / (14 * LETTER)))]
    sheet = Sheet(figure.to_plotly_json(), look, width, PAD + 22 * len(lines) + 6 if lines else 0)
    for place, line in enumerate(lines):
        size, ink = (17, look.ink.text) if place == 0 else (14, look.ink.muted)
        _write(sheet, line, (PAD, PAD + 16 + 22 * place), Letters(size, ink, bold=place == 0))
    _title(sheet)
    x, ys = _axes(sheet)
    for y in ys.values():
        _grid(sheet, x, y)
    _frame(sheet, x, ys)
    _shapes(sheet, x, ys)
    _traces(sheet, x, ys)
    _notes(sheet, x, ys)
    _legend(sheet)
    back = element("rect", width="100%", height="100%", fill=look.ink.surface) if ground else ""
    box = {"width": float(width), "height": sheet.height, "viewBox": f"0 0 {width} {sheet.height:g}"}
    box |= {"data_unit": (x.end - x.start) / abs((x.high - x.low) or 1)}
    said = html.escape(" · ".join(re.sub(TAGS, " ", line) for line in heading) or "chart", quote=True)
    drawn = element(
        "svg", back + "".join(sheet.parts), xmlns="http://www.w3.org/2000/svg", role="img", **box, font_family=FONT
    )
    return CONTROL.sub("", drawn.replace("<svg ", f'<svg aria-label="{said}" ', 1))


def _folded(line: str, letters: int) -> list[str]:
    """A line in as many lines as it needs."""
    import textwrap

    return textwrap.wrap(line, max(20, letters)) or [""]


def _axes(sheet: Sheet) -> tuple[Axis, dict[str, Axis]]:
    """The x axis, and the y axes by the suffix that plotly gives each."""
    data, layout = sheet.plan["data"], sheet.layout
    margin = {"l": 60, "r": 16, "t": 8, "b": 60} | dict(layout.get("margin", {}))
    barred = {one.get("orientation", "v") for one in data if one["type"] == "bar"}
    names = [len(value) for one in data for value in one.get("y", ()) if isinstance(value, str)]
    left = max(float(margin["l"]), 13 * LETTER * max(names) + 24 if names else 0)
    top, low = sheet.top + margin["t"], sheet.height - margin["b"]
    facts = {name: _facts(sheet, name) for name in layout if re.fullmatch(r"[xy]axis\d*", name)}
    ends = (left, sheet.width - margin["r"])
    x = axes.of(facts.get("xaxis") or _facts(sheet, "xaxis"), _values(data, "x"), ends, zero="h" in barred)
    ys = {}
    for name in sorted({"yaxis", *facts} - {"xaxis"}):
        its = facts.get(name) or _facts(sheet, name)
        first, last = its.get("domain") or (0, 1)
        pixels = (low - first * (low - top), low - last * (low - top))
        suffix = name.removeprefix("yaxis")
        mine = [one for one in data if one.get("yaxis", "y") == f"y{suffix}"]
        ys[suffix] = axes.of(its, _values(mine, "y"), pixels, zero="v" in barred)
    return x, ys


def _facts(sheet: Sheet, name: str) -> dict[str, Any]:
    usual = sheet.layout.get("template", {}).get("layout", {}).get(re.sub(r"\d", "", name), {})
    return {**usual, **sheet.layout.get(name, {})}


def _values(traces: Sequence[Mapping[str, Any]], side: str) -> list[Any]:
    """All that an axis must show: of bars on each other their sums."""
    sums: dict[str, float] = {}
    other = "y" if side == "x" else "x"
    found = []
    for one in traces:
        if one["type"] == "bar" and not any(isinstance(value, str) for value in one[side]):
            for name, value in zip(one[other], one[side], strict=True):
                sums[name] = sums.get(name, 0) + value
        else:
            found += list(one.get(side) or ())
    return [*found, *sums.values()]


def _grid(sheet: Sheet, x: Axis, y: Axis) -> None:
    """The lines of a y axis, its numbers and its title."""
    ink = sheet.look.ink
    if y.facts.get("visible") is False:
        return
    for pixel, text in y.ticks():
        if y.facts.get("showgrid", True):
            sheet.parts.append(_rule((x.start, pixel, x.end, pixel), ink.grid))
        if y.facts.get("showticklabels", True):
            _write(sheet, text.strip(), (x.start - 8, pixel + 4.5), Letters(13, ink.muted, "end"))
    if title := _named(y):
        middle = (y.start + y.end) / 2
        words = element("text", html.escape(title), fill=ink.muted, font_size=14, text_anchor="middle")
        sheet.parts.append(element("g", words, transform=f"translate(18 {middle:g}) rotate(-90)"))


def _frame(sheet: Sheet, x: Axis, ys: Mapping[str, Axis]) -> None:
    """The lines of the x axis, its words and its title, below the lowest panel."""
    ink, low = sheet.look.ink, max(y.start for y in ys.values())
    for pixel, text in x.ticks():
        if x.facts.get("showgrid", True):
            sheet.parts += [_rule((pixel, y.start, pixel, y.end), ink.grid) for y in ys.values()]
        if x.facts.get("showticklabels", True):
            _write(sheet, text, (pixel, low + 18), Letters(13, ink.muted, "middle"))
    if title := _named(x):
        lines = 1 + max((text.count("<br>") for _, text in x.ticks()), default=0)
        _write(sheet, title, ((x.start + x.end) / 2, low + 22 + 17 * lines), Letters(14, ink.muted, "middle"))


def _named(axis: Axis) -> str:
    title = axis.facts.get("title") or {}
    return title if isinstance(title, str) else title.get("text") or ""


def _rule(ends: tuple[float, float, float, float], ink: str, width: float = 1.0, dash: str | None = None) -> str:
    x1, y1, x2, y2 = ends
    line: dict[str, Any] = {"stroke": ink, "stroke_width": width, "stroke_dasharray": marks.dashes(dash)}
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **line)


def _traces(sheet: Sheet, x: Axis, ys: Mapping[str, Axis]) -> None:
    data = sheet.plan["data"]
    stacked = [one for one in data if one["type"] == "bar"]

    def label(text: str, px: float, py: float, anchor: str, inside: bool) -> str:
        ink = "#FFFFFF" if inside else sheet.look.ink.text
        facts = {"font_size": 13, "text_anchor": anchor, "dominant_baseline": "central"}
        return element("text", html.escape(text), x=px, y=py, fill=ink, **facts)

    if stacked:
        sheet.parts.append(marks.bars(stacked, x, ys[""], float(sheet.layout.get("bargap", 0.2)), label))
    before = None
    for one in data:
        if one["type"] == "scatter":
            y = ys[one.get("yaxis", "y").removeprefix("y")]
            room = 8 if "markers" in one.get("mode", "lines") else 0
            sheet.parts.append(_clipped(marks.trace(one, before, x, y), x, y, room))
            before = one


def _clipped(drawn: str, x: Axis, y: Axis, room: float) -> str:
    """What is drawn, without what lies outside two axes and some room around them."""
    left, top = x.start - room, y.end - room
    wide, high = x.end - x.start + 2 * room, y.start - y.end + 2 * room
    box = f"{left:g} {top:g} {wide:g} {high:g}"
    return element("svg", drawn, x=left, y=top, width=wide, height=high, viewBox=box) if drawn else ""


def _shapes(sheet: Sheet, x: Axis, ys: Mapping[str, Axis]) -> None:
    for shape in sheet.layout.get("shapes") or ():
        places = []
        for side in ("x", "y"):
            axis, paper = _axis(shape.get(f"{side}ref"), side, x, ys)
            places.append([_placed(shape[f"{side}{end}"], axis, paper) for end in (0, 1)])
        (x0, x1), (y0, y1) = places
        line = shape["line"]
        drawn = _rule((x0, y0, x1, y1), line["color"], float(line.get("width", 1)), line.get("dash"))
        sheet.parts.append(element("g", drawn, class_="mark"))


def _axis(ref: str | None, side: str, x: Axis, ys: Mapping[str, Axis]) -> tuple[Axis, bool]:
    """The axis that something refers to, and whether it counts shares of it."""
    if ref in (None, "", side):
        return (x if side == "x" else ys[""]), False
    if ref == "paper":
        whole = Axis({}, 0, 1, max(y.start for y in ys.values()), min(y.end for y in ys.values()))
        return (x if side == "x" else whole), True
    name = ref.removesuffix(" domain").removeprefix(side)
    return (x if side == "x" else ys[name]), ref.endswith(" domain")


def _placed(value: Any, axis: Axis, paper: bool) -> float:
    return axis.start + float(value) * (axis.end - axis.start) if paper else axis.at(value)


def _notes(sheet: Sheet, x: Axis, ys: Mapping[str, Axis]) -> None:
    """Words in the figure; on a logarithmic axis plotly places them by exponents."""
    for note in sheet.layout.get("annotations") or ():
        spot = []
        for side in ("x", "y"):
            axis, paper = _axis(note.get(f"{side}ref"), side, x, ys)
            value = note[side]
            spot.append(_placed(value, axis, True) if paper else axis.pixel(float(value)))
        px, py = spot[0] + note.get("xshift", 0), spot[1] - note.get("yshift", 0)
        font: dict[str, Any] = {"size": 14, "color": sheet.look.ink.text} | dict(note.get("font", {}))
        anchor = {"left": "start", "right": "end"}.get(note.get("xanchor", ""), "middle")
        if note.get("showarrow"):
            end = px + note["ax"], py + note["ay"]
            sheet.parts.append(_rule((px + 4, py, end[0] - 2, end[1]), note.get("arrowcolor", font["color"]), 1.5))
            px, py = end
        shift = {"top": 0.95, "bottom": -0.3}.get(note.get("yanchor", ""), 0.34) * font["size"]
        _write(sheet, note["text"], (px, py + shift), Letters(font["size"], font["color"], anchor))


def _title(sheet: Sheet) -> None:
    title = sheet.layout.get("title") or {}
    if not title.get("text"):
        return
    _write(sheet, title["text"], (PAD, sheet.top + 26), Letters(17, sheet.look.ink.text))
    if words := (title.get("subtitle") or {}).get("text"):
        _write(sheet, words, (PAD, sheet.top + 46), Letters(13, sheet.look.ink.muted))


def _legend(sheet: Sheet) -> None:
    """Names with their marks, in lines at the foot."""
    if not sheet.layout.get("showlegend"):
        return
    shown = [one for one in sheet.plan["data"] if one.get("showlegend") is not False and one.get("name")]
    if (sheet.layout.get("legend") or {}).get("traceorder") == "reversed":
        shown.reverse()
    lines: list[list[tuple[float, Mapping[str, Any]]]] = [[]]
    place = float(PAD)
    for one in shown:
        wide = 34 + 14 * LETTER * len(one["name"])
        if place + wide > sheet.width - PAD and lines[-1]:
            lines.append([])
            place = float(PAD)
        lines[-1].append((place, one))
        place += wide
    for number, line in enumerate(reversed(lines)):
        for px, one in line:
            py, marker = sheet.height - 14 - 20 * number, one.get("marker", {})
            if one["type"] == "bar":
                sheet.parts.append(element("rect", x=px, y=py - 10, width=12, height=12, fill=marker.get("color")))
            else:
                name = (marker.get("symbol") or "circle").replace("line-ew", "line-ns")
                sheet.parts.append(marks.symbol(name, (px + 6, py - 4), 5, marker.get("color"), marker.get("line", {})))
            _write(sheet, one["name"], (px + 18, py), Letters(14, sheet.look.ink.text))


def _write(sheet: Sheet, text: str, spot: tuple[float, float], letters: Letters) -> None:
    """A text whose first line begins at a spot, ends or is centred there."""
    (x, y), size = spot, letters.size
    drawn, styles, line = [], list[str](), 0
    start = True
    for part in filter(None, TAGS.split(text)):
        if part == "<br>":
            line, start = line + 1, True
        elif part == "<b>":
            styles.append('font-weight="650"')
        elif part.startswith("<span"):
            styles.append(f'fill="{part[-9:-2]}"')
        elif TAGS.fullmatch(part):
            styles = styles[:-1]
        else:
            where = f' x="{x:g}" y="{y + LINE * size * line:g}"' if start else ""
            drawn.append(f"<tspan{where} {' '.join(styles)}>{html.escape(part)}</tspan>".replace(" >", ">"))
            start = False
    facts = {"font_size": float(size), "fill": letters.ink, "font_weight": "650" if letters.bold else None}
    facts |= {"text_anchor": None if letters.anchor == "start" else letters.anchor}
    sheet.parts.append(element("text", "".join(drawn), **facts, style="white-space:pre"))
