"""What the grid asks about saved views: which there are, to save one, to delete one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fdmat_core.runs import views
from fdmat_core.runs.run import Run
from pages.removed import posted
from pages.shell import caches

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route


def routes() -> list[Route]:
    """What the server answers about views; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [Route("/views/{run}", _told, methods=["GET"]), Route("/views/{run}", _write, methods=["POST"])]


def told(run: Run) -> dict[str, Any]:
    """The stored views of a run's data."""
    return {"views": [{"name": one.name, "words": one.words} for one in views.listed(caches.data_key(run))]}


def write(run: Run, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Store the view of a wish, or delete the one that it names under `delete`; answers with the views there are then.

    Raises
    ------
    ValueError
        A name that is taken or none, or words that are no view; nothing is written then.
    """
    if "delete" in wish:
        views.delete(caches.data_key(run), str(wish["delete"]))
    else:
        words = wish.get("words")
        if not isinstance(words, Mapping):
            raise ValueError(f"words is {words!r}; send what is seen as an object")
        views.save(caches.data_key(run), views.view(str(wish.get("name") or ""), words))
    return told(run)


def _told(request: Request) -> Response:
    return posted.answered(lambda: told(caches.run(request.path_params["run"])))


async def _write(request: Request) -> Response:
    return await posted.taken(request, "a view", lambda wish: write(caches.run(request.path_params["run"]), wish))
