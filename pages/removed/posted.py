"""What a page of ours sends to be written: from this app's own pages only, as JSON, and no longer than it may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

#: Nothing that is sent is longer: 100,000 rows, each with a class of its own, have about half of it.
MOST_BYTES = 900_000


async def taken(request: Request, what: str, write: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Response:
    """The answer to what was sent, once `write` has written it; `what` it is, in words: "a decision"."""
    from starlette.concurrency import run_in_threadpool

    found = await body(request, what, "application/json")
    if not isinstance(found, bytes):
        return found
    return await run_in_threadpool(answered, lambda: write(_read(found, what)))


async def body(request: Request, what: str, kind: str) -> bytes | Response:
    """The bytes that were sent as a content type, or the answer that refuses them."""
    from starlette.responses import JSONResponse

    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return JSONResponse({"error": f"{what} is taken from this app's own pages only"}, status_code=403)
    if request.headers.get("content-type") != kind:
        return JSONResponse({"error": f"send {what} as {kind}"}, status_code=415)
    found = await _body(request)
    if len(found) > MOST_BYTES:
        return JSONResponse({"error": f"{what} has at most {MOST_BYTES:,} bytes"}, status_code=413)
    return found


def answered(answer: Callable[[], dict[str, Any] | Response]) -> Response:
    """An answer as it is, or as JSON; what is wrong with the question is told in words."""
    from starlette.responses import JSONResponse

    try:
        found = answer()
        return JSONResponse(found, headers={"Cache-Control": "no-store"}) if isinstance(found, dict) else found
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        return JSONResponse({"error": str(error)}, status_code=400)


async def _body(request: Request) -> bytes:
    """What was sent, up to a little more than it may be."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            break
    return body


def _read(body: bytes, what: str) -> Mapping[str, Any]:
    wish = json.loads(body)
    if not isinstance(wish, Mapping):
        raise ValueError(f"{what} is {wish!r}; send an object")
    return wish
