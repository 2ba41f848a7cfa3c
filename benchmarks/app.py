"""The page of `xinzhi app`: start, size, memory, and the way from a spreadsheet to filled boxes.

`just bench app` (or `uv run --group browser python benchmarks/app.py`) starts the command in a fresh process and opens
its page in Chromium, several times in turn, and writes `app.md`. The clock starts with the command and stops
when the page can be used; the browser is open before. The limits are those of the design.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from alone import lines, machine
from playwright.sync_api import Browser, Page, sync_playwright
from size import sized

TURNS = sized(7, 1)
PAGES = ("data", "study", "run", "results")
PANEL = files("xinzhi").joinpath("examples", "resource_cities", "simulated_yearbook.xlsx")
PAGE_OF_RESULTS = Path(__file__).with_name("app.md")
START, SIZE, BOXES, MEMORY = 1.5, 300.0, 2.0, 250.0
"""Limits: seconds, kB without the font, seconds, MB of the server and its processes."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the command, and give the process and the address that it prints."""
    command = [sys.executable, "-m", "xinzhi", "app", str(folder), "--no-browser", "--lang", "zh"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as one:
        assert one.stdout is not None
        try:
            yield one, one.stdout.readline().strip()
        finally:
            one.terminate()


def memory(pid: int) -> float:
    """Megabytes of a process and its children; what they share is counted once."""
    parts = [Path(f"/proc/{pid}")]
    kilobytes = 0
    while parts:
        process = parts.pop()
        try:
            text = (process / "smaps_rollup").read_text()
            children = (process / "task" / process.name / "children").read_text().split()
        except OSError:  # it has just ended
            continue
        kilobytes += next(
            int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")
        )
        parts += [Path(f"/proc/{child}") for child in children]
    return kilobytes / 1024


def started(browser: Browser, folder: Path) -> tuple[float, float]:
    """Seconds from the command to a page that can be used, and megabytes then."""
    page = browser.new_page()
    begun = time.monotonic()
    with served(folder) as (server, address):
        page.goto(address)
        page.locator("#name").wait_for()
        seconds = time.monotonic() - begun
        time.sleep(3)  # the processes beside the server load what they will need
        used = memory(server.pid)
    page.close()
    return seconds, used


def sizes(page: Page, address: str) -> float:
    """Kilobytes of HTML, style and scripts of all pages; the font is apart."""
    n_bytes: dict[str, int] = {}
    kinds = {"document", "script", "stylesheet"}
    page.on(
        "response",
        lambda answer: (
            n_bytes.update({answer.url: len(answer.body())})
            if answer.request.resource_type in kinds and answer.status == 200
            else None
        ),
    )
    page.goto(address)
    page.locator("#name").wait_for()
    page.evaluate(f"Promise.all({list(PAGES)!r}.map((one) => import(`/static/${{one}}.js`)))")
    page.wait_for_timeout(1000)
    return sum(n_bytes.values()) / 1000


def filled(page: Page, name: str) -> float:
    """Seconds from choosing the panel of the example to boxes that are filled."""
    page.locator("#name").fill(name)
    page.keyboard.press("Enter")
    chooser = page.locator("input[type=file]").first
    chooser.wait_for(state="attached")
    begun = time.monotonic()
    chooser.set_input_files(str(PANEL))
    page.locator(".roles .chip").first.wait_for()
    page.evaluate(f"location.hash = '#/{name}/study'")
    page.locator(".box .chip:not(.add)").first.wait_for()
    return time.monotonic() - begun


def main() -> None:
    """Measure and write the page."""
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        path = shutil.which("chromium")
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        turns = [started(browser, Path(folder)) for _ in range(TURNS + 1)][1:]  # the first compiles
        with served(Path(folder)) as (server, address):
            size = sizes(browser.new_page(), address)
            page = browser.new_page()
            boxes = []
            for turn in range(TURNS):
                page.goto("about:blank")
                page.goto(address)
                boxes.append(filled(page, f"study-{turn}"))
            most = memory(server.pid)
        browser.close()
    seconds, idle = (statistics.median(column) for column in zip(*turns, strict=True))
    rows = [
        ("start to a page that can be used, s", f"{seconds:.2f}", f"{START}"),
        ("HTML, style and scripts, kB", f"{size:.0f}", f"{SIZE:.0f}"),
        (
            "the example's panel (1,840 rows) to filled boxes, s",
            f"{statistics.median(boxes):.2f}",
            f"{BOXES}",
        ),
        ("the first time, s", f"{boxes[0]:.2f}", ""),
        ("memory of server and its processes, MB", f"{idle:.0f}", f"{MEMORY:.0f}"),
        ("the same after the panels were read, MB", f"{most:.0f}", f"{MEMORY:.0f}"),
    ]
    about = f"Medians of {TURNS} turns, in Chromium. Memory counts shared pages once; a run is a process beside these.\n\n"
    text = "\n".join(
        [
            "# The page of `xinzhi app`",
            "",
            "`just bench app` measures it and writes this page.",
            "",
            about + lines(("", "measured", "limit"), rows),
            "",
            machine(),
            "",
        ]
    )
    PAGE_OF_RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
