"""How the figures of a run are dressed on this person's background."""

from __future__ import annotations

from functools import partial

from fdmat_core import registry
from fdmat_core.analysis import differences
from fdmat_core.figures import theme
from fdmat_core.report import naming
from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Choice, Spec
from pages.shell.frame import dark

heading = naming.heading
#: Settings whose words are too long to tell runs apart by.
LONG = ("Measures", "Sizes measured")
#: What a run is called to which nothing was done on purpose, beside one to which something was.
UNHARMED = "not corrupted"


def look(spec: Spec) -> theme.Look:
    """How the figures of a run are dressed, on the background that this person chose."""
    return naming.look(spec, dark=dark())


def short(run: Run) -> str:
    """The same for where it may be cut off: what was done to the data stands before what the data is."""
    data, *rest = heading(run.spec).split(" · ")
    damage = [rest.pop(0)] if run.spec.corruption.name != "none" else []
    return " · ".join(filter(None, (library.name(run.key), *damage, data, *rest)))


def apart(one: Spec, other: Spec) -> tuple[str, str]:
    """What two runs are called beside each other: their names, the first setting in which they differ, or their keys.

    Of runs on the same data.
    """
    names = library.name(one.key), library.name(other.key)
    if all(names):
        return names
    differ = [setting for setting in differences.settings(one, other) if setting.name not in LONG]
    words = map(partial(_setting, differ[0].name), differ[0][1:]) if differ else (one.key[:6], other.key[:6])
    first, second = (name or word for name, word in zip(names, words, strict=True))
    return first, second


def _setting(name: str, value: str) -> str:
    if name == "Corruption":
        return UNHARMED if value == registry.corruptions.title(Choice("none")) else value
    return value if name == "Features from" else f"{name.lower()}: {value}"


def title(run: Run) -> str:
    """What a run is called: its name, if people gave it one, and what it is of."""
    return " · ".join(filter(None, (library.name(run.key), heading(run.spec))))
