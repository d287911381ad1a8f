"""What the map asks the server by itself: what to draw, at `payload/map/<run>/<method>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.map import scene
from pages.shell import caches
from pages.ui import serving

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


def routes() -> list[Route]:
    """What the server answers for the map; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [Route("/payload/map/{run}/{method:path}", _payload)]


def payload(run: str, method: str) -> bytes:
    """What the map draws of a run as one of its methods keeps it.

    Raises
    ------
    ValueError
        There is no such run, or the method has not ranked in it, or its map is not made.
    """
    found = caches.run(run)
    chosen, projection, tables = found.method(method), found.projection, found.tables
    rankings = found.rankings(chosen) if chosen else None
    if chosen is None or rankings is None or projection is None or tables is None:
        raise ValueError(f"run {run} has no map by method {method} yet")
    return scene.Scene(found, chosen, tables[0], projection, rankings).packed()


def _payload(request: Request) -> Response:
    return serving.payload(request, lambda: payload(request.path_params["run"], request.path_params["method"]))
