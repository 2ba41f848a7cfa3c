"""Studies that the page runs: one that is done in seconds, one that draws as long as a test likes."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

from made_small import write_small
from xinzhi_app.child import Runs

PATIENCE = 120
ENDED = {"finished", "finished_with_errors", "cancelled", "failed", "stopped"}


def write_study(folder: Path, draws: int = 0) -> Path:
    """Write a small study whose report is a page; with draws it runs about 2 s for every thousand."""
    folder.mkdir(parents=True, exist_ok=True)
    file = write_small(folder) / "study.yaml"
    text = file.read_text(encoding="utf-8").replace("formats: [md]", "formats: [html]")
    more = f"inference: {{whole_study: {{draws: {draws}}}}}\n" if draws else ""
    file.write_text(text + more, encoding="utf-8")
    return file


def wait(look, wanted):
    """Look at a run until it is as wanted."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = look()
        if wanted(found):
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def ended(runs: Runs, study: Path):
    """Wait for the end of a run."""
    return wait(lambda: runs.status(study), lambda found: found["state"] in ENDED)


def draws_done(found) -> int:
    """Count the draws that a run has told of."""
    return ((found["progress"] or {}).get("draws") or {}).get("done", 0)


def drawing(runs: Runs, study: Path):
    """Wait until a run has told of its first draws."""
    return wait(lambda: runs.status(study), lambda found: draws_done(found) > 0)


def kill_all(folder: Path) -> None:
    """End the runs that a test has left."""
    for record in folder.rglob(".xinzhi-app/run.json"):
        with suppress(ProcessLookupError):
            os.killpg(json.loads(record.read_text())["pid"], signal.SIGKILL)
    for thread in threading.enumerate():
        if "_attend" in thread.name:
            thread.join()
