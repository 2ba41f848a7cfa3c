"""`--dry-run`: what a command would read, compute, and write; nothing is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinzhi.cli.console import Output, language, print_json
from xinzhi.cli.standard import STANDARD
from xinzhi.wording import Wording, message, say

if TYPE_CHECKING:
    from xinzhi.study.preview import Preview

DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Say what would be read, computed and written, and write nothing."
    ),
]


def print_plan(
    asked: str | None,
    *,
    reads: Iterable[Path] = (),
    computes: Sequence[Wording] = (),
    stored: Sequence[Wording] = (),
    writes: Sequence[Wording] = (),
    as_json: bool = False,
) -> None:
    """Print what a command would do, under headings; a heading without a line is left out."""
    if as_json:
        named = {"computes": computes, "stored": stored, "writes": writes}
        words = {name: [say(line, "en") for line in lines] for name, lines in named.items()}
        print_json({"status": "dry_run", "reads": [*map(str, reads)], **words})
        return
    spoken = language(asked)
    parts: tuple[tuple[Wording, Sequence[Wording]], ...] = (
        (message("Would read:"), [str(path) for path in dict.fromkeys(reads)]),
        (message("Would compute:"), computes),
        (message("Would take from the last run:"), stored),
        (message("Would write:"), writes),
    )
    for heading, lines in parts:
        if lines:
            typer.echo(say(heading, spoken))
        for line in lines:
            typer.echo(f"  {say(line, spoken)}")
    typer.echo(say(message("Dry run: nothing was written."), spoken))


def targets(output: Output | None) -> tuple[Wording, ...]:
    """Say where the output of a command would go."""
    if output is None or output.path == STANDARD:
        return (message("standard output"),)
    return (target(output.path),)


def target(path: Path) -> Wording:
    """Say of a file whether it would be new or replace one."""
    if os.path.lexists(path):
        return message("{file} (replaces the file that is there)", file=path)
    return message("{file} (new)", file=path)


def print_preview(preview: Preview, results: Path, asked: str | None) -> None:
    """Print what a run of a study would do."""
    from xinzhi.report.deliver import certain, planned
    from xinzhi.study.cache import name_stage
    from xinzhi.work.results import Results

    place = Results(results.resolve())
    names = certain(preview.spec)
    place.refuse_others(planned(preview.spec), preview.reads)
    others = message("tables, figures and scripts in {folder}, as the study asks", folder=results)
    if rest := [name for name in place.marker.files if name not in names]:
        others = message(
            "{n} more files of the last run in {folder}, which are replaced or removed",
            one="{n} more file of the last run in {folder}, which is replaced or removed",
            n=len(rest),
            folder=results,
        )
    print_plan(
        asked,
        reads=preview.reads,
        computes=[
            message("{piece}: {why}", piece=name_stage(stage.name), why=stage.why)
            for stage in preview.stages
            if stage.computed
        ],
        stored=[name_stage(stage.name) for stage in preview.stages if not stage.computed],
        writes=[*(target(results / name) for name in names), others],
    )
