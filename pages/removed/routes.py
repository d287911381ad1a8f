"""What the item grid asks the server by itself: its payload, evidence on an item, what was decided, and to decide.

A decision is on the disk before the answer leaves, whatever the page is doing meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fdmat_core.runs import decisions
from fdmat_core.spec import Choice
from pages.removed import evidence, items, posted, scores, sets, views, wishes
from pages.shell import caches
from pages.ui import serving

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

#: How long a name may be that somebody signs decisions with, or that a browser gives its session.
NAME = 60


def routes() -> list[Route]:
    """What the server answers besides pages and pictures; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [
        Route("/payload/grid/{run}/{method:path}", _payload),
        Route("/payload/score/{run}/{name:path}", _score),
        Route("/evidence/{run}/{item}", _evidence),
        Route("/decisions/{run}", _changes, methods=["GET"]),
        Route("/decisions/{run}", _write, methods=["POST"]),
        Route("/like/{run}", _like, methods=["POST"]),
        *sets.routes(),
        *views.routes(),
    ]


def payload(run: str, method: str) -> bytes:
    """What the grid draws of a run as one of its methods prunes it; a ValueError if that is not there."""
    found = caches.run(run)
    chosen = found.method(method)
    rankings = found.rankings(chosen) if chosen else None
    if chosen is None or rankings is None:
        raise ValueError(f"run {run} has not ranked by method {method} yet")
    return items.Items(found, chosen, rankings).packed()


def changes(run: str, after: int) -> dict[str, Any]:
    """What was decided about the items of a run's dataset since a decision's number."""
    last, found = decisions.changes(dataset_key(run), after)
    lines = [(str(one.item), one.decision, one.label, one.author) for one in found.itertuples()]
    return {"last": last, "changes": lines}


def write(run: str, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Write a decision on one item or on many, or with `{"undo": true}` take the session's last step back.

    Answers with how many items that was, the first of them, and what that has now. A wish with an `id` is taken once,
    however often it comes.

    Raises
    ------
    ValueError
        An unknown item, decision or class; nothing is written then.
    """
    author = str(wish.get("author") or "me")[:NAME]
    dataset, session, request = dataset_key(run), _name(wish, "session"), _name(wish, "id")
    if wish.get("undo"):
        items = decisions.undo(dataset, session, request)
        return {"item": None, "count": 0} if not items else _told(items) | _now(dataset, items[0])
    if changed := caches.changed(caches.run(run)):
        raise ValueError(f"{changed}: no decision is taken; make a run of what lies there now, then decide")
    found = wishes.read(caches.run(run), wish, author, session)
    decisions.decide_all(dataset, found, request=request)
    return _told([one.item for one in found]) | {"decision": found[0].decision, "label": found[0].label}


def _told(items: Sequence[int]) -> dict[str, Any]:
    return {"item": str(items[0]), "count": len(items)}


def _name(wish: Mapping[str, Any], what: str) -> str:
    """A name in a wish as text; one that is too long is none."""
    text = str(wish.get(what) or "")
    if len(text) > NAME:
        raise ValueError(f"{what} has {len(text):,} letters; give at most {NAME}")
    return text


def dataset_key(run: str) -> str:
    """The name under which decisions about a run's items are kept: runs on the same data share them."""
    return caches.data_key(caches.run(run))


def _now(dataset: str, item: int) -> dict[str, str]:
    found = decisions.current(dataset)
    mine = found[found["item"] == item]
    return {name: mine[name].iloc[0] if len(mine) else "" for name in ("decision", "label")}


def _payload(request: Request) -> Response:
    return serving.payload(request, lambda: payload(request.path_params["run"], request.path_params["method"]))


def _score(request: Request) -> Response:
    asked = request.path_params
    return serving.payload(request, lambda: scores.packed(caches.run(asked["run"]), asked["name"]))


async def _like(request: Request) -> Response:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse, Response

    picture = await posted.body(request, "a picture", "application/octet-stream")
    if not isinstance(picture, bytes):
        return picture
    try:
        found = await run_in_threadpool(lambda: scores.like_picture(caches.run(request.path_params["run"]), picture))
    except ValueError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    return Response(found, media_type="application/octet-stream", headers={"Cache-Control": "no-store"})


def _evidence(request: Request) -> Response:
    asked = request.query_params

    def answer() -> dict[str, Any]:
        run = caches.run(request.path_params["run"])
        method = run.method(asked.get("method")) or Choice("?")
        return evidence.card(run, method, float(asked.get("kept", 1)), int(request.path_params["item"]))

    return posted.answered(answer)


def _changes(request: Request) -> Response:
    return posted.answered(lambda: changes(request.path_params["run"], int(request.query_params.get("after", 0))))


async def _write(request: Request) -> Response:
    return await posted.taken(request, "a decision", lambda wish: write(request.path_params["run"], wish))
