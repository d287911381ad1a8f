"""Who may come in: the names that the app answers to, the pages that may ask it, a token if one is set, and how much is
taken in.

A page of somebody else, open in the same browser, could ask an app on this machine under a name of its own that leads
here (DNS rebinding); it ends here, before any route and before the websocket.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st

if TYPE_CHECKING:
    from starlette.datastructures import Headers
    from starlette.middleware import Middleware
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The environment variables that name further hosts, with commas between them, and the token.
HOSTS, TOKEN = "FDMAT_HOSTS", "FDMAT_TOKEN"
#: The environment variable that says that people must log in by `st.login`.
LOGIN = "FDMAT_LOGIN"
#: No request but an upload, which Streamlit limits itself (`server.maxUploadSize`), has more bytes.
MOST_BYTES = 1_000_000
UPLOAD, HEALTH = "/_stcore/upload_file/", "/_stcore/health"
LOG = logging.getLogger("fdmat")


def middleware() -> list[Middleware]:
    """For `st.App(middleware=...)`."""
    from starlette.middleware import Middleware

    return [Middleware(Doors)]


class Doors:
    """The ASGI application around all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] not in ("http", "websocket") or scope["path"] == scope.get("root_path", "") + HEALTH:
            await self._app(scope, receive, send)
        elif answer := _answer(scope):
            await _say(answer, scope, receive, send)
        elif scope["type"] == "websocket" or UPLOAD in scope["path"]:
            await self._app(scope, receive, send)
        else:
            await self._limited(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in as long as it is not too large, whatever it says about its length."""
        taken, begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BYTES:
                raise TooMuch
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except TooMuch:
            if not begun:
                await _say(_too_much(), scope, receive, send)


class TooMuch(Exception):
    """A request goes on and on."""


def log_in() -> None:
    """Ask for a login before a page is drawn, if people must log in."""
    if os.environ.get(LOGIN) and not st.user.get("is_logged_in"):
        st.header("This app is for people who log in.", anchor=False)
        st.button("Log in", type="primary", on_click=st.login, icon=":material/login:")
        st.stop()


def is_logged_in(cookies: dict[str, str]) -> bool:
    """Whether a browser may ask what is no page: its user is logged in, or nobody has to be."""
    if not os.environ.get(LOGIN):
        return True
    import json

    from streamlit.web.server.starlette import starlette_websocket
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    signed = starlette_websocket._get_signed_cookie_with_chunks  # pyright: ignore[reportPrivateUsage]
    value = signed(cookies, USER_COOKIE_NAME)
    return bool(value and json.loads(value).get("is_logged_in"))


def _answer(scope: Scope) -> Any | None:
    """What a request gets instead of what it asks for; None if it may come in."""
    from starlette.datastructures import Headers

    headers = Headers(scope=scope)
    if why := _stranger(headers):
        return _refusal(403, why)
    if (token := os.environ.get(TOKEN)) and not _has(token, headers):
        return _welcome(token, scope) or _refusal(401, "this app wants a token: open the link that ends in ?token=...")
    length = headers.get("content-length", "0")
    if UPLOAD not in scope["path"] and (not length.isdecimal() or int(length[:20]) > MOST_BYTES):
        return _too_much()
    return None


def _too_much() -> Any:
    return _refusal(413, f"a request has at most {MOST_BYTES:,} bytes")


def _stranger(headers: Headers) -> str:
    """Why a request comes from where nobody should ask; "" if it does not."""
    host = headers.get("host", "")
    if not _is_ours(_name(f"//{host}")):
        return f"host {host[:80]!r} is not one of this app; add it by `fdmat app --host NAME` or {HOSTS}"
    origin = headers.get("origin")
    if origin is None or _place(origin) == host.lower() or _is_added(_name(origin)):
        return ""
    return f"origin {origin[:80]!r} is not this app; add it by `fdmat app --host NAME` or {HOSTS}"


def _place(address: str) -> str:
    """The host and port of an address in small letters; "" if it is none."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _name(address: str) -> str:
    """The host of an address in small letters, without its port; "" if it is none, or names a user."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # a ValueError if it is no number
    except ValueError:
        return ""
    plain = parts.username is None and not parts.query and not parts.fragment and parts.path in ("", "/")
    return (parts.hostname or "").rstrip(".") if plain else ""


def _is_ours(name: str) -> bool:
    """Whether the app answers to a name: this machine's own, the address it listens on, and what people added."""
    if name == "localhost" or name.endswith(".localhost") or _is_added(name):
        return True
    number, listens = _number(name), (st.get_option("server.address") or "").lower()
    if number is None:
        return bool(name) and name == listens
    return number.is_loopback or listens in ("", "0.0.0.0", "::", name)  # no name leads astray to a number


def _is_added(name: str) -> bool:
    """Whether people added a name, or with a dot before it all names below it."""
    listed = os.environ.get(HOSTS, "").split(",") + list(st.get_option("server.allowedHosts") or ())
    added = [one.strip().lower().removeprefix("*").rstrip(".") for one in listed]
    return bool(name) and any(name == one or (one.startswith(".") and name.endswith(one)) for one in added if one)


def _number(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _has(token: str, headers: Headers) -> bool:
    """Whether a browser was let in before."""
    from starlette.requests import cookie_parser

    given = cookie_parser(headers.get("cookie", "")).get(_cookie(token), "")
    return hmac.compare_digest(given.encode(), _pass(token).encode())


def _pass(token: str) -> str:
    """What stands for a token in a cookie."""
    return hashlib.sha256(f"fdmat {token}".encode()).hexdigest()


def _cookie(token: str) -> str:
    """Apps with other tokens on this machine have other cookies."""
    return f"fdmat_{_pass(token)[:8]}"


def _welcome(token: str, scope: Scope) -> Any | None:
    """The answer to a link with the token: the same link without it, and a cookie; None if it is not there."""
    from starlette.responses import RedirectResponse

    asked = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    given = dict(asked).get("token", "")
    if scope["type"] != "http" or not hmac.compare_digest(given.encode(), token.encode()):
        return None
    rest = urlencode([(name, value) for name, value in asked if name != "token"])
    answer = RedirectResponse(f"?{rest}" if rest else "?", status_code=303)
    answer.set_cookie(_cookie(token), _pass(token), httponly=True, samesite="lax", max_age=30 * 24 * 3600)
    return answer


def _refusal(status: int, why: str) -> Any:
    from starlette.responses import PlainTextResponse

    return PlainTextResponse(why, status_code=status, headers={"Cache-Control": "no-store"})


async def _say(answer: Any, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request here; a websocket that is not opened gets 403, a refusal one line in the log."""
    if answer.status_code >= 400:
        why = answer.body.decode(errors="replace")
        LOG.warning("%d %r from %s: %s", answer.status_code, scope["path"][:80], (scope.get("client") or "?")[0], why)
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403})
    else:
        await answer(scope, receive, send)
