"""What the grid asks about named sets of items: which there are, their rows and files, to save one, to delete one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fdmat_core.report import naming
from fdmat_core.runs import exchange, sets
from fdmat_core.runs.run import Run
from pages.removed import posted, wishes
from pages.shell import caches
from pages.ui import item_sets

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

#: The files that a set can be taken away as, by their endings.
TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json", ".txt": "text/plain; charset=utf-8"}


def routes() -> list[Route]:
    """What the server answers about sets; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [
        Route("/sets/{run}", _told, methods=["GET"]),
        Route("/sets/{run}", _write, methods=["POST"]),
        Route("/sets/{run}/rows", _rows),
        Route("/sets/{run}/file", _file),
    ]


def told(run: Run, other: str = "") -> dict[str, Any]:
    """The stored sets of a run's data: name, how many items, where they came from, and how many another has, too."""
    found = sets.listed(caches.data_key(run))
    theirs = {item for one in found if one.name == other for item in one.ids}
    facts = [{"name": one.name, "count": len(one.ids), "origin": one.origin} for one in found]
    shared = [{"shared": len(theirs.intersection(one.ids))} if theirs else {} for one in found]
    return {"sets": [fact | both for fact, both in zip(facts, shared, strict=True)]}


def write(run: Run, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Store the set of a wish, or delete the one that it names under `delete`; answers with the sets there are then.

    A wish for a set has a `name`, an `origin` in words, and `rows`, `count` and `first` as decisions have them.

    Raises
    ------
    ValueError
        A name that is taken or none, or rows that are not those of this run; nothing is written then.
    """
    if "delete" in wish:
        sets.delete(caches.data_key(run), str(wish["delete"]))
    else:
        items = wishes.items_of(run, wish)
        one = sets.of_items(run, str(wish.get("name") or ""), items, str(wish.get("origin") or ""))
        sets.save(caches.data_key(run), one)
    return told(run)


def content(run: Run, name: str, ending: str) -> bytes:
    """A stored set as a file of an ending of `TYPES`."""
    if ending not in TYPES:
        raise ValueError(f"ending is {ending!r}; choose {', '.join(TYPES)}")
    return exchange.content(sets.table(run, sets.load(caches.data_key(run), name)), ending)


def _told(request: Request) -> Response:
    run, other = request.path_params["run"], request.query_params.get("with", "")
    return posted.answered(lambda: told(caches.run(run), other))


async def _write(request: Request) -> Response:
    return await posted.taken(request, "a set", lambda wish: write(caches.run(request.path_params["run"]), wish))


def _rows(request: Request) -> Response:
    run, name = request.path_params["run"], request.query_params.get("name", "")
    return posted.answered(lambda: {"rows": item_sets.bits(caches.run(run), name)})


def _file(request: Request) -> Response:
    from starlette.responses import Response

    name, ending = request.query_params.get("name", ""), request.query_params.get("ending", ".csv")

    def answer() -> Response:
        body = content(caches.run(request.path_params["run"]), name, ending)
        file = f"set-{naming.slug(name) or 'items'}{ending}"
        headers = {"Content-Disposition": f'attachment; filename="{file}"', "Cache-Control": "no-store"}
        return Response(body, media_type=TYPES[ending], headers=headers)

    return posted.answered(answer)
