"""Where the browser finds what a map draws, and how it is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from pages.shell import state

if TYPE_CHECKING:
    from fdmat_core.projection import Projection
    from fdmat_core.runs.run import Run
    from fdmat_core.spec import Choice


class View(NamedTuple):
    """How a map is seen, in the words of `fdmat_core/web/map/view.js`."""

    run: str = ""  # that the words are about
    words: Mapping[str, str] = {}  # what is as usual is left out
    link: Mapping[str, str] = {}  # what those are called in the link that have another name there


USUAL = View()


def seen(run: Run) -> View:
    """How the session sees the map of a run."""
    return View(run.key, state.view(), {name: word for name, word in state.VIEW.items() if name != word})


def address(run: Run, method: Choice, projection: Projection) -> str:
    """What is drawn of a run by one of its methods; another address as soon as there is more to draw."""
    known = f"map={projection.kind}&evidence={int(run.evidence is not None)}"
    return f"payload/map/{run.key}/{quote(str(method), safe='')}?{known}"
