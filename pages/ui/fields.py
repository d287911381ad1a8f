"""The text or the fields of items without pictures, asked for while they are on screen: `/words/<run>?items=1,2`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fdmat_core.analysis import fields
from fdmat_core.runs.run import Run
from fdmat_core.web import payload
from pages.shell import caches

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

#: At most so many items are told about in one answer.
MOST = 200


def routes() -> list[BaseRoute]:
    """What the server answers about fields; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [Route("/words/{run}", _words)]


def address(run: Run) -> str:
    """Where the words of a run's items are, seen from a page; "" if they have pictures, or no fields."""
    train = caches.train(run)
    return f"words/{run.key}" if train.fields and not train.images else ""


def search_address(run: Run) -> str:
    """Where texts are looked for in the fields of a run's items, seen from a page; "" if they have none."""
    return f"words/{run.key}" if caches.train(run).fields else ""


def words(run: Run, items: list[int]) -> dict[str, dict[str, str]]:
    """What stands for some items, in short and in full, by id as text."""
    train = caches.train(run)
    rows = train.rows_of(items[:MOST]).tolist() if items else []
    return {
        str(item): {"short": fields.short(train, row), "full": fields.full(train, row)}
        for item, row in zip(items, rows, strict=False)
    }


def found(run: Run, text: str) -> str:
    """The rows of which some field holds a text, as the browser names rows."""
    return payload.bits_of(fields.matching(caches.searchable(run), text), len(caches.train(run).ids))


def _words(request: Request) -> Response:
    from starlette.responses import JSONResponse

    try:
        return JSONResponse(_answer(caches.run(request.path_params["run"]), request.query_params))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)


def _answer(run: Run, asked: Any) -> dict[str, Any]:
    if "text" in asked:
        return {"rows": found(run, asked["text"])}
    return {"items": words(run, [int(item) for item in asked.get("items", "").split(",") if item])}
