"""A run as a process of its own, which outlives the page and the server.

All that is known of it lies beside the study: who it is in `run.json`, what it says of its progress in
`progress.txt`, what it prints in `printed.txt`. Whoever asks reads these, and the lock of the results
folder, which the system frees when a process ends, however it ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from xinzhi.study.update.exchange import last_exchange
from xinzhi.work.delivery import NEW
from xinzhi.work.lock import Holder, find_holder
from xinzhi_app.workspace import RESULTS
from xinzhi_core.errors import Problem, ReportError, StudyError
from xinzhi_core.problems import LOCKED
from xinzhi_core.process import began, lives, this_host
from xinzhi_core.wording import Language, message
from xinzhi_core.write import write_atomically

FOLDER = ".xinzhi-app"
RECORD, PROGRESS, PRINTED = "run.json", "progress.txt", "printed.txt"
PAGE = "report.html"
CHANGES = "what_changed.html"
INTERRUPTED, FAILED = 130, (1, 2)
TAIL = 200_000
"""Bytes of what a run printed that the page shows."""


@dataclass(frozen=True, slots=True)
class Record:
    """A run that was started from the page."""

    pid: int
    started: str
    language: str
    is_cancelled: bool = False
    code: int | None = None
    """How it ended, where the server that started it was there."""
    host: str = ""
    """The computer on which it was started; empty in a record of an older version."""
    began: str = ""
    """When its process began, as the system tells it."""

    def is_of(self, holder: Holder) -> bool:
        """Whether the holder of a lock is this run: the computer, the number and the start agree."""
        is_one = (self.host, self.pid) == (holder.host, holder.pid)
        return is_one and (not (self.began and holder.began) or self.began == holder.began)


class Runs:
    """Runs of studies; `children` are those that this server has started itself."""

    def __init__(self) -> None:
        self.children: dict[Path, subprocess.Popen[bytes]] = {}
        self.one_at_a_time, self.noting = Lock(), Lock()

    def start(self, study: Path, language: Language, newer: Path | None = None) -> None:
        """Begin a run, or continue one: what an earlier run has finished is not done again.

        Parameters
        ----------
        newer
            A newer file of the study's data: it is taken in as `xinzhi update` does, which runs.

        Raises
        ------
        ReportError
            `results.locked`: a run of this study is at work.
        """
        with self.one_at_a_time:
            holder = self._at_work(study)
            if holder is not None:
                text = message(
                    "A run of this study is at work already: process {pid}, since {started}.",
                    pid=holder.pid,
                    started=holder.started,
                )
                raise ReportError(Problem(LOCKED, text))
            folder = study.parent / FOLDER
            folder.mkdir(exist_ok=True)
            command = [
                *(sys.executable, "-X", "utf8", "-m", "xinzhi"),
                *(("run", study.name, "--yes") if newer is None else ("update", study.name, newer)),
                *("--progress", "json", "--lang", language),
            ]
            with (folder / PROGRESS).open("wb") as progress, (folder / PRINTED).open("wb") as out:
                child = subprocess.Popen(  # noqa: S603 - our own command, names as arguments
                    command,
                    cwd=study.parent,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=progress,
                    start_new_session=True,
                    # On Windows a window that is closed ends the processes that share its console.
                    creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
                    | getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            self.children[study] = child
            now = datetime.now(UTC).astimezone().isoformat(" ", "seconds")
            since = began(child.pid)
            record = Record(child.pid, now, language, host=this_host(), began=since)
            _write(study, record)
        Thread(target=self._attend, args=(study, child), daemon=True).start()

    def _attend(self, study: Path, child: subprocess.Popen[bytes]) -> None:
        """Wait for the end of a child, and note how it ended."""
        child.wait()
        self._note(study, child)

    def _note(self, study: Path, child: subprocess.Popen[bytes]) -> None:
        with self.noting:
            record = read_record(study)
            if record is not None and _is_child(record, child) and record.code is None:
                _write(study, replace(record, code=child.returncode))

    def cancel(self, study: Path) -> None:
        """Interrupt a run as Ctrl-C does; a second time, end it at once: finished stages are kept."""
        record = read_record(study)
        holder = self._at_work(study)
        # A folder may be shared: the same number on this computer is somebody else's process.
        if record is None or holder is None or not (holder.is_here and record.is_of(holder)):
            return
        if not lives(record.pid, record.began):
            return
        with self.noting:
            _write(study, replace(record, is_cancelled=True))
        if sys.platform == "win32":
            os.kill(record.pid, signal.SIGTERM)
            return
        with suppress(ProcessLookupError):  # it has just ended
            if os.getpgid(record.pid) != record.pid:  # not a group that a page has made
                return
            os.killpg(record.pid, signal.SIGTERM if record.is_cancelled else signal.SIGINT)

    def status(self, study: Path) -> dict[str, object]:
        """Tell how a run stands: see `STATES` of the page's words."""
        holder = self._at_work(study)
        record = read_record(study)
        results = study.parent / RESULTS
        lines = read_lines(study.parent / FOLDER / PROGRESS)
        progress = next((line for line in reversed(lines) if isinstance(line, dict)), None)
        return {
            "state": _state(record, holder, progress),
            "record": None if record is None else asdict(record),
            "holder": None if holder is None else asdict(holder),
            "progress": progress,
            # Where the first report lies is of use on a console only: the page shows it.
            "messages": [line for line in lines if isinstance(line, str) and NEW not in line],
            "printed": read_tail(study.parent / FOLDER / PRINTED),
            "has_page_waiting": holder is not None and (results / NEW / PAGE).is_file(),
            "has_page": (results / PAGE).is_file(),
            "has_changes": changes_page(study.parent) is not None,
        }

    def _at_work(self, study: Path) -> Holder | None:
        """Tell which run of a study is at work: our child, from its first moment, or another process."""
        child, record = self.children.get(study), read_record(study)
        if child is not None and record is not None and _is_child(record, child):
            if child.poll() is None:
                return Holder(record.host, child.pid, record.started, record.began)
            self._note(study, child)
        return find_holder(study.parent / RESULTS)


def changes_page(folder: Path) -> Path | None:
    """Find the page of what the last update of a study changed; none where it was undone or cut off.

    A file that was only replaced on the page of data has none: nothing was run.
    """
    with suppress(StudyError):
        last = last_exchange(folder)
        if last is not None and last.state == "done" and (last.folder / CHANGES).is_file():
            return last.folder / CHANGES
    return None


def _state(record: Record | None, holder: Holder | None, progress: Any) -> str:
    if holder is not None:
        return "running" if record is not None and record.is_of(holder) else "elsewhere"
    if record is None:
        return "none"
    if progress and progress["stage"] == "report" and progress["done"] == progress["total"]:
        return "finished" if not record.code else "finished_with_errors"
    if record.is_cancelled or record.code == INTERRUPTED:
        return "cancelled"
    return "failed" if record.code in FAILED else "stopped"


def _is_child(record: Record, child: subprocess.Popen[bytes]) -> bool:
    """Whether a record is of a process that this server has started."""
    return (record.host, record.pid) == (this_host(), child.pid)


def read_record(study: Path) -> Record | None:
    """Read who the last run is that was started from the page."""
    try:
        return Record(**json.loads((study.parent / FOLDER / RECORD).read_bytes()))
    except (OSError, ValueError, TypeError):  # none, or of another version
        return None


def _write(study: Path, record: Record) -> None:
    write_atomically(study.parent / FOLDER / RECORD, json.dumps(asdict(record)))


def read_lines(path: Path) -> list[dict[str, object] | str]:
    """Read what a run says: progress as objects, sentences as text; a line that is still written waits.

    Many lines tell how far draws have come: the last of each stage is enough.
    """
    text = read_tail(path)
    whole = text[: text.rfind("\n") + 1].splitlines()
    return [_parse(line) for line in whole if line.strip()]


def _parse(line: str) -> dict[str, object] | str:
    """Read a line as an event; what only looks like one is a sentence."""
    try:
        event = json.loads(line) if line.startswith("{") else None
    except ValueError:
        return line
    return event if isinstance(event, dict) and {"stage", "done", "total"} <= event.keys() else line


def read_tail(path: Path) -> str:
    """Read the end of a file that is still written; empty where there is none."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - TAIL))
            if size > TAIL:  # it begins with a whole line
                stream.readline()
            return stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
