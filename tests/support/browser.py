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

from needs import CHROMIUM

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_browser = pytest.mark.skipif(BROWSER is None, reason=CHROMIUM)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


def opened(page: Path, query="", *, profile: Path):
    """Open a page from disk; give what became of it, and what the browser complained of."""
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
            "--window-size=1280,900", f"--user-data-dir={profile}", "--virtual-time-budget=20000",
            "--dump-dom", f"file://{page}{query}",
        ],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout, re.findall(r".*(?:CONSOLE|Content Security Policy).*", done.stderr)


def seen(page: Path, script: str, query="", *, width=1280, height=900, folder: Path, first=""):
    """Run a script, which gives a value of JSON, in a drawn page of a width, as a window or a phone has it.

    It runs in a copy without the policy, in a frame, because a window without a screen is 500 pixels wide at least.
    """
    text = POLICY.sub("", page.read_text(encoding="utf-8"))
    before, end, after = text.rpartition("</body>")
    (folder / "copy.html").write_text(
        before + f"<script>{first}</script>" + LOOK % script + end + after, encoding="utf-8"
    )
    (folder / "frame.html").write_text(
        FRAME.format(width=width, height=height, query=query), encoding="utf-8"
    )
    dom, complaints = opened(folder / "frame.html", profile=folder / "profile")
    assert not complaints, complaints
    return json.loads(base64.b64decode(re.search('data-seen="([^"]*)"', dom)[1]))


LOOK = """<script>
(async () => {
  while (!document.body.dataset.drawn) await new Promise((go) => setTimeout(go, 50));
  const look = async () => { %s };
  const found = new TextEncoder().encode(JSON.stringify(await look()));
  parent.postMessage(btoa(Array.from(found, (byte) => String.fromCharCode(byte)).join("")), "*");
})();
</script>"""
FRAME = """<!DOCTYPE html><body style="margin:0"><script>
addEventListener("message", (told) => {{ document.body.dataset.seen = told.data; }});
</script><iframe src="copy.html{query}" style="border:0;width:{width}px;height:{height}px"></iframe></body>"""


def unpacked(text: str):
    """Read the packed data of a page."""
    return json.loads(zlib.decompress(base64.b64decode(text)))
