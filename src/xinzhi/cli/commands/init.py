"""`xinzhi init`: a first study file for somebody's data."""

from __future__ import annotations

import json
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
    from xinzhi.io.write import write_atomically
    from xinzhi.study.guess import guess
    from xinzhi.study.starter import starter

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
    if study.exists():
        raise SpecError(
            Problem(
                "init.exists",
                message("{file} is already there and is not overwritten.", file=study),
                Where(file=str(study)),
                message("choose another folder, or remove the file first."),
            )
        )
    found = guess(source, sheet=sheet)
    copy = folder / source.name
    if not (copy.exists() and copy.samefile(source)):
        write_atomically(copy, source.read_bytes())
    write_atomically(study, starter(found, source.name))
    write_atomically(
        folder / "study.schema.json", json.dumps(schema(), ensure_ascii=False, indent=1)
    )
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


def schema() -> dict[str, object]:
    """Return the JSON schema of the study file."""
    from xinzhi.study.schema.study import StudySpec

    return dict(StudySpec.model_json_schema())
