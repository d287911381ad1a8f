"""The doors: other hosts, other origins, no token, too much; and questions that cannot be, to every route."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from pages.shell import doors
from pages.ui import serving

OURS = "http://localhost:8501"


async def echo(request):
    body = b"".join([chunk async for chunk in request.stream()])
    return PlainTextResponse(f"{len(body)} {request.url.query}")


async def talk(websocket):
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


@pytest.fixture
def client():
    routes = [Route("/x", echo, methods=["GET", "POST"]), WebSocketRoute("/_stcore/stream", talk)]
    routes.append(Route("/_stcore/upload_file/1", echo, methods=["PUT"]))
    return TestClient(Starlette(routes=routes, middleware=doors.middleware()), OURS, follow_redirects=False)


@pytest.fixture
def listens(monkeypatch):
    """Let the app listen on an address."""

    def on(address):
        known = doors.st.get_option
        monkeypatch.setattr(doors.st, "get_option", lambda name: address if name == "server.address" else known(name))

    on("localhost")
    return on


HOSTS = ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501", "app.localhost", "LOCALHOST:8501", "localhost."]
STRANGE = [
    *("evil.example", "localhost.evil.example", "evil.example:8501", "127.0.0.1.evil.example", "10.0.0.1", ""),
    *("localhost@evil.example", "evil.example/localhost", "[::2]", "localhost:x", "notlocalhost", "[::1"),
]


def connects(client, **headers):
    try:
        with client.websocket_connect("ws://localhost:8501/_stcore/stream", headers=headers) as open_socket:
            return open_socket.receive_text() == "hello"
    except WebSocketDisconnect as end:
        assert end.code == 4403
        return False


@pytest.mark.parametrize("host", HOSTS)
def test_the_app_answers_to_the_names_of_this_machine(client, listens, host):
    assert client.get("/x", headers={"host": host}).status_code == 200
    assert connects(client, host=host, origin=f"http://{host}")


@pytest.mark.parametrize("host", STRANGE)
def test_another_name_that_leads_here_ends_at_403(client, listens, host, caplog):
    caplog.set_level(logging.WARNING)
    answer = client.get("/x", headers={"host": host})
    assert answer.status_code == 403 and "--host" in answer.text
    assert len(caplog.records) == 1 and caplog.text.count("\n") == 1
    assert not connects(client, host=host, origin=f"http://{host}")
    assert (
        client.get("/_stcore/health", headers={"host": host}).status_code == 404
    )  # let through: says only that it lives


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost:3000", "null", "", "http://[", "file://"])
def test_a_page_of_somebody_else_may_not_ask(client, listens, origin):
    assert client.get("/x", headers={"origin": origin}).status_code == 403
    assert client.post("/x", headers={"origin": origin}).status_code == 403
    assert not connects(client, origin=origin)
    assert connects(client, origin=OURS) and connects(client)


def test_people_add_names(client, listens, monkeypatch):
    monkeypatch.setenv("FDMAT_HOSTS", "explorer.example.org, .lab.example")
    for host in ("explorer.example.org", "a.lab.example:80"):
        assert client.get("/x", headers={"host": host}).status_code == 200
        assert connects(client, host="localhost:8501", origin=f"https://{host}")  # a proxy that names the app itself
    for host in ("example.org", "lab.example", "evil-lab.example", "x.explorer.example.org"):
        assert client.get("/x", headers={"host": host}).status_code == 403


def test_numbers_are_let_in_where_the_app_listens_to_all_and_names_are_not(client, listens):
    for address in ("0.0.0.0", "192.168.1.5"):
        listens(address)
        assert client.get("/x", headers={"host": "192.168.1.5:8501"}).status_code == 200
        assert client.get("/x", headers={"host": "evil.example"}).status_code == 403
    assert client.get("/x", headers={"host": "192.168.1.6"}).status_code == 403


def test_a_token_is_asked_for_once_and_leaves_the_link(client, listens, monkeypatch):
    monkeypatch.setenv("FDMAT_TOKEN", "a-long-enough-word")
    assert client.get("/x?run=1").status_code == 401 and not connects(client)
    assert client.get("/x?token=another-word").status_code == 401
    answer = client.get("/x?run=1&token=a-long-enough-word&kept=0.05")
    assert (answer.status_code, answer.headers["location"]) == (303, "?run=1&kept=0.05")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "a-long-enough-word" not in cookie
    assert client.get("/x?run=1").text == "0 run=1" and connects(client)
    monkeypatch.setenv("FDMAT_TOKEN", "the-next-long-word")
    assert client.get("/x").status_code == 401
    assert client.get("/_stcore/health").status_code == 404


def test_no_request_but_an_upload_takes_more_than_a_megabyte(client, listens):
    def pieces(count):
        for _ in range(count):
            yield b"x" * 100_000

    assert client.post("/x", content=b"x" * 1_000_000).text.startswith("1000000")
    assert client.post("/x", content=b"x" * 1_000_001).status_code == 413
    assert client.post("/x", content=pieces(400)).status_code == 413  # which says nothing of its length
    assert client.post("/x", content=b"x", headers={"content-length": "4" * 5000}).status_code == 413
    assert client.post("/x", content=b"x", headers={"content-length": "-1"}).status_code == 413
    assert client.put("/_stcore/upload_file/1", content=pieces(12)).text.startswith("1200000")


def test_what_must_log_in_gets_no_picture_before(monkeypatch, listens):
    route = Route("/thumb", serving.careful(lambda request: PlainTextResponse("a picture")))
    client = TestClient(Starlette(routes=[route]), OURS)
    assert client.get("/thumb").text == "a picture"
    monkeypatch.setenv("FDMAT_LOGIN", "1")
    for cookie in ("", "_streamlit_user=eyJpc19sb2dnZWRfaW4iOiB0cnVlfQ"):
        assert client.get("/thumb", headers={"cookie": cookie}).status_code == 401


def test_a_cookie_that_streamlit_signed_is_let_in(monkeypatch):
    from streamlit.web.server.starlette import starlette_app_utils as signing
    from streamlit.web.server.starlette import starlette_websocket

    monkeypatch.setenv("FDMAT_LOGIN", "1")
    monkeypatch.setattr(starlette_websocket, "get_cookie_secret", lambda: "secret")
    for told, let_in in ((True, True), (False, False)):
        value = signing.create_signed_value("secret", "_streamlit_user", f'{{"is_logged_in": {str(told).lower()}}}')
        assert doors.is_logged_in({"_streamlit_user": value.decode()}) is let_in
    forged = signing.create_signed_value("another", "_streamlit_user", '{"is_logged_in": true}')
    assert not doors.is_logged_in({"_streamlit_user": forged.decode()})


@pytest.mark.parametrize(
    ("error", "status"),
    [(ValueError("item is x"), 400), (KeyError("x"), 400), (OverflowError(), 400), (OSError(28, "disk is full"), 503)],
)
def test_a_question_that_cannot_be_is_one_line_in_the_log_and_no_traceback(error, status, caplog):
    def asked(request):
        raise error

    client = TestClient(Starlette(routes=serving.under_base([Route("/x", asked)])))
    answer = client.get("/x")
    assert answer.status_code == status and answer.json()["error"]
    assert len(caplog.records) == 1 and caplog.records[0].exc_info is None


def test_only_the_address_of_health_itself_is_open(client, monkeypatch):
    monkeypatch.setenv(doors.TOKEN, "secret")
    assert client.get("/x" + doors.HEALTH).status_code == 401
    assert client.get("/x" + doors.HEALTH, headers={"host": "evil.com"}).status_code == 403
    assert client.get(doors.HEALTH).status_code == 404  # let in: there is no Streamlit behind these doors
