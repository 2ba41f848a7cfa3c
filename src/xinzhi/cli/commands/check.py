"""`xinzhi check`: find every problem of a study file or of data, and compute nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xinzhi.cli.console import OVERWRITE, language, output_of, print_json
from xinzhi.errors import StudyError, Where
from xinzhi.wording import message

if TYPE_CHECKING:
    from xinzhi.cli.checked import Checked
    from xinzhi.io.raw import Decision

STUDY_FILES = (".yaml", ".yml")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="check")(check)


def check(
    file: Annotated[Path, typer.Argument(help="A study file, or a file of data.")] = Path(
        "study.yaml"
    ),
    entity: Annotated[
        str | None, typer.Option(help="Column that names the city; for data.")
    ] = None,
    period: Annotated[str | None, typer.Option(help="Column of the year; for data.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; for data.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the table as it was read, as .csv; for data.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=OVERWRITE)] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings count as errors.")] = False,
    shows_all: Annotated[
        bool, typer.Option("--all", help="Print every problem, decision and column.")
    ] = False,
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", help="Form of the output.")
    ] = "text",
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console.")
    ] = None,
) -> None:
    """Find every problem, describe the data, compute nothing."""
    sources = _sources(file) if output else ()
    target = output_of(output, overwrite=overwrite, sources=sources, suffixes=(".csv",))
    if file.suffix.lower() in STUDY_FILES:
        checked = _study(file)
    else:
        checked = _data(file, entity, period, sheet)
    from xinzhi.cli.checked import checked_json, checked_lines

    if target is not None and checked.panel is not None:
        from xinzhi.io.csv_text import csv_text

        target.write("\ufeff" + csv_text(checked.panel.to_table()))
    if output_format == "json":
        print_json(checked_json(checked))
    else:
        for line in checked_lines(checked, language(lang), shows_all=shows_all):
            typer.echo(line)
    is_refused = checked.status == "error" or (strict and checked.status == "warning")
    raise typer.Exit(1 if is_refused else 0)


def _sources(file: Path) -> tuple[Path, ...]:
    """List what is read, which is never written: of a study file, its data too."""
    if file.suffix.lower() not in STUDY_FILES:
        return (file,)
    from xinzhi.study.file.load import load
    from xinzhi.study.file.supplies import files_read

    try:
        return files_read(load(file), file)
    except StudyError:  # told as problems of the study; nothing is written then
        return (file,)


def _data(file: Path, entity: str | None, period: str | None, sheet: str | None) -> Checked:
    from xinzhi.io.workbook.archive import refuse_bomb

    # Before the libraries are loaded that would read it.
    try:
        refuse_bomb(file)
        return _read(file, entity, period, sheet)
    except StudyError as error:
        from xinzhi.cli.checked import Checked

        return Checked(error.problems)


def _read(file: Path, entity: str | None, period: str | None, sheet: str | None) -> Checked:
    from xinzhi.cli.checked import Checked
    from xinzhi.columns.plausible import with_plausible
    from xinzhi.io.read import read_panel
    from xinzhi.panel.profile import profile_panel

    guessed: tuple[Decision, ...] = ()
    if entity is None:
        entity, period, guessed = _guessed_keys(file, period, sheet)
    result = read_panel(file, entity=entity, period=period, sheet=sheet)
    warnings = with_plausible(result.panel, result.warnings)
    profile = profile_panel(result.panel, warnings)
    return Checked(
        warnings,
        result.panel,
        (*guessed, *result.decisions),
        result.stated,
        profile,
    )


def _guessed_keys(
    file: Path, period: str | None, sheet: str | None
) -> tuple[str, str | None, tuple[Decision, ...]]:
    """Take the keys that the headings suggest, and say so."""
    from xinzhi.io.raw import Decision
    from xinzhi.study.first.guess import guess

    found = guess(file, sheet=sheet)
    entity, period = found.entity, period or found.period
    said = tuple(
        Decision(
            message(
                "Column '{name}' was taken as the key: {why}.",
                name=name,
                why=found.reasons[name],
            ),
            Where(file=file.name, column=name),
        )
        for name in (entity, period)
        if name is not None and name in found.reasons
    )
    return entity, period, said


def _study(file: Path) -> Checked:
    """Go all the way to the variables of the tables; measure and estimate nothing."""
    from xinzhi.cli.checked import Checked
    from xinzhi.study.check import check_study

    try:
        checked = check_study(file)
    except StudyError as error:
        return Checked(error.problems)
    data = checked.data
    return Checked(
        checked.problems, data.panel, data.reading.decisions, checked.stated, checked.profile
    )
