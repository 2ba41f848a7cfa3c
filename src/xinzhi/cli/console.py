"""What is printed: progress and problems on stderr, results on stdout."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from xinzhi.errors import Problem, StudyError, Where, shortened
from xinzhi.events import Event, Listener, silence
from xinzhi.io.json_text import json_text
from xinzhi.notices import Notice
from xinzhi.wording import Language, Wording, message, say

if TYPE_CHECKING:
    from xinzhi.work.results import Results

CRASHED = 2
WIDEST = 1000
"""Characters of a line of the console."""
SHOWN = 12
"""Notices on the console; the results hold all."""


def language(asked: str | None = None) -> Language:
    """Choose the language of the console: as asked, else that of the system."""
    if asked in ("zh", "en"):
        return "zh" if asked == "zh" else "en"
    system = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    return "zh" if system.lower().startswith("zh") else "en"


def tell(wording: Wording, asked: str | None = None) -> None:
    """Print a sentence on stderr."""
    sys.stderr.write(say(wording, language(asked)) + "\n")


def tell_notes(place: Results, asked: str | None = None, *, told: int = 0) -> int:
    """Print on stderr what is to be known about a folder of results, from a note on."""
    for note in place.notes[told:]:
        tell(note, asked)
    return len(place.notes)


def complain(error: StudyError, asked: str | None = None) -> int:
    """Print the problems of an error on stderr and return its exit code."""
    sys.stderr.write(error.in_words(language(asked)) + "\n")
    return error.exit_code


def misused(text: str, code: int) -> int:
    """Print what is wrong with the words of a call."""
    sys.stderr.write(
        f"{text}\n{say(message('See `xinzhi --help` and `xinzhi COMMAND --help`.'), language())}\n"
    )
    return code


def refused(error: OSError) -> Problem:
    """Word what the operating system refused, and where."""
    what = message("The system refused: {reason}.", reason=error.strerror or str(error))
    place = Where(file=str(error.filename)) if error.filename else Where()
    remedy = message("see to the file, its folder or the limits of the system, and run again.")
    if os.environ.get("XINZHI_TRACEBACK"):
        traceback.print_exception(error)
    return Problem("system.refused", what, place, remedy)


def crash(error: Exception) -> Problem:
    """Say that the program failed; show where only when asked by XINZHI_TRACEBACK."""
    what = message(
        "xinzhi failed unexpectedly ({kind}: {text}). This is a fault of xinzhi, not of your data. "
        "Set XINZHI_TRACEBACK=1 and run again to see where, and please report it.",
        kind=type(error).__name__,
        text=str(error),
    )
    sys.stderr.write(say(what, language()) + "\n")
    if os.environ.get("XINZHI_TRACEBACK"):
        traceback.print_exception(error)
    return Problem("internal", what)


def warn(items: Iterable[Problem | Notice], asked: str | None = None) -> None:
    """Print warnings and notices on stderr."""
    spoken = language(asked)
    said = list(items)
    for item in said[:SHOWN]:
        text = item.what if isinstance(item, Problem) else item.text
        place = f" ({where})" if (where := item.where.in_words(spoken)) else ""
        sys.stderr.write(f"! {say(shortened(text), spoken)}{place}\n")
        if isinstance(item, Problem) and item.remedy:
            sys.stderr.write(f"  {say(message('remedy'), spoken)}: {say(item.remedy, spoken)}\n")
    if len(said) > SHOWN:
        more = message(
            "… and {n} more notices, all in the results.",
            one="… and {n} more notice, all in the results.",
            n=len(said) - SHOWN,
        )
        sys.stderr.write(f"! {say(more, spoken)}\n")


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document; a number that does not exist is null."""
    sys.stdout.write(json_text(document) + "\n")


def problem_json(problem: Problem) -> dict[str, Any]:
    """Write a problem as the contract of `check` says."""
    place = problem.where
    names = ("file", "line", "sheet", "row", "column", "cell", "entity", "period", "key")
    return {
        "severity": problem.severity,
        "code": problem.code,
        "what": say(shortened(problem.what), "en"),
        "where": {n: getattr(place, n) for n in names if getattr(place, n) is not None},
        "remedy": say(shortened(problem.remedy), "en"),
    }


def notice_json(notice: Notice) -> dict[str, Any]:
    """Write a notice as a warning of the contract."""
    return problem_json(Problem(notice.code, notice.text, notice.where, severity="warning"))


def print_table(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, text_columns: int = 1
) -> None:
    """Print a table on stdout; the first columns are words, the others numbers."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        justify: Literal["left", "right"] = "left" if number < text_columns else "right"
        table.add_column(Text(heading), justify=justify, no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    sys.stdout.write(title + "\n")
    # A number that is cut off can be misread: wide tables run over the edge instead.
    Console(highlight=False, width=WIDEST).print(table)


def progress(kind: str, asked: str | None = None) -> Listener:
    """Make a listener: `bar` for a person, `plain` lines, `json` lines, all on stderr."""
    if kind == "json":
        return _as_json
    if kind == "plain" or not sys.stderr.isatty():
        return _Plain(asked) if kind != "none" else silence
    return _Bar(asked)


def _as_json(event: Event) -> None:
    line = {"stage": event.stage, "done": event.done, "total": event.total}
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


class _Plain:
    """One line for each stop that is done."""

    def __init__(self, asked: str | None) -> None:
        self.spoken = language(asked)
        self.started: set[str] = set()

    def __call__(self, event: Event) -> None:
        if event.stage in self.started:
            stage = say(message(event.stage), self.spoken)
            sys.stderr.write(f"[{event.done}/{event.total}] {stage}\n")
        self.started.add(event.stage)


class _Bar:
    """One line that is written over, with a bar."""

    def __init__(self, asked: str | None) -> None:
        self.spoken = language(asked)

    def __call__(self, event: Event) -> None:
        width = 24
        full = width * event.done // event.total
        bar = "█" * full + "·" * (width - full)
        stage = say(message(event.stage), self.spoken)
        end = "\n" if event.done == event.total else ""
        sys.stderr.write(f"\r\x1b[K{bar} {stage}{end}")
        sys.stderr.flush()
