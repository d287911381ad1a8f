"""What the comparison asks the server by itself: what to draw, at `payload/compare/<run>?a=&b=&run_b=`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.compare import pair
from pages.shell import caches
from pages.ui import serving

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


def routes() -> list[Route]:
    """What the server answers for the comparison; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [Route("/payload/compare/{run}", _payload)]


def payload(run: str, a: str, b: str, run_b: str) -> bytes:
    """What the two maps draw of a method of a run and a method of it or of another run.

    Raises
    ------
    ValueError
        There is no such run, or a method has not ranked in it, or its map is not made.
    """
    runs = caches.run(run), caches.run(run_b or run)
    chosen = [found.method(name) for found, name in zip(runs, (a, b), strict=True)]
    for found, choice, name in zip(runs, chosen, (a, b), strict=True):
        if choice is None or found.rankings(choice) is None:
            raise ValueError(f"run {found.key} has no ranking by method {name!r} yet")
    one, other = (choice for choice in chosen if choice is not None)
    return pair.of((runs[0], one), (runs[1], other)).packed()


def _payload(request: Request) -> Response:
    asked = request.query_params
    names = asked.get("a", ""), asked.get("b", ""), asked.get("run_b", "")
    return serving.payload(request, lambda: payload(request.path_params["run"], *names))
