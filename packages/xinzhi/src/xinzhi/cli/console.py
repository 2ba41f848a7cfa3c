"""Console output: progress and problems on stderr, results on stdout.

Options of the command line that hold several words: `a,b` and `a=1,b=2`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import typer

from xinzhi.cli.long_runs import Pace, draws_in_words, draws_json, stage_in_words
from xinzhi.cli.streams import STANDARD, escaped, fits, write_standard
from xinzhi.events import STAGES, Event, Listener, silence
from xinzhi.work.results import Results, is_same_file
from xinzhi_core.errors import Problem, SpecError, StudyError, Where, shorten
from xinzhi_core.notices import Notice
from xinzhi_core.problems import system_refused
from xinzhi_core.wording import COLONS, Language, Wording, listed, message, say
from xinzhi_panel.io.json_text import json_text, problem_json

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="KEY=VALUE: a value of the study file for this call, such as report.decimals=2; once for each.",
    ),
]
"""Values that replace those of the study file."""


def option_in(words: Sequence[str], option: str) -> str | None:
    """Find the value of an option in a call that is not parsed yet.

    >>> [option_in(one, "--lang") for one in (["run", "--lang", "zh"], ["run", "--lang=en"], ["run"])]
    ['zh', 'en', None]
    """
    split = [part for word in words for part in word.split("=", 1)]
    return next((after for word, after in pairwise(split) if word == option), None)


def names(text: str | None) -> tuple[str, ...]:
    """Split names at commas, the full-width one included.

    >>> names("labour, 资本，energy")
    ('labour', '资本', 'energy')
    """
    if not text:
        return ()
    return tuple(word.strip() for word in text.replace("，", ",").split(",") if word.strip())


def in_panel(words: tuple[str, ...], columns: Mapping[str, str]) -> tuple[str, ...]:
    """Give columns their names in the panel: a heading with its unit stands for the name without it.

    >>> in_panel(("用电量（万千瓦时）", "gdp"), {"用电量（万千瓦时）": "用电量"})
    ('用电量', 'gdp')
    """
    return tuple(columns.get(word, word) for word in words)


def numbers(text: str | None, option: str) -> dict[str, float] | None:
    """Read `a=1,b=2` as a number for each name.

    >>> numbers("labour=1,energy=2.5", "--weights")
    {'labour': 1.0, 'energy': 2.5}
    """
    if not text:
        return None
    values: dict[str, float] = {}
    for word in names(text):
        name, _, number = word.replace("＝", "=").partition("=")
        require_first(values, name.strip(), option)
        try:
            values[name.strip()] = float(number)
        except ValueError as error:
            raise SpecError(
                Problem(
                    "option.number",
                    message("'{word}' in {option} is not NAME=NUMBER.", word=word, option=option),
                    Where(key=option),
                    message("write {option} a=1,b=2.", option=option),
                )
            ) from error
    return values


def require_first(given: Container[str], name: str, option: str) -> None:
    """Refuse a name that an option has given already: which of two values is meant nobody knows."""
    if name in given:
        text = message("'{name}' is given twice in {option}.", name=name, option=option)
        raise SpecError(
            Problem("option.repeated", text, Where(key=option), message("give it once."))
        )


CRASHED = 2
WIDEST = 1000
"""Characters of a line of the console."""
SHOWN = 12
"""Notices on the console; the results hold all."""


def language(asked: str | None = None) -> Language:
    """Choose the language of the console: as asked, else that of `--lang` in the call, else that of the system."""
    asked = asked or option_in(sys.argv, "--lang")
    if asked in ("zh", "en"):
        return "zh" if asked == "zh" else "en"
    system = next(
        (os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), ""
    )
    return "zh" if system.lower().startswith("zh") else "en"


def tell(wording: Wording, asked: str | None = None) -> None:
    """Print a sentence on stderr."""
    sys.stderr.write(say(wording, language(asked)) + "\n")


def tell_notes(place: Results, asked: str | None = None, *, n_told: int = 0) -> int:
    """Print the notes on a folder of results on stderr, from number `n_told` on."""
    for note in place.notes[n_told:]:
        tell(note, asked)
    return len(place.notes)


def complain(error: StudyError, asked: str | None = None) -> int:
    """Print the problems of an error on stderr and return its exit code."""
    sys.stderr.write(error.in_words(language(asked)) + "\n")
    return error.exit_code


def describe_refusal(error: OSError) -> Problem:
    """Describe what the operating system refused, and where."""
    if os.environ.get("XINZHI_TRACEBACK"):
        traceback.print_exception(error)
    return system_refused(error)


def crash(error: Exception) -> Problem:
    """Report a crash; show the traceback only if XINZHI_TRACEBACK is set."""
    sentence = message(
        "xinzhi failed unexpectedly ({kind}: {text}). This is a fault of xinzhi, not of your data. "
        "Set XINZHI_TRACEBACK=1 and run again to see where, and please report it.",
        kind=type(error).__name__,
        text=str(error),
    )
    sys.stderr.write(say(sentence, language()) + "\n")
    if os.environ.get("XINZHI_TRACEBACK"):
        traceback.print_exception(error)
    return Problem("internal", sentence)


def warn(items: Iterable[Problem | Notice], asked: str | None = None) -> None:
    """Print warnings and notices on stderr."""
    sys.stderr.writelines(warning_lines(items, language(asked)))


def warning_lines(items: Iterable[Problem | Notice], spoken: Language) -> list[str]:
    """Write the first warnings and notices, and the number of further ones."""
    notices = list(items)
    lines = []
    for item in notices[:SHOWN]:
        text = shorten(item.what if isinstance(item, Problem) else item.text)
        if place := item.where.in_words(spoken):
            text = message("{text} ({place})", text=text, place=place)
        lines.append(f"! {say(text, spoken)}\n")
        if item.remedy:
            remedy = say(message("remedy"), spoken) + COLONS[spoken]
            lines.append(f"  {remedy}{say(item.remedy, spoken)}\n")
    if len(notices) > SHOWN:
        more = message(
            "… and {n} more notices, all in the results.",
            one="… and {n} more notice, all in the results.",
            n=len(notices) - SHOWN,
        )
        lines.append(f"! {say(more, spoken)}\n")
    return lines


def print_json(document: Mapping[str, object]) -> None:
    """Print one JSON document; a number that does not exist is null."""
    text = json_text(document)
    sys.stdout.write((text if fits(text) else escaped(text)) + "\n")


def notice_json(notice: Notice) -> dict[str, object]:
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
    if not (table.row_count or any(headings)):
        return
    # A number that is cut off can be misread: wide tables run over the edge instead.
    Console(highlight=False, width=WIDEST).print(table)


def progress(kind: str, asked: str | None = None) -> Listener:
    """Make a listener: `bar` for a person, `plain` lines, `json` lines, all on stderr."""
    if kind == "json":
        return _write_json
    if kind == "plain" or not sys.stderr.isatty():
        return _Plain(asked) if kind != "none" else silence
    return _Bar(asked)


def _write_json(event: Event) -> None:
    line: dict[str, object] = {"stage": event.stage, "done": event.done, "total": event.total}
    line["seconds"] = round(event.seconds, 1)
    if event.rest is not None:
        line["last_run"] = round(event.rest, 1)
    if event.within:
        line["draws"] = draws_json(event.within)
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


class _Plain:
    """One line for each stage that is done."""

    def __init__(self, asked: str | None) -> None:
        self.spoken = language(asked)
        self.started: set[str] = set()
        self.pace = Pace()

    def __call__(self, event: Event) -> None:
        if event.within:
            if self.pace.is_due(event.within):
                sys.stderr.write(f"  {say(draws_in_words(event.within), self.spoken)}\n")
                sys.stderr.flush()
            return
        if event.stage in self.started:
            stage = say(stage_in_words(event), self.spoken)
            sys.stderr.write(f"[{event.done}/{event.total}] {stage}\n")
        self.started.add(event.stage)


class _Bar:
    """A line with a progress bar, overwritten in place."""

    def __init__(self, asked: str | None) -> None:
        self.spoken = language(asked)

    def __call__(self, event: Event) -> None:
        width = 24
        full = width * event.done // event.total
        bar = "█" * full + "·" * (width - full)
        stage = say(STAGES[event.stage] if event.within else stage_in_words(event), self.spoken)
        if event.within:  # which tells its own rest: both would not have room on a line
            stage = f"{stage}  {say(draws_in_words(event.within), self.spoken)}"
        end = "\n" if event.done == event.total else ""
        sys.stderr.write(f"\r\x1b[K{bar} {stage}{end}")
        sys.stderr.flush()


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command writes; checked before anything is computed."""

    path: Path
    is_replacing: bool

    def write(self, content: str | bytes | Iterable[str], *, is_json: bool = False) -> None:
        """Write the file whole, of text as it comes, or raise; `-` is standard output."""
        if self.path == STANDARD:
            write_standard(content, is_json=is_json)
            return
        from xinzhi_core.write import sweep_parts, write_atomically

        sweep_parts(self.path.parent)
        write_atomically(self.path, content, replace=self.is_replacing)


def prepare_output(
    path: Path | None, *, overwrite: bool, sources: Sequence[Path], suffixes: Sequence[str] = ()
) -> Output | None:
    """Check the output file of a command.

    Parameters
    ----------
    path
        As given; None writes nothing.
    overwrite
        Whether a file that is there may be replaced; one that is read may not.
    sources
        Files that the command reads.
    suffixes
        Suffixes that the name may have; any where empty.

    Raises
    ------
    SpecError
        `output.exists`, `output.source` or `output.suffix`.
    """
    if path is None:
        return None
    if path == STANDARD:
        return Output(path, overwrite)
    if suffixes and path.suffix.lower() not in suffixes:
        raise SpecError(_suffix(path, suffixes))
    if any(is_same_file(path, source) for source in sources):
        text = message("{file} is read by this command and is never overwritten.", file=path)
        remedy = message("choose another name for --output.")
        raise SpecError(Problem("output.source", text, Where(file=str(path)), remedy))
    if path.is_dir() or (os.path.lexists(path) and not overwrite):
        other = message("choose another name for --output.")
        raise SpecError(
            Problem(
                "output.exists",
                message("{file} is already there and is not overwritten.", file=path),
                Where(file=str(path)),
                other if path.is_dir() else message("choose another name, or add --overwrite."),
            )
        )
    # A link is followed: what it points to is replaced, and the link stays.
    return Output(Path(os.path.realpath(path)), overwrite)


def choose_format(
    output: Path | None,
    output_format: str | None,
    formats: Mapping[str, str],
    usual: str,
    *,
    piped: str = "csv",
) -> str:
    """Choose the format of the output: that of the suffix, which `--format` must not contradict.

    Parameters
    ----------
    formats
        Suffix -> format.
    usual
        Format without a file.
    piped
        Format on standard output, `-`.

    Raises
    ------
    SpecError
        `output.format`: the name says another format; `output.suffix`: it says none.

    Examples
    --------
    >>> choose_format(Path("a.csv"), None, {".csv": "csv"}, "table")
    'csv'
    """
    if output is None:
        return output_format or usual
    if output == STANDARD:
        return output_format or piped
    of_suffix = formats.get(output.suffix.lower())
    if of_suffix is None and output_format not in formats.values():
        raise SpecError(_suffix(output, tuple(formats)))
    if output_format and of_suffix and output_format != of_suffix:
        text = message(
            "--output {file} is a file of format {said}, and --format asks for {asked}.",
            file=output,
            said=of_suffix,
            asked=output_format,
        )
        remedy = message("leave --format out, or change the suffix of the file.")
        raise SpecError(Problem("output.format", text, Where(file=str(output)), remedy))
    return of_suffix or str(output_format)


def _suffix(path: Path, suffixes: Sequence[str]) -> Problem:
    text = message("The name {file} does not show which format to write.", file=path)
    remedy = message("let it end in {suffixes}.", suffixes=listed(suffixes))
    return Problem("output.suffix", text, Where(file=str(path)), remedy)
