"""What a run says on the console: made once from its results, printed, and kept for an unchanged study."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from xinzhi.cli.console import language, print_table, tell, warning_lines
from xinzhi.notices import together
from xinzhi.wording import LANGUAGES, Language, Wording, message, say

if TYPE_CHECKING:
    from xinzhi.report.content import Content
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
class Said:
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

    def to_json(self) -> dict[str, Any]:
        """Write it so that `of_json` reads it."""
        return asdict(self)

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Said:
        """Read what `to_json` wrote.

        Raises
        ------
        TypeError, KeyError
            It was written by another version.
        """
        words = {one: InLanguage(**found["by_language"][one]) for one in LANGUAGES}
        return cls(**{**found, "by_language": words})


def said_of(result: StudyResult, material: Content) -> Said:
    """Gather what a run says before its files are written, in both languages."""
    from xinzhi.report.digest import n_more

    return Said(
        simulated=result.spec.simulated,
        n_more=n_more(material),
        n_pieces=len(result.stages),
        n_kept=sum(not stage.computed for stage in result.stages),
        code=1 if result.failures or material.problems else 0,
        by_language={one: _words(result, material, one) for one in LANGUAGES},
    )


def with_files(said: Said, files: Files, folder: Path) -> Said:
    """Add the files that were written."""
    words = {
        one: replace(
            words,
            files=[[path.relative_to(folder).as_posix(), say(what, one)] for path, what in files],
        )
        for one, words in said.by_language.items()
    }
    return replace(said, by_language=words)


def _words(result: StudyResult, material: Content, spoken: Language) -> InLanguage:
    from xinzhi.report.digest import digest, sentences

    return InLanguage(
        grids=[[*grid] for grid in digest(material, spoken, result.spec.report.decimals)],
        sentences=[say(sentence, spoken) for sentence in sentences(material)],
        notices=warning_lines(together(material.notices), spoken),
    )


def print_findings(said: Said, study: Path, asked: str | None) -> None:
    """Print the tables that say most, and how to see the others."""
    spoken = language(asked)
    words = said.by_language[spoken]
    if said.simulated:
        typer.echo(say(message("SIMULATED DATA: nothing here describes a real place."), spoken))
    mark = say(message(" (simulated data)"), spoken) if said.simulated else ""
    for title, headings, rows in words.grids:
        print_table(title + mark, headings, rows)
        typer.echo("")
    for sentence in words.sentences:
        typer.echo(sentence)
    if said.n_more:
        text = message(
            "{n} more tables: `xinzhi show --study {study}`.",
            one="{n} more table: `xinzhi show --study {study}`.",
            n=said.n_more,
            study=study,
        )
        typer.echo(say(text, spoken) + "\n")


def print_notices(said: Said, asked: str | None) -> None:
    """Say how much was taken from an earlier run, and what a reader must know."""
    if said.n_kept:
        text = message(
            "{k} of {n} stages were unchanged and were taken from the last run.",
            k=said.n_kept,
            n=said.n_pieces,
        )
        tell(text, asked)
    sys.stderr.writelines(said.by_language[language(asked)].notices)


def print_places(said: Said, results: Path, asked: str | None) -> None:
    """Say where to look."""
    spoken = language(asked)
    typer.echo(say(message("Where to look:"), spoken))
    files = [(results / name, what) for name, what in said.by_language[spoken].files]
    for place, what in explained_places(files):
        typer.echo(f"  {place}  {say(what, spoken)}".rstrip())


def explained_places(files: Files) -> Iterable[tuple[str, Wording]]:
    """Name each file that is explained; of the others in a folder, the folder and their number."""
    places: dict[str, Wording] = {}
    in_folder = Counter(file.parent for file, what in files if not what)
    for file, what in files:
        n = in_folder[file.parent]
        if what or n == 1:
            places[str(file)] = what
        else:
            places[f"{file.parent}{os.sep}"] = message("{n} more files", one="{n} more file", n=n)
    return places.items()
