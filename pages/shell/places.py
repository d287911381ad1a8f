"""Where the pages are, for the router and for everything that leads to one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

ROOT = Path(__file__).resolve().parents[2]
MAP, COMPARE, PRESENT, REMOVED, DUPLICATES, CURVES, BALANCE, DATA, RUNS, METHODS, ABOUT = (
    ROOT / "pages" / name / "page.py"
    for name in (
        *("map", "compare", "present", "removed", "duplicates", "curves", "balance"),
        *("data", "runs", "methods", "about"),
    )
)


def routes() -> list[BaseRoute]:
    """The Map is the first page, whose address is `/`; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [Route("/map", _to_first_page)]


def _to_first_page(request: Request) -> Response:
    from starlette.responses import RedirectResponse

    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")
