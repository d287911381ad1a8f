"""Colours and type: one meaning, one colour, on light and dark alike, with a second cue beside every colour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fdmat_core.registry import Family, MeasureFacts, MethodFacts
from fdmat_core.spec import Choice

TOKENS = Path(__file__).parents[1] / "web" / "tokens.css"


def tokens(scheme: str = ":root") -> dict[str, str]:
    """The colours of `tokens.css` by name, on light ground; those that differ on dark for the scheme ".dark"."""
    block = TOKENS.read_text().partition(f"{scheme}")[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+): (#\w{6});", block))


def contrast(one: str, other: str) -> float:
    """How much two colours differ in brightness, from 1 to 21, as WCAG counts it."""
    high, low = sorted((_brightness(one), _brightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, ground: str, least: float) -> str:
    """A colour, lightened on dark ground and darkened on light ground as far as this contrast asks."""
    goal = "#000000" if _brightness(ground) > 0.18 else "#FFFFFF"
    mixed = (_mix(colour, goal, step / 50) for step in range(51))
    return next(one for one in mixed if contrast(one, ground) >= least)


def faded(colour: str, ground: str, least: float) -> str:
    """A colour that can be read, mixed with its ground as far as this contrast lets it."""
    mixed = (_mix(readable(colour, ground, least), ground, step / 50) for step in range(50, -1, -1))
    return next(one for one in mixed if contrast(one, ground) >= least)


def _brightness(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _mix(colour: str, other: str, share: float) -> str:
    both = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in both)


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


_LIGHT, _DARK = tokens(), tokens() | tokens(".dark")
#: What happened to an item, in colours that colour-blind people can tell apart.
KEPT, NOISE, RANDOM = (_LIGHT[name] for name in ("kept", "noise", "random"))

#: How far what is drawn stands out from its ground: quiet lines, and others on light and on dark ground.
QUIET, ON_LIGHT, ON_DARK = 3.0, 3.0, 4.5

#: The dash that goes with a family, so that lines differ without their colours.
DASHES: dict[Family, str] = {
    "baseline": "dash",
    "distribution": "solid",
    "geometry": "longdash",
    "submodular": "dashdot",
    "uncertainty": "8px,3px,2px,3px",
    "dynamics": "longdashdot",
    "gradients": "12px,3px,3px,3px,3px,3px",
    "yours": "3px,3px,3px,9px",
}

#: Colours for methods that nobody gave one (Okabe and Ito, 2008).
PALETTE = tuple(_LIGHT[f"class-{place}"] for place in range(6))

#: Where a legend lies: in one line at the foot of the figure.
FOOT = {"orientation": "h", "x": 0, "y": 0, "yref": "container", "yanchor": "bottom"}

FONT = '"Source Sans", "Source Sans Pro", "Segoe UI", system-ui, sans-serif'


@dataclass(frozen=True)
class Ink:
    """The colours that change with the background; those of the data do not, but for what is suspected."""

    text: str
    muted: str
    grid: str
    surface: str
    pruned: str
    focus: str
    suspect: str


LIGHT, DARK = (
    Ink(*(ink[name] for name in ("text", "muted", "rule", "surface", "pruned", "mark", "suspect")))
    for ink in (_LIGHT, _DARK)
)


@dataclass(frozen=True)
class Style:
    """How a method is drawn and called."""

    title: str
    colour: str
    dash: str = "solid"


@dataclass(frozen=True)
class Look:
    """How a figure is dressed: the background it lies on, the styles of its methods, the facts of its measures.

    Names that are not listed are drawn too, under their own name and in a colour of the palette.
    """

    dark: bool = False
    methods: Mapping[str, Style] = field(default_factory=dict[str, Style])  # by str(Choice)
    measures: Mapping[str, MeasureFacts] = field(default_factory=dict[str, MeasureFacts])  # by str(Choice)

    @property
    def ink(self) -> Ink:
        """The ink for this background."""
        return DARK if self.dark else LIGHT

    def style(self, method: str, place: int = 0) -> Style:
        """The style of a method, readable on this ground; an unknown one takes the palette's colour at `place`."""
        found = self.methods.get(method) or Style(method, PALETTE[place % len(PALETTE)])
        return replace(found, colour=readable(found.colour, self.ink.surface, ON_DARK if self.dark else ON_LIGHT))

    def measure(self, name: str) -> MeasureFacts:
        """What is known about a measure; of one that is not listed, more counts as better."""
        unknown = MeasureFacts(title=name, unit="", better="higher", source="", kind="coverage")
        return self.measures.get(name, unknown)


def styles(facts: Mapping[Choice, MethodFacts]) -> dict[str, Style]:
    """Styles for the methods of one figure by the text that a curve has for each, from the facts about each.

    Variants of one method share its colour; the second and later ones differ by their dash, and by their titles.
    """
    variants: dict[str, int] = {}
    found: dict[str, Style] = {}
    for choice, fact in facts.items():
        place = variants[choice.name] = variants.get(choice.name, -1) + 1
        dash = list(DASHES.values())[(list(DASHES).index(fact.family) + place) % len(DASHES)]
        found[str(choice)] = Style(fact.title, RANDOM if choice.name == "random" else fact.colour, dash)
    return found


def template(look: Look) -> dict[str, Any]:
    """The plotly template of a look: transparent, quiet grid, text in the ink of the page."""
    ink = look.ink
    axis = {
        "gridcolor": ink.grid,
        "linecolor": ink.grid,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": ink.muted, "size": 13},
        "title": {"font": {"color": ink.muted, "size": 14}, "standoff": 10},
        "automargin": True,
    }
    return {
        "layout": {
            "font": {"family": FONT, "color": ink.text, "size": 14},
            "title": {"x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 4}, "font": {"size": 17}},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": list(PALETTE),
            "colorscale": {"sequential": "Viridis"},
            "xaxis": axis,
            "yaxis": axis,
            "hovermode": "closest",
            "hoverlabel": {
                "bgcolor": ink.surface,
                "bordercolor": ink.grid,
                "font": {"family": FONT, "color": ink.text, "size": 14},
                "align": "left",
            },
            "showlegend": False,
        }
    }
