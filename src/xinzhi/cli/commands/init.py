"""`xinzhi init`: a first study file for somebody's data."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from xinzhi.cli.console import language, tell
from xinzhi.errors import Problem, SpecError, Where
from xinzhi.wording import message, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="init")(init)


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new study.")] = Path(),
    source: Annotated[Path | None, typer.Option("--from", help="Your data: csv or xlsx.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console.")
    ] = None,
) -> None:
    """Write a first study file for your data."""
    from xinzhi.io.files import Files
    from xinzhi.study.first.guess import guess
    from xinzhi.study.first.starter import starter

    if source is None:
        raise SpecError(
            Problem(
                "init.no_data",
                message("Which data the study is about is not said."),
                Where(),
                message("add --from FILE; or start from an example: `xinzhi demo`."),
            )
        )
    study = folder / "study.yaml"
    if os.path.lexists(study):
        raise SpecError(_exists(study))
    with Files(Path()) as files:
        data = files.take(source).path
        found = guess(data, sheet=sheet)
        new = [
            (folder / source.name, data.read_bytes()),
            (folder / "study.schema.json", _schema_text().encode()),
            (study, starter(found, source.name).encode()),
        ]
        files.verify()
    _write(new, source)
    for name, why in found.reasons.items():
        typer.echo(f"{name}: {why}")
    for role, names in (
        (message("inputs"), found.inputs),
        (message("good outputs"), found.good_outputs),
        (message("bad outputs"), found.bad_outputs),
    ):
        listed = ", ".join(names) or say(message("(none)"), language(lang))
        typer.echo(f"{say(role, language(lang))}: {listed}")
    if not (found.inputs and found.good_outputs):
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
            folder=folder,
        ),
        lang,
    )


def _write(new: Sequence[tuple[Path, bytes]], source: Path) -> None:
    """Write new files, the study file last; what is there is kept, and must be the same."""
    from xinzhi.io.write import write_atomically

    for file, content in new:
        if os.path.lexists(file) and not _is_there(file, content, source):
            raise SpecError(_exists(file))
    for file, content in new:
        if not os.path.lexists(file):
            write_atomically(file, content, replace=False)


def _is_there(file: Path, content: bytes, source: Path) -> bool:
    """Tell whether a file is the source itself, or already what would be written."""
    return file.is_file() and (file.samefile(source) or file.read_bytes() == content)


def _exists(file: Path) -> Problem:
    return Problem(
        "init.exists",
        message("{file} is already there and is not overwritten.", file=file),
        Where(file=str(file)),
        message("choose another folder, or remove the file first."),
    )


def _schema_text() -> str:
    return json.dumps(schema(), ensure_ascii=False, indent=1)


def schema() -> dict[str, object]:
    """Return the JSON schema of the study file."""
    from xinzhi.study.schema.study import StudySpec

    return dict(StudySpec.model_json_schema())
