"""How the figures of a run are dressed on this person's background."""

from __future__ import annotations

from fdmat_core.figures import theme
from fdmat_core.report import naming
from fdmat_core.runs import library
from fdmat_core.runs.run import Run
from fdmat_core.spec import Spec
from pages.shell.frame import dark

heading = naming.heading


def look(spec: Spec) -> theme.Look:
    """How the figures of a run are dressed, on the background that this person chose."""
    return naming.look(spec, dark=dark())


def short(run: Run) -> str:
    """The same for where it may be cut off: what was done to the data stands before what the data is."""
    data, *rest = heading(run.spec).split(" · ")
    damage = [rest.pop(0)] if run.spec.corruption.name != "none" else []
    return " · ".join(filter(None, (library.name(run.key), *damage, data, *rest)))


def title(run: Run) -> str:
    """What a run is called: its name, if people gave it one, and what it is of."""
    return " · ".join(filter(None, (library.name(run.key), heading(run.spec))))
