"""`xinzhi init`: a first study file for somebody's data."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from xinzhi.cli.console import language, tell
from xinzhi.cli.dry_run import DryRun, print_plan, target
from xinzhi.cli.help import Command
from xinzhi.errors import DataError, Problem, SpecError, Where
from xinzhi.io.files import changed
from xinzhi.wording import message, say

if TYPE_CHECKING:
    from xinzhi.study.first.roles import Roles
    from xinzhi.study.first.tables import FirstTables

FROM = "--from"
LEFT_OUT = "files.left_out_rows"
"""Code of what a join leaves out."""
STRANGE = frozenset({"names.residual", "names.level", "names.unknown", "panel.mixed_level"})
"""Codes of names that are no unit among the others."""


class Init(Command):
    """Takes every word behind `--from`, up to the next option, as a file or folder of data."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option in front of each of its words."""
        words: list[str] = []
        is_from = False
        for word in args:
            is_option = word.startswith("-") and word != "-"
            if is_option:
                is_from = word == FROM
            elif is_from and words[-1] != FROM:
                words.append(FROM)
            words.append(word)
        rest: list[str] = super().parse_args(ctx, words)
        return rest


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new study.")] = Path(),
    data: Annotated[
        list[Path] | None,
        typer.Option(
            FROM,
            help="Your data: files and folders of files (csv, xlsx, dta, sav …), as many as you like.",
        ),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    dry_run: DryRun = False,
    lang: Annotated[
        Literal["zh", "en"] | None,
        typer.Option(help="Language of the console and of the comments in the study file."),
    ] = None,
) -> None:
    """Write a first study file for your data."""
    from xinzhi.study.first.roles import propose_roles
    from xinzhi.study.first.starter import starter
    from xinzhi.study.first.tables import first_tables
    from xinzhi.study.schema.study import schema_text

    if not data:
        text = message("The study file does not name the data of the study.")
        remedy = message("add --from FILE; or start from an example: `xinzhi demo`.")
        raise SpecError(Problem("init.no_data", text, Where(), remedy))
    study = folder / "study.yaml"
    if os.path.lexists(study):
        raise SpecError(_exists(study))
    tables = first_tables(data, folder, sheet=sheet)
    roles = propose_roles(tables.reading.panel)
    title = data[0].name if len(tables.files) == 1 else folder.absolute().name
    draft = starter(tables, roles, title, language(lang))
    new = [
        *_copies(tables, folder),
        (folder / "study.schema.json", schema_text().encode()),
        (study, draft.encode()),
    ]
    sources = tuple(file.given for file in tables.files)
    if dry_run:
        _refuse_others(new, sources)
        writes = [target(file) for file, _ in new if not os.path.lexists(file)]
        print_plan(lang, reads=sources, writes=writes)
        return
    _write(new, sources)
    _tell(tables, roles, study, lang)


def _copies(tables: FirstTables, folder: Path) -> list[tuple[Path, bytes]]:
    """Give the files as they were read, each under its place in the study."""
    read = {file.sha256 for file in tables.reading.files}
    copies: dict[Path, bytes] = {}
    for file in tables.files:
        content, place = file.given.read_bytes(), folder / file.written
        if copies.setdefault(place, content) != content:
            text = message("Two files would be called {name} in the study.", name=file.written)
            remedy = message("rename one of them, or put them into a folder and give the folder.")
            raise SpecError(Problem("init.same_name", text, Where(file=file.given.name), remedy))
        # The roles are guesses from what was read: a file saved since then may be another table.
        if sha256(content).hexdigest() not in read:
            raise DataError(changed(file.given))
    return list(copies.items())


def _tell(tables: FirstTables, roles: Roles, study: Path, lang: str | None) -> None:
    """Print how the files fit together, the roles with their reasons, and what to do next."""
    spoken = language(lang)
    if tables.reading.coverage is not None:
        typer.echo(say(tables.reading.coverage.in_words(), spoken))
    for decision in tables.reading.decisions:
        if decision.code == LEFT_OUT:
            typer.echo(say(decision.what, spoken))
    for doubt in tables.reading.warnings:
        if doubt.code in STRANGE:
            typer.echo(f"! {say(doubt.what, spoken)}")
    for name, why in {**tables.reasons, **roles.reasons}.items():
        typer.echo(f"{name}: {say(why, spoken)}")
    for role, names in (
        (message("inputs"), roles.inputs),
        (message("good outputs"), roles.good_outputs),
        (message("bad outputs"), roles.bad_outputs),
    ):
        listed = ", ".join(names) or say(message("(none)"), spoken)
        typer.echo(f"{say(role, spoken)}: {listed}")
    if not (roles.inputs and roles.good_outputs):
        tell(
            message(
                "No efficiency is measured until you name the inputs and the good outputs in {file}.",
                file=study,
            ),
            lang,
        )
    tell(
        message(
            "{file} is written. Check the roles in it, then: cd {folder} && xinzhi run",
            file=study,
            folder=study.parent,
        ),
        lang,
    )


def _write(new: Sequence[tuple[Path, bytes]], sources: Sequence[Path]) -> None:
    """Write new files, the study file last; what is there is kept, and must be the same."""
    from xinzhi.io.write import write_atomically

    _refuse_others(new, sources)
    for file, content in new:
        if not os.path.lexists(file):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, content, replace=False)


def _refuse_others(new: Sequence[tuple[Path, bytes]], sources: Sequence[Path]) -> None:
    """Refuse to replace what is neither a source itself nor already what would be written."""
    for file, content in new:
        is_source = file.is_file() and any(file.samefile(source) for source in sources)
        is_same = is_source or (file.is_file() and file.read_bytes() == content)
        if os.path.lexists(file) and not is_same:
            raise SpecError(_exists(file))


def _exists(file: Path) -> Problem:
    text = message("{file} is already there and is not overwritten.", file=file)
    remedy = message("choose another folder, or remove the file first.")
    return Problem("init.exists", text, Where(file=str(file)), remedy)
