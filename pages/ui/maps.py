"""Where the browser finds what a map draws."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from fdmat_core.projection import Projection
    from fdmat_core.runs.run import Run
    from fdmat_core.spec import Choice


def address(run: Run, method: Choice, projection: Projection) -> str:
    """What is drawn of a run by one of its methods; another address as soon as there is more to draw."""
    known = f"map={projection.kind}&evidence={int(run.evidence is not None)}"
    return f"payload/map/{run.key}/{quote(str(method), safe='')}?{known}"
