"""`xinzhi show` and `xinzhi report`: what the last run computed, again, without computing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xinzhi.cli.console import language, print_table
from xinzhi.cli.words import names
from xinzhi.errors import Problem, SpecError, Where, suggestion
from xinzhi.wording import message, say

if TYPE_CHECKING:
    from xinzhi.study.result import StudyResult

Study = Annotated[Path, typer.Option("--study", help="The study file.")]
Lang = Annotated[Literal["zh", "en"] | None, typer.Option(help="Language of the console.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the results.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(name="show")(show)
    app.command(name="report")(report)


def _last(study: Path, out: Path | None) -> tuple[StudyResult, Path]:
    from xinzhi.study.run import run

    study = study / "study.yaml" if study.is_dir() else study
    results = out or study.parent / "results"
    return run(study, results=results, computes=False), results


def show(
    table: Annotated[str | None, typer.Argument(help="A table; all are listed without it.")] = None,
    study: Study = Path("study.yaml"),
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Show a table of the last run."""
    from xinzhi.report.digest import grid
    from xinzhi.report.material import every_table

    result, _ = _last(study, out)
    tables = {one.id: one for group in every_table(result).values() for one in group}
    spoken = language(lang)
    if table is None:
        for name, one in tables.items():
            typer.echo(f"{name}: {say(one.title, spoken)}")
        return
    if table not in tables:
        raise SpecError(
            Problem(
                "show.unknown",
                message("There is no table '{name}'.", name=table),
                Where(),
                suggestion(table, tuple(tables)),
            )
        )
    one = tables[table]
    print_table(*grid(one, spoken, result.spec.report.decimals))
    for sentence in (*one.notes, *one.reading):
        typer.echo(say(sentence, spoken))


def report(
    formats: Annotated[
        str | None,
        typer.Option("--format", help="Formats: html,xlsx,docx …; those of the study file."),
    ] = None,
    study: Study = Path("study.yaml"),
    out: Out = None,
    lang: Lang = None,
) -> None:
    """Write the report of the last run again."""
    from xinzhi.report.deliver import deliver
    from xinzhi.report.material import material_of

    result, results = _last(study, out)
    files = deliver(result, material_of(result), results, formats=names(formats))
    for file, what in files:
        typer.echo(f"{file}  {say(what, language(lang))}")
