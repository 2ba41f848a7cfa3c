"""`xinzhi check`: find every problem of a study file or of data, and compute nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from xinzhi.cli.console import OVERWRITE, language, output_of, print_json, problem_json
from xinzhi.errors import Problem, StudyError, Where
from xinzhi.wording import message, say

if TYPE_CHECKING:
    from xinzhi.io.raw import Decision
    from xinzhi.panel.panel import Panel

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
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", help="Form of the output.")
    ] = "text",
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console.")
    ] = None,
) -> None:
    """Find every problem, compute nothing."""
    sources = _sources(file) if output else ()
    target = output_of(output, overwrite=overwrite, sources=sources, suffixes=(".csv",))
    problems: list[Problem] = []
    panel: Panel | None = None
    decisions: Sequence[Decision] = ()
    stated: Mapping[str, object] = {}
    try:
        if file.suffix.lower() in STUDY_FILES:
            panel, decisions, warnings, stated = _study(file)
        else:
            panel, decisions, warnings, stated = _data(file, entity, period, sheet)
        problems.extend(warnings)
    except StudyError as error:
        problems.extend(error.problems)
    if target is not None and panel is not None:
        from xinzhi.io.csv_text import csv_text

        target.write("\ufeff" + csv_text(panel.to_table()))
    status = _status(problems)
    if output_format == "json":
        print_json({**_document(status, problems, panel, decisions), "stated": dict(stated)})
    else:
        _print(status, problems, panel, decisions, lang)
        _print_stated(stated, lang)
    raise typer.Exit(1 if status == "error" or (strict and status == "warning") else 0)


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


Checked = tuple["Panel", Sequence["Decision"], Iterable[Problem], Mapping[str, object]]


def _data(file: Path, entity: str | None, period: str | None, sheet: str | None) -> Checked:
    from xinzhi.io.workbook.archive import refuse_bomb

    # Before the libraries are loaded that would read it.
    refuse_bomb(file)
    from xinzhi.io.raw import Decision
    from xinzhi.io.read import read_panel

    said: tuple[Decision, ...] = ()
    if entity is None:
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
    result = read_panel(file, entity=entity, period=period, sheet=sheet)
    return result.panel, (*said, *result.decisions), result.warnings, result.stated


def _study(file: Path) -> Checked:
    """Go all the way to the variables of the tables; measure and estimate nothing."""
    from xinzhi.study.check import check_study

    checked = check_study(file)
    return checked.data.panel, checked.data.reading.decisions, checked.problems, checked.stated


def _status(problems: Sequence[Problem]) -> str:
    severities = {problem.severity for problem in problems}
    return "error" if "error" in severities else "warning" if severities else "ok"


def _document(
    status: str, problems: Sequence[Problem], panel: Panel | None, decisions: Sequence[Decision]
) -> dict[str, Any]:
    table = None
    if panel is not None:
        table = {
            "columns": [str(column) for column in panel.frame.columns],
            "n_rows": len(panel.frame),
            "n_entities": len(panel.entities),
            "periods": list(panel.periods) if panel.has_periods else [],
            "units": dict(panel.units),
            "missing": {str(c): int(n) for c, n in panel.frame.isna().sum().items() if n},
        }
    return {
        "status": status,
        "problems": [problem_json(problem) for problem in problems],
        "table": table,
        "decisions": [
            {"what": say(d.what, "en"), "where": str(d.where), "count": d.count, "code": d.code}
            for d in decisions
        ],
    }


def _print_stated(stated: Mapping[str, object], lang: str | None) -> None:
    """Print what to write under each source so that the next reading decides nothing."""
    named = {k: v for k, v in stated.items() if isinstance(v, Mapping)}
    for name, one in named.items():
        if one:
            text = message(
                "To state all this under sources.{name}: {words}", name=name, words=_written(one)
            )
            typer.echo(say(text, language(lang)))
    if stated and not named:
        text = message("To state all this in the study file: {words}", words=_written(stated))
        typer.echo(say(text, language(lang)))


def _written(stated: Mapping[str, object]) -> str:
    words = ", ".join(f"{key}: {_yaml(value)}" for key, value in stated.items() if key != "sheet")
    parts = [f"sheet: {_yaml(stated['sheet'])}"] if "sheet" in stated else []
    parts += [f"read: {{{words}}}"] if words else []
    return f"{{{', '.join(parts)}}}"


def _yaml(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_yaml, value))}]"
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def _not_told_below(
    decisions: Sequence[Decision], problems: Sequence[Problem]
) -> Iterator[Decision]:
    """Leave out what a problem says of the same column with its remedy, such as an empty column."""
    told = {(problem.what, problem.where.column) for problem in problems}
    return (one for one in decisions if (one.what, one.where.column) not in told)


def _print(
    status: str,
    problems: Sequence[Problem],
    panel: Panel | None,
    decisions: Sequence[Decision],
    lang: str | None,
) -> None:
    spoken = language(lang)
    if panel is not None:
        periods = f"{panel.periods[0]}-{panel.periods[-1]}" if panel.has_periods else "—"
        typer.echo(
            say(
                message(
                    "{rows} rows, {entities} entities, periods {periods}, {columns} columns.",
                    rows=len(panel.frame),
                    entities=len(panel.entities),
                    periods=periods,
                    columns=len(panel.frame.columns),
                ),
                spoken,
            )
        )
    for decision in _not_told_below(decisions, problems):
        typer.echo(f"· {say(decision.what, spoken)}")
    for problem in problems:
        mark = "✗" if problem.severity == "error" else "!"
        typer.echo(f"{mark} {problem.in_words(spoken)}")
    words = {
        "ok": message("No problem found."),
        "warning": message(
            "{n} warnings, no error.", one="{n} warning, no error.", n=len(problems)
        ),
        "error": message(
            "{n} errors.", one="{n} error.", n=sum(p.severity == "error" for p in problems)
        ),
    }
    typer.echo(say(words[status], spoken))
