"""Pages in a browser without a window: what becomes of them, what it complains of, what a script sees."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="needs Chromium: apt-get install chromium"
)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
SEEN = "data-seen"


def opened(page: Path, query="", *, width=1280, profile: Path):
    """Open a page from disk; give what became of it, and what the browser complained of."""
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
            f"--window-size={width},900", f"--user-data-dir={profile}", "--virtual-time-budget=20000",
            "--dump-dom", f"file://{page}{query}",
        ],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout, re.findall(r".*(?:CONSOLE|Content Security Policy).*", done.stderr)


def seen(page: Path, script: str, query="", *, width=1280, folder: Path):
    """Run a script, which gives a value of JSON, in a copy of a drawn page without its policy."""
    text = POLICY.sub("", page.read_text(encoding="utf-8"))
    wait = (
        f"<script>(async () => {{ while (!document.body.dataset.drawn) await new Promise((go) => setTimeout(go, 50));"
        f"const look = async () => {{ {script} }};"
        f"document.body.setAttribute('{SEEN}', btoa(unescape(encodeURIComponent(JSON.stringify(await look()))))); }})();</script>"
    )
    copy = folder / "seen.html"
    copy.write_text(text.replace("</body>", f"{wait}</body>"), encoding="utf-8")
    dom, complaints = opened(copy, query, width=width, profile=folder / "profile")
    assert complaints == []
    return json.loads(base64.b64decode(re.search(f'{SEEN}="([^"]*)"', dom)[1]))


def unpacked(text: str):
    """Read the packed data of a page."""
    return json.loads(zlib.decompress(base64.b64decode(text)))
