"""What a run says on the console: made once from its results, printed, and kept for an unchanged study."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from xinzhi.cli.console import language, print_table, tell, warning_lines
from xinzhi_core.notices import together
from xinzhi_core.wording import (
    LANGUAGES,
    Language,
    Wording,
    distinct,
    in_series,
    message,
    say,
    shell_word,
)

if TYPE_CHECKING:
    from xinzhi.report.document import Content
    from xinzhi.study.result import StudyResult

Files = Sequence[tuple[Path, Wording]]


@dataclass(frozen=True, slots=True)
class InLanguage:
    """What is said in one language."""

    grids: Sequence[Sequence[Any]]
    """Title, headings and rows of the tables that say most."""
    sentences: Sequence[str]
    notices: Sequence[str]
    files: Sequence[Sequence[str]] = ()
    """Name within the folder of the results, and what it is."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run says."""

    simulated: bool
    n_more: int
    """Tables that are not shown."""
    n_pieces: int
    n_kept: int
    """Pieces of work, and how many of them were taken from the last run."""
    code: int
    """Exit code."""
    by_language: Mapping[Language, InLanguage]

    @classmethod
    def of_json(cls, document: Mapping[str, Any]) -> Summary:
        """Read what `asdict` wrote.

        Raises
        ------
        TypeError, KeyError
            It was written by another version.
        """
        by_language = document["by_language"]
        words = {spoken: InLanguage(**by_language[spoken]) for spoken in LANGUAGES}
        return cls(**{**document, "by_language": words})


def summarise(result: StudyResult, content: Content) -> Summary:
    """Gather what a run says before its files are written, in both languages."""
    from xinzhi.report.document import n_more

    return Summary(
        simulated=result.spec.simulated,
        n_more=n_more(content),
        n_pieces=len(result.stages),
        n_kept=sum(not stage.computed for stage in result.stages),
        code=1 if result.failures or content.problems else 0,
        by_language={spoken: _words(result, content, spoken) for spoken in LANGUAGES},
    )


def with_files(summary: Summary, files: Files, folder: Path) -> Summary:
    """Add the files that were written."""
    by_language = {}
    for spoken, words in summary.by_language.items():
        named = [[path.relative_to(folder).as_posix(), say(about, spoken)] for path, about in files]
        by_language[spoken] = replace(words, files=named)
    return replace(summary, by_language=by_language)


def _words(result: StudyResult, content: Content, spoken: Language) -> InLanguage:
    from xinzhi.report.document import digest, sentences

    return InLanguage(
        grids=[[*grid] for grid in digest(content, spoken, result.spec.report.decimals)],
        sentences=[say(sentence, spoken) for sentence in sentences(content)],
        notices=warning_lines(together(content.notices), spoken),
    )


def print_findings(summary: Summary, study: Path, asked: str | None) -> None:
    """Print the tables that say most, and how to see the others."""
    spoken = language(asked)
    words = summary.by_language[spoken]
    if summary.simulated:
        typer.echo(say(message("SIMULATED DATA: nothing here describes a real place."), spoken))
    mark = say(message(" (simulated data)"), spoken) if summary.simulated else ""
    for title, headings, rows in words.grids:
        print_table(title + mark, headings, rows)
        typer.echo("")
    for sentence in words.sentences:
        typer.echo(sentence)
    if summary.n_more:
        text = message(
            "{n} more tables: `xinzhi show --study {study}`.",
            one="{n} more table: `xinzhi show --study {study}`.",
            n=summary.n_more,
            study=shell_word(study),
        )
        typer.echo(say(text, spoken) + "\n")


def print_notices(summary: Summary, asked: str | None) -> None:
    """Say how much was taken from an earlier run, and what a reader must know."""
    if summary.n_kept:
        text = message(
            "{n} of {total} stages were unchanged and were taken from the last run.",
            one="{n} of {total} stages was unchanged and was taken from the last run.",
            n=summary.n_kept,
            total=summary.n_pieces,
        )
        tell(text, asked)
    sys.stderr.writelines(summary.by_language[language(asked)].notices)


def print_places(summary: Summary, results: Path, asked: str | None) -> None:
    """Say where to look."""
    spoken = language(asked)
    files = [(results / name, about) for name, about in summary.by_language[spoken].files]
    tell_places(files, results, spoken)


def tell_places(files: Files, results: Path, spoken: Language) -> None:
    """Name the files of the results for a reader who looks for them."""
    typer.echo(say(message("Where to look:"), spoken))
    for place, about in list_places(files, results):
        typer.echo(f"  {place}  {say(about, spoken)}".rstrip())


MOST_LINES = 10
"""A screen shows them all, the report among them."""
README = "README.md"


def list_places(files: Files, results: Path) -> Sequence[tuple[str, Wording]]:
    """Name files, those first that a reader looks for: a line for a folder, and for files of one kind.

    Where they are too many, README.md stands for the last ones and counts them.
    """
    kinds: dict[object, list[tuple[Path, Wording]]] = {}
    for file, about in files:
        key = (about or file) if file.parent == results else file.parent
        kinds.setdefault(key, []).append((file, about))
    readme = [(file, about) for file, about in files if file == results / README]
    others = [kind for kind in kinds.values() if kind != readme]
    n_lines = MOST_LINES - 1 if readme else len(others)
    more = [file for kind in others[n_lines:] for file in kind]
    if more:
        words = message(
            "what these files are and how to reproduce them; {n} more are named there",
            one="what these files are and how to reproduce them; {n} more is named there",
            n=len(more),
        )
        readme = [(results / README, words)]
    return [_place_of(kind, results) for kind in (*others[:n_lines], *([readme] if readme else []))]


def _place_of(kind: Sequence[tuple[Path, Wording]], results: Path) -> tuple[str, Wording]:
    """Name a folder with the number of its files, or the few files of one kind."""
    (first, about), *rest = kind
    if first.parent == results or not rest:
        return ", ".join((str(first), *(file.name for file, _ in rest))), about
    whats = in_series(distinct([what for _, what in kind]))
    words = message("{n} files: {what}", one="{n} file: {what}", n=len(kind), what=whats)
    return f"{first.parent}{os.sep}", words
