"""Who may ask the page: every route refuses what does not come from the page itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.websockets import WebSocketDisconnect

from made_page import OWN, TOKEN, app_of, client, stranger
from parts import quick_where
from xinzhi_app.security import BODY, POLICY

COOKIE = {"cookie": f"xinzhi={TOKEN}"}
ROUTES = [
    (method, re.sub(r"\{.*?\}", "x", route.path))
    for route in app_of(Path()).routes
    for method in sorted(route.methods)
]
"""Every method of every route; those that a page adds are here by themselves."""
WRITES = [(method, path) for method, path in ROUTES if method not in {"GET", "HEAD"}]
every_route = pytest.mark.parametrize(("method", "path"), ROUTES)


def every_route_with(name, values):
    """Ask every route with each value; each time only with the first, and one route with all of them."""
    cases = [(*route, value) for route in ROUTES for value in values]
    chosen = quick_where(lambda one: one[2] == values[0] or one[:2] == ROUTES[0], cases)
    return pytest.mark.parametrize(("method", "path", name), chosen)


@pytest.fixture
def app(tmp_path):
    return app_of(tmp_path)


@pytest.fixture
def inside(app):
    return client(app)


def files(folder):
    return sorted(folder.rglob("*"))


@every_route
def test_without_a_token_every_route_is_closed(app, tmp_path, method, path):
    """Other users of this machine get nothing, by no method."""
    answer = stranger(app).request(method, path, headers=OWN)

    assert answer.status_code == 403
    assert answer.headers["content-security-policy"] == POLICY
    assert files(tmp_path) == []


@every_route_with("cookie", ["xinzhi=wrong", "xinzhi=", f"other={TOKEN}", "=;;=\x01"])
def test_a_wrong_cookie_opens_no_route(app, method, path, cookie):
    """A cookie must hold the token, under its name."""
    assert stranger(app).request(method, path, headers={**OWN, "cookie": cookie}).status_code == 403


@every_route_with("host", ["example.org", "example.org:8000", "127.0.0.1.example.org", ""])
def test_a_foreign_host_is_refused(inside, method, path, host):
    """A page elsewhere whose name was turned to this machine has another Host (DNS rebinding)."""
    assert inside.request(method, path, headers={"host": host}).status_code == 400


@every_route_with("origin", ["http://example.org", "null", "http://127.0.0.1:9", ""])
def test_a_foreign_origin_is_refused(inside, method, path, origin):
    """Another page of the browser, one of another port too, reads and sends nothing."""
    assert inside.request(method, path, headers={"origin": origin}).status_code == 403


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("missing", ["origin", "x-xinzhi"])
def test_what_changes_something_needs_origin_and_mark(app, tmp_path, method, path, missing):
    """A form of another page can send neither."""
    headers = {name: value for name, value in {**OWN, **COOKIE}.items() if name != missing}

    assert stranger(app).request(method, path, headers=headers).status_code == 403
    assert files(tmp_path) == []


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_body_that_is_too_large_is_refused(inside, tmp_path, method, path):
    """What comes is counted, whatever the request says of its length."""
    if path.endswith("/files"):
        pytest.skip("it takes files, and has a limit of its own")

    def parts():
        yield b"{"
        for _ in range(BODY // 2**20 + 1):
            yield b" " * 2**20

    answer = inside.request(method, path, content=parts())

    assert answer.status_code in {404, 413}
    assert files(tmp_path) == []


def test_the_token_is_exchanged_for_a_cookie(app):
    """The address loses the token at once; scripts and other pages cannot read the cookie."""
    answer = stranger(app).get("/", params={"token": TOKEN})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["set-cookie"] == f"xinzhi={TOKEN}; HttpOnly; Path=/; SameSite=strict"


@pytest.mark.parametrize("path", ["/?token=wrong", "/?token=", f"/api/studies?token={TOKEN}"])
def test_no_other_way_leads_in(app, path):
    """The token opens the first page only."""
    assert stranger(app).get(path).status_code == 403


def test_an_unknown_path_is_closed_too(app, inside):
    """Whether a path exists is told to the page only."""
    assert stranger(app).get("/nowhere").status_code == 403
    answer = inside.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["problems"][0]["code"] == "app.http"


def test_no_web_socket_is_opened(app):
    """Browsers send web sockets across origins; the page has none."""
    with pytest.raises(WebSocketDisconnect), client(app).websocket_connect("/api/studies"):
        pass


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/static/none.js", "/api/studies"])
def test_every_answer_is_strict(inside, path):
    """Scripts, styles and frames are those of the page; nothing is guessed or kept."""
    headers = inside.get(path).headers

    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["..%2Fserver.py", "..%2f..%2fwording.py", "%2Fetc%2Fpasswd"])
def test_files_of_the_page_only(inside, name):
    """A name leads to a file of the page or nowhere."""
    assert inside.get(f"/static/{name}").status_code == 404


def test_the_page_loads_nothing_from_outside():
    """No address of another machine stands in what the browser gets, and no text becomes markup."""
    folder = Path(__import__("xinzhi_app.server").__file__).parent / "static"
    texts = {one.name: one.read_text(encoding="utf-8") for one in folder.iterdir()}

    assert {"index.html", "app.css", "app.js"} < set(texts)
    for name, text in texts.items():
        assert not re.search(r"https?://(?!www\.w3\.org/)", text), name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert sum(len(text.encode()) for text in texts.values()) <= 300_000
