"""The page of `xinzhi app` as tests ask it: a client that has come in by the printed address."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from starlette.testclient import TestClient

from xinzhi_app.server import create_app
from xinzhi_app.workspace import Workspace

TOKEN = "token-of-a-test"  # noqa: S105  it opens a page of a test
BASE = "http://127.0.0.1:8000"
OWN = {"origin": BASE, "x-xinzhi": "1"}
"""What the script of the page sends along."""


def app_of(folder, language="en"):
    """Make the application over a folder; its work is done by a thread, which starts at once."""
    app = create_app(Workspace(folder, language), TOKEN)
    app.state.worker.pool = ThreadPoolExecutor(1)
    return app


def stranger(app):
    """Give a client that has no cookie."""
    return TestClient(app, base_url=BASE, raise_server_exceptions=True, follow_redirects=False)


def client(app):
    """Give a client that has opened the printed address and asks as the page does."""
    found = stranger(app)
    assert found.get("/", params={"token": TOKEN}).status_code == 303
    found.headers.update(OWN)
    return found
