"""What the app serves besides its pages, and the components that ask for it: see `fdmat_core.web`.

A component's script only imports a module from `web/<version>/`, and its data name the address of a
payload: a browser keeps both, so nothing large passes through the websocket. Addresses are relative to the page, which
holds behind any base path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.components import v2

from fdmat_core.web import files

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

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
    """Routes below the path that Streamlit serves from (`server.baseUrlPath`)."""
    from starlette.routing import Route

    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return [Route(f"/{base}{one.path}", one.endpoint, methods=one.methods) if base else one for one in routes]


def payload(request: Request, make: Callable[[], bytes]) -> Response:
    """A payload that the browser keeps and asks about again: 304 if it has the same; 404 in words if there is none."""
    from starlette.responses import PlainTextResponse, Response

    try:
        body = make()
    except (ValueError, OverflowError) as error:
        return PlainTextResponse(str(error), status_code=404)
    tag = f'"{hashlib.blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Content-Encoding": "identity"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/octet-stream", headers=headers)


def _file(request: Request) -> Response:
    from starlette.responses import Response

    name = request.path_params["name"]
    body = files.contents().get(name)
    if body is None or request.path_params["version"] != files.version():
        return Response(status_code=404)
    return Response(body, media_type=files.TYPES[name[name.rindex(".") :]], headers=FOREVER)
