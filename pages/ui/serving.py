"""What the app serves besides its pages, and the components that ask for it: see `fdmat_core.web`.

A component's script only imports a module from `web/<version>/`, and its data name the address of a
payload: a browser keeps both, so nothing large passes through the websocket. Addresses are relative to the page, which
holds behind any base path.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.components import v2

from fdmat_core import errors
from fdmat_core.web import files
from pages.shell import doors

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

#: What a question raises that cannot be answered, and what a store raises that cannot be read now.
QUESTION = (ValueError, TypeError, LookupError, OverflowError, RecursionError)
LOG = logging.getLogger("fdmat")


class _Stranger(Exception):
    """Who asks must log in first."""


EXPECTED = (*QUESTION, OSError, MemoryError, _Stranger)
#: Bytes of a payload that leave together.
BLOCK = 1 << 18
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
#: Of two lines, because Streamlit takes a script of one line for the name of a file.
SCRIPT = """const at = new URL("web/{version}/{module}", document.baseURI)
export default (await import(at.href)).default"""


def component(name: str, module: str) -> Callable[..., Any]:
    """The Streamlit component that a module of the web library exports; its data name the address of a payload."""
    return v2.component(name, js=SCRIPT.format(version=files.version(), module=module))


def heard(key: str) -> dict[str, Any]:
    """What the component of a key has told by now, by name."""
    return st.session_state.get(key) or {}


def routes() -> list[Route]:
    """The modules and styles of the web library; for `st.App(routes=...)`."""
    from starlette.routing import Route

    return [Route("/web/{version}/{name:path}", _file)]


def under_base(routes: Iterable[Route]) -> list[Route]:
    """Routes below the path that Streamlit serves from (`server.baseUrlPath`), each with `careful`."""
    from starlette.routing import Route

    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    at = f"/{base}" if base else ""
    return [Route(f"{at}{one.path}", careful(one.endpoint), methods=one.methods) for one in routes]


def careful(endpoint: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """An endpoint that answers a question that cannot be with 400, and a store that refuses with 503.

    Both in words, with one line in the log and no traceback. Who must log in and has not gets 401.
    """
    if inspect.iscoroutinefunction(endpoint):

        async def answered_later(request: Request) -> Response:
            try:
                return await endpoint(_let_in(request))
            except EXPECTED as error:
                return _told(request, error)

        return answered_later

    def answered(request: Request) -> Response:
        try:
            return endpoint(_let_in(request))
        except EXPECTED as error:
            return _told(request, error)

    return answered


def _let_in(request: Request) -> Request:
    if not doors.is_logged_in(request.cookies):
        raise _Stranger("log in first")
    return request


def _told(request: Request, error: Exception) -> Response:
    from starlette.responses import JSONResponse

    status = 401 if isinstance(error, _Stranger) else 400 if isinstance(error, QUESTION) else 503
    text = " ".join(errors.plain(error).split())[:400]
    LOG.warning("%d %r: %s: %s", status, request.url.path[:80], type(error).__name__, text[:200])
    return JSONResponse({"error": text}, status_code=status, headers={"Cache-Control": "no-store"})


def payload(request: Request, make: Callable[[], bytes]) -> Response:
    """A payload that the browser keeps and asks about again: 304 if it has the same; 404 in words if there is none.

    It leaves block by block, deflated if the browser reads that, so that the picture can begin with what has come.
    """
    from starlette.responses import PlainTextResponse, Response, StreamingResponse

    try:
        body = make()
    except (ValueError, OverflowError) as error:
        return PlainTextResponse(str(error), status_code=404)
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return StreamingResponse(deflated(body), media_type="application/octet-stream", headers=headers)
    headers["Content-Encoding"] = "identity"  # else Streamlit would deflate it whole
    return Response(body, media_type="application/octet-stream", headers=headers)


def deflated(body: bytes) -> Iterator[bytes]:
    """The blocks of a gzip file of these bytes, each as soon as it is made; the same bytes give the same file."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for start in range(0, len(body), BLOCK):
        yield packer.compress(body[start : start + BLOCK])
    yield packer.flush()


def _file(request: Request) -> Response:
    from starlette.responses import Response

    name = request.path_params["name"]
    body = files.contents().get(name)
    if body is None or request.path_params["version"] != files.version():
        return Response(status_code=404)
    return Response(body, media_type=files.TYPES[name[name.rindex(".") :]], headers=FOREVER)
