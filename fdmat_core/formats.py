"""Numbers as people read and write them, the same in the app, at the terminal and in files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: A value or a spread up to this is what the arithmetic rounds: it stands for 0.
ROUNDING = 1e-7
#: A share below this is 0.0% when it is rounded.
LEAST_SHARE = 0.0005


def words(name: str) -> str:
    """A parameter's name in words: `test_share` is "test share"."""
    return name.replace("_", " ")


def counted(count: int, one: str, many: str) -> str:
    """A count with what is counted: `counted(1, "file is", "files are")` is "1 file is"."""
    return f"{count:,} {one if count == 1 else many}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known name that a wrong one is most like, at the end of a sentence: "; did you mean 'fdmat'?"; "" if none."""
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def some(count: int, total: int, things: str, verb: str = "have") -> str:
    """How many of some things do what a verb says: "1 of 20 rows has"."""
    alone = {"have": "has", "are": "is", "occur": "occurs"}
    return f"{count:,} of {total:,} {things} {alone[verb] if count == 1 else verb}"


def percent(share: float) -> str:
    """A share as a short percentage: 0.1%, 5%, 99.9%."""
    return f"{100 * share:.4g}%"


def portion(part: float, digits: int = 3) -> str:
    """A share of a count as a short percentage: 99.7%. What is not all never reads 100%, what is not none never 0%.

    It is rounded to so many digits of 1, and says so where that would be all or none: > 99.9%, < 0.1%.
    """
    near, least = round(part, digits), 10.0**-digits
    if near <= 0 < part:
        return f"< {percent(least)}"
    if near >= 1 > part:
        return f"> {percent(1 - least)}"
    return percent(near)


def duration(seconds: float) -> str:
    """Seconds in words: 40 s, 3 min, 2 h 5 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def signed(value: float) -> str:
    """A correlation with two digits and a true minus sign."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def number(value: float, unit: str) -> str:
    """A value of a measure as people read it: shares in percent, all else with three digits; a rounding error is 0."""
    if unit.startswith("share"):
        return f"{round(100 * value, 1) + 0.0:.1f}%"  # never -0.0%
    return f"{value:.3g}" if abs(value) > ROUNDING else "0"


def spread(mean: float, sd: float, seeds: int, unit: str) -> str:
    """Mean, sd and count of seeds: 83.3 ± 0.4% (3); no spread where all seeds agree."""
    if seeds < 2 or sd <= ROUNDING:
        return f"{number(mean, unit)} ({seeds})"
    share = unit.startswith("share")
    around = ("< 0.1%" if sd < LEAST_SHARE else number(sd, unit)) if share else f"{sd:.2g}"
    return f"{number(mean, unit).rstrip('%')} ± {around} ({seeds})"


def real(value: Any) -> float:
    """The number that a value is, as a number or as text; a ValueError for all else, also for 1_0, Python's 10."""
    if isinstance(value, str) and "_" in value:
        raise ValueError(f"{value.strip()[:40]!r} is no number")
    return float(value)


def whole(value: Any) -> int:
    """The whole number of 64 bits that a value is, as a number or as text; a ValueError for all else, also for 1.7."""
    text = str(value).strip()
    try:
        number = int(text) if text.lstrip("+-").isdecimal() else real(text)
    except ValueError:
        number = 0.5
    if number % 1 != 0 or not -(2**63) <= number < 2**63:
        raise ValueError(f"{text[:40]!r} is no whole number")
    return int(number)
