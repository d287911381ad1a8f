"""What tells two results apart: their settings, and their measures with how certain the difference is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from fdmat_core import registry, sizes
from fdmat_core.formats import ROUNDING, number, percent, spread, words
from fdmat_core.registry import Entry, MeasureFacts, MethodFacts
from fdmat_core.spec import Choice, Spec

if TYPE_CHECKING:
    import pandas

#: The certainty of the intervals.
CERTAINTY = 0.95


class Values(NamedTuple):
    """A measure of one method at one size: the mean of its values, and their sd (None for one value)."""

    mean: float
    sd: float | None
    draws: int  # how many values: training seeds or random draws
    kept: float  # the share kept that was measured


@dataclass(frozen=True)
class Difference:
    """A measure of two methods at one size, and by how much the second lies above the first."""

    a: Values
    b: Values
    low: float | None  # the interval of the difference; None where a side has one value, or neither has a spread
    high: float | None

    @property
    def value(self) -> float:
        """The mean of the second minus that of the first."""
        return self.b.mean - self.a.mean

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > ROUNDING or self.high < -ROUNDING)


class Setting(NamedTuple):
    """One setting that two results do not share, in words."""

    name: str
    a: str
    b: str


def read(
    a: pandas.DataFrame, b: pandas.DataFrame, methods: tuple[str, str], kept: float, planned: Sequence[Sequence[float]]
) -> Difference | None:
    """Read one measure of two methods next to a share kept; None where one has no point there yet.

    Parameters
    ----------
    a, b
        Summaries of that measure in the runs of the two methods: see `summary.by_size`.
    planned
        The shares kept that each run will measure: see `sizes.neighbour`.
    """
    tables = [table[table["method"] == name] for table, name in zip((a, b), methods, strict=True)]
    shares = set(tables[0]["kept"]) & set(tables[1]["kept"])
    near = sizes.neighbour(shares, kept, set(planned[0]) & set(planned[1]))
    if near is None:
        return None
    one, other = (_values(table[table["kept"] == near].iloc[0]) for table in tables)
    return Difference(one, other, *_interval(one, other))


def between(a: pandas.Series[float], b: pandas.Series[float], kept: float) -> Difference | None:
    """The difference between some values of one measure and others, at a share kept; None where a side has none."""
    if a.empty or b.empty:
        return None
    one, other = (Values(float(v.mean()), float(v.std()) if len(v) > 1 else None, len(v), kept) for v in (a, b))
    return Difference(one, other, *_interval(one, other))


def said(values: Values, facts: MeasureFacts) -> str:
    """A side's mean and sd: 83.3 ± 0.4% (3); see `formats.spread`."""
    return spread(values.mean, values.sd or 0.0, values.draws, facts.unit)


def apart(found: Difference, facts: MeasureFacts) -> str:
    """The difference with its interval, shares in points: +1.2 points [0.4, 2.0]."""
    share = facts.unit.startswith("share")

    def signed(value: float) -> str:
        text = f"{100 * value:+.1f}" if share else f"{value:+.3g}"
        return "0" if abs(value) <= ROUNDING else text.replace("-", "−")

    unit = " points" if share else ""
    if found.low is None or found.high is None:
        return f"{signed(found.value)}{unit}"
    return f"{signed(found.value)}{unit} [{signed(found.low)}, {signed(found.high)}]"


def verdict(found: Difference, facts: MeasureFacts) -> str:
    """Who is better, in words, as far as that is certain."""
    if found.low is None:
        if found.a.sd is not None and found.b.sd is not None:
            return "the same on every seed, no interval"
        return f"one value {'each' if found.a.draws == found.b.draws == 1 else 'on a side'}, no interval"
    if not found.clear:
        return "no clear difference"
    return f"{'B' if (found.value > 0) is (facts.better == 'higher') else 'A'} is better"


def band(table: pandas.DataFrame, kept: float, facts: MeasureFacts) -> str:
    """What random subsets reach at a measured size, from the lowest to the highest: 0.031 to 0.034 (10)."""
    rows = table[(table["method"] == "random") & (table["kept"] == kept)]
    if rows.empty:
        return "–"
    row = rows.iloc[0]
    ends = [number(float(row[name]), facts.unit) for name in ("low", "high")]
    return ends[0] if row["seeds"] == 1 else f"{ends[0]} to {ends[1]} ({int(row['seeds'])})"


def settings(a: Spec, b: Spec) -> list[Setting]:
    """What differs between the settings of two runs but for their methods; nothing for one run."""
    found = [
        Setting("Corruption", *(registry.corruptions.title(spec.corruption) for spec in (a, b))),
        Setting("Features from", *(registry.backbones.title(spec.backbone) for spec in (a, b))),
        Setting("Places by class", *(words(spec.balance) for spec in (a, b))),
        Setting("Begins with", *(str(spec.chosen or "nothing") for spec in (a, b))),
        Setting("Training seeds", *(str(spec.seeds) for spec in (a, b))),
        Setting("Random subsets", *(str(spec.band) for spec in (a, b))),
        Setting("Sizes measured", *(", ".join(map(percent, sorted(spec.fractions))) for spec in (a, b))),
        Setting("Measures", *(", ".join(map(registry.measures.title, spec.measures)) for spec in (a, b))),
    ]
    return [one for one in found if one.a != one.b]


def choices(a: Choice, b: Choice) -> list[Setting]:
    """What differs between two methods: of variants their parameters, of others what they are and read."""
    one, other = (registry.methods.get(choice.name) for choice in (a, b))
    if a.name == b.name:
        given = [one.read(dict(choice.params)) for choice in (a, b)]
        return [Setting(one.names[name], *(_value(values[name]) for values in given)) for name in _unlike(*given)]
    facts = [entry.facts for entry in (one, other)]
    found = [
        Setting("Family", *(fact.family for fact in facts)),
        Setting("Keeps", *(fact.keeps for fact in facts)),
        Setting("Reads", *(", ".join(fact.needs) or "nothing" for fact in facts)),
        Setting("Order", *("one for all sizes" if fact.nested else "one for each size" for fact in facts)),
        Setting("Settings", *(_given(entry, it) for entry, it in ((one, a), (other, b)))),
    ]
    return [setting for setting in found if setting.a != setting.b]


def _values(row: Any) -> Values:
    count = int(row["seeds"])
    return Values(float(row["mean"]), float(row["sd"]) if count > 1 else None, count, float(row["kept"]))


def _interval(a: Values, b: Values) -> tuple[float, float] | tuple[None, None]:
    """Welch's interval of the difference of two means; none without a spread, as that says nothing of other data."""
    if a.sd is None or b.sd is None:
        return None, None
    from scipy.stats import t

    parts = [one.sd**2 / one.draws for one in (a, b) if one.sd is not None]
    error, middle = math.sqrt(sum(parts)), b.mean - a.mean
    if error <= ROUNDING:
        return None, None
    freedom = sum(parts) ** 2 / sum(part**2 / (one.draws - 1) for part, one in zip(parts, (a, b), strict=True))
    reach = float(t.ppf((1 + CERTAINTY) / 2, freedom)) * error
    return middle - reach, middle + reach


def _unlike(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    return [name for name in a if a[name] != b[name]]


def _given(entry: Entry[MethodFacts], choice: Choice) -> str:
    values = entry.read(dict(choice.params))
    return ", ".join(f"{entry.names[name]} {_value(value)}" for name, value in values.items()) or "none"


def _value(value: Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value) or "none"
