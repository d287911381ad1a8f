"""The axes of a drawn figure: from values to pixels, and which values get a tick."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fdmat_core.formats import percent

#: Pixels between ticks that an axis finds by itself.
PITCH = 70


@dataclass(frozen=True)
class Axis:
    """One axis of a figure.

    Its low end lies at pixel `start`, its high end at `end`. A logarithmic axis counts in exponents, one of names in
    their places.
    """

    facts: Mapping[str, Any]  # as plotly writes them, with those of the template
    low: float
    high: float
    start: float
    end: float
    names: tuple[str, ...] = ()

    @property
    def log(self) -> bool:
        """Whether the scale is logarithmic."""
        return self.facts.get("type") == "log"

    def at(self, value: Any) -> float:
        """The pixel of a value in the units of the data."""
        if self.names:
            return self.pixel(self.names.index(str(value)) if isinstance(value, str) else float(value))
        return self.pixel(math.log10(value) if self.log else float(value))

    def pixel(self, place: float) -> float:
        """The pixel of a place in the units of the axis itself: exponents, or places of names."""
        return self.start + (place - self.low) / ((self.high - self.low) or 1) * (self.end - self.start)

    def inside(self, pixel: float) -> bool:
        """Whether a pixel lies on the axis, or less than one beside it."""
        return min(self.start, self.end) - 1 <= pixel <= max(self.start, self.end) + 1

    def ticks(self) -> list[tuple[float, str]]:
        """Where ticks stand, in pixels, and what is written there; lines are parted by <br>."""
        if self.names:
            suffix = self.facts.get("ticksuffix", "")
            return [(self.pixel(place), f"{name}{suffix}") for place, name in enumerate(self.names)]
        values = self.facts.get("tickvals")
        if values is not None:
            texts = self.facts.get("ticktext") or [_written(value, "") for value in values]
            found = [(self.at(value), str(text)) for value, text in zip(values, texts, strict=True)]
        elif self.log:
            found = [(self.pixel(power), f"{10.0**power:g}") for power in _whole(self.low, self.high)]
        else:
            step = _step(self)
            found = [
                (self.at(value), _written(value, self.facts.get("tickformat", ""))) for value in _round(self, step)
            ]
        return [(pixel, text) for pixel, text in found if self.inside(pixel)]


def of(facts: Mapping[str, Any], values: Sequence[Any], ends: tuple[float, float], *, zero: bool = False) -> Axis:
    """An axis between two pixels for some values; its facts may name a range, or else it shows all of them.

    Parameters
    ----------
    zero
        Whether 0 must be on it, as for bars.
    """
    names = tuple(dict.fromkeys(map(str, values))) if _of_names(facts, values) else ()
    low, high = _range(facts, values, names, zero)
    if facts.get("autorange") == "reversed":
        low, high = high, low
    return Axis(facts, low, high, *ends, names)


def _of_names(facts: Mapping[str, Any], values: Sequence[Any]) -> bool:
    return facts.get("type") == "category" or any(isinstance(value, str) for value in values)


def _range(facts: Mapping[str, Any], values: Sequence[Any], names: Sequence[str], zero: bool) -> tuple[float, float]:
    if facts.get("range") is not None:
        low, high = facts["range"]
        return float(low), float(high)
    if names:
        return -0.5, len(names) - 0.5
    log = facts.get("type") == "log"
    there = [float(value) for value in values if value is not None and not math.isnan(value) and (value > 0 or not log)]
    there = [math.log10(value) for value in there] if log else [*there, *([0.0] if zero else [])]
    low, high = (min(there), max(there)) if there else (0.0, 1.0)
    room = 0.06 * (high - low) or 0.5
    return low - room * (not zero or low < 0), high + room


def _step(axis: Axis) -> float:
    """A round distance between ticks: 1, 2 or 5 times a power of ten."""
    most = int(axis.facts.get("nticks") or max(2, abs(axis.end - axis.start) / PITCH))
    least = abs(axis.high - axis.low) / max(1, most) or 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * 0.999)


def _round(axis: Axis, step: float) -> list[float]:
    low, high = sorted((axis.low, axis.high))
    return [place * step for place in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _whole(low: float, high: float) -> range:
    return range(math.ceil(min(low, high) - 1e-9), math.floor(max(low, high) + 1e-9) + 1)


def _written(value: float, form: str) -> str:
    """A value at a tick, in the forms that our figures ask for."""
    if form.endswith("%"):
        return percent(round(value, 6))
    return f"{value:,.0f}" if form == ",d" else f"{round(value, 10) + 0.0:.6g}".replace("-", "−")
