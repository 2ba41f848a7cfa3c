"""The page in a real browser: a server of its own, and a window that notes whatever should not happen."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

BROWSER = shutil.which("chromium")
AXE = os.environ.get("XINZHI_AXE", "")
"""Path of axe.min.js; where it is set nothing is skipped."""
MISSING = next(
    (
        what
        for what, is_there in (
            ("Playwright: uv sync --group browser", find_spec("playwright") is not None),
            ("Chromium: apt-get install chromium", BROWSER is not None),
            ("axe-core: npm install axe-core, and its axe.min.js in XINZHI_AXE", bool(AXE)),
        )
        if not is_there
    ),
    "",
)
WIDTHS = (1280, 390)
ALONE = (
    "--no-sandbox",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Server:
    """`xinzhi app` over a folder."""

    def __init__(self, folder: Path, lang: str) -> None:
        command = [sys.executable, "-m", "xinzhi", "app", str(folder)]
        command += ["--no-browser", "--lang", lang]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.address = self.process.stdout.readline().strip()
        self.base = self.address.partition("/?")[0]

    def close(self, how=signal.SIGINT) -> None:
        """End the server, and nothing that it has started."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(20)
        self.process.stdout.close()


@contextmanager
def served(folder: Path, lang: str):
    server = Server(folder, lang)
    try:
        yield server
    finally:
        server.close()


class Window:
    """A window of the browser; `complaints` must stay empty."""

    def __init__(self, context, server: Server) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.base = server.base
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._look)
        self.page.goto(server.address)

    def _note(self, said) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"{said.type}: {said.text}")

    def _look(self, request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:", "about:")):
            self.complaints.append(f"outside: {request.url}")

    def go(self, place: str) -> None:
        """Open a page by its address, as a reload does."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.base}/{place}")

    def look(self, what: str) -> None:
        """Look for what readers cannot use: at both widths, by axe-core, and for a page that is too wide."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.complaints.append(f"{what}: {wide} pixels wide at {width}")
            self.page.evaluate(Path(AXE).read_text(encoding="utf-8"))
            found = self.page.evaluate("axe.run({resultTypes: ['violations'], iframes: false})")
            self.complaints += [
                f"{what} at {width}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}"
                for one in found["violations"]
                if one["impact"] in {"serious", "critical"}
            ]
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})


@contextmanager
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=BROWSER, args=ALONE)
        try:
            yield opened
        finally:
            opened.close()


def text_of(html: str) -> list[list[str]]:
    """Take the cells of the table of a piece of HTML."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL) for row in rows]
