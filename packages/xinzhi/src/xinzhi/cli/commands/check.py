"""`xinzhi check`: find every problem of a study file or of data, and compute nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinzhi.cli.commands.show import STUDY_FILES, places, sources_of
from xinzhi.cli.console import Settings, language, prepare_output, print_json
from xinzhi.cli.flags import DryRun, Form, Lang, Overwrite, print_plan, targets
from xinzhi.cli.frame_output import FORMATS, FRAMES, write_frame
from xinzhi.cli.keyed import suggested_keys
from xinzhi.cli.streams import STANDARD, open_given
from xinzhi_core.errors import Problem, SpecError, StudyError, Where
from xinzhi_core.wording import message, say

if TYPE_CHECKING:
    from xinzhi.study.checked import Checked
    from xinzhi_panel.io.raw import Decision

READ = "read."
"""How settings begin that state how a file of data is read."""


def check(
    file: Annotated[
        Path, typer.Argument(help="A study file, or a file of data; - is standard input.")
    ] = Path("study.yaml"),
    entity: Annotated[
        str | None, typer.Option(help="Column that names the city; for data.")
    ] = None,
    period: Annotated[str | None, typer.Option(help="Column of the year; for data.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; for data.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Write the table as it was read, as .csv, .xlsx or .dta; - is stdout; for data."
        ),
    ] = None,
    overwrite: Overwrite = False,
    settings: Settings = None,
    dry_run: DryRun = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings count as errors.")] = False,
    shows_all: Annotated[
        bool, typer.Option("--all", help="Print every problem, decision and column.")
    ] = False,
    write_expectations: Annotated[
        bool,
        typer.Option(
            "--write-expectations",
            help="Write what the files are to be next time: keys, rows, units, ranges; for a study.",
        ),
    ] = False,
    against: Annotated[
        Path | None,
        typer.Option(
            help="File of what is expected, .yaml, or .json as Table Schema; expectations.yaml beside the study."
        ),
    ] = None,
    output_format: Form = "text",
    lang: Lang = None,
) -> None:
    """Find every problem, describe the data, compute nothing."""
    file = places(file, None)[0] if (file / "study.yaml").is_file() else file
    given = tuple(settings or ())
    if write_expectations or against:
        _refuse_for_data(file)
    if write_expectations:
        _write_expectations(file, against, given, lang, overwrite=overwrite, dry_run=dry_run)
        return
    sources = sources_of(file, given) if output else ()
    target = prepare_output(output, overwrite=overwrite, sources=sources, suffixes=FRAMES)
    _refuse_options(file, given, is_piped=output == STANDARD and output_format == "json")
    if dry_run:
        reads, is_json = sources or sources_of(file, given), output_format == "json"
        print_plan(lang, reads=reads, writes=targets(target), as_json=is_json)
        return
    if file.suffix.lower() in STUDY_FILES:
        from xinzhi.study.checked import check_study_file

        checked = _against(check_study_file(file, given), file, against, given)
    else:
        checked = _check_data(file, entity, period, sheet, given)
    from xinzhi.cli.check_output import checked_lines
    from xinzhi.study.checked import checked_json

    if target is not None and checked.panel is not None:
        form = FORMATS.get(target.path.suffix.lower(), "csv")
        title = message("The data as they were read")
        write_frame(target, checked.panel.by_keys(), form, title, lang=lang)
    if output_format == "json":
        print_json(checked_json(checked))
    else:
        for line in checked_lines(checked, language(lang), shows_all=shows_all):
            typer.echo(line, err=output == STANDARD)
    is_refused = checked.status == "error" or (strict and checked.status == "warning")
    raise typer.Exit(1 if is_refused else 0)


def _refuse_for_data(file: Path) -> None:
    """Refuse options of expectations for a file of data: it has no sources."""
    if file.suffix.lower() not in STUDY_FILES:
        text = message(
            "Expectations belong to a study file, and {file} is a file of data.", file=file
        )
        remedy = message("write a study file for it with `xinzhi init`.")
        raise SpecError(Problem("option.no_effect", text, Where(file=file.name), remedy))


def _against(checked: Checked, file: Path, against: Path | None, given: tuple[str, ...]) -> Checked:
    """Add what differs from what is expected, where the study itself could be read."""
    from xinzhi.study.expectations import BESIDE, check_expectations
    from xinzhi.study.file.load import load

    if checked.panel is None or not (against or (file.parent / BESIDE).is_file()):
        return checked
    try:
        unmet = check_expectations(file, load(file, given), against)
    except StudyError as error:
        unmet = error.problems
    return replace(checked, problems=(*checked.problems, *unmet))


def _write_expectations(
    file: Path,
    target_file: Path | None,
    given: tuple[str, ...],
    lang: str | None,
    *,
    overwrite: bool,
    dry_run: bool,
) -> None:
    """Write what the sources are today, as what they are expected to be."""
    from xinzhi.study.expectations import BESIDE, expectations_of, facts_of, written
    from xinzhi.study.file.load import load
    from xinzhi_panel.io.files import Files

    path = target_file or file.parent / BESIDE
    spec = load(file, given)
    sources = sources_of(file, given)
    suffixes = (*STUDY_FILES, ".json")
    target = prepare_output(path, overwrite=overwrite, sources=sources, suffixes=suffixes)
    if dry_run:
        print_plan(lang, reads=sources, writes=targets(target))
        return
    with Files(file.parent) as files:
        expected = expectations_of(facts_of(spec, file.parent, files))
        files.verify()
    if target is not None:
        target.write([written(expected, spec, path.suffix.lower())])
    typer.echo(say(message("What is expected is written: {file}", file=path), language(lang)))


def _refuse_options(file: Path, settings: tuple[str, ...], *, is_piped: bool) -> None:
    """Refuse options that have no effect, and two documents on one stream."""
    others = [text for text in settings if not text.startswith(READ)]
    if others and file.suffix.lower() not in STUDY_FILES:
        text = message(
            "{option} is for study files, and {file} is a file of data.",
            option="--set",
            file=file,
        )
        remedy = message(
            "leave it out; what is stated of a file begins with `read.`, as in --set 'read.text=[code]'."
        )
        raise SpecError(Problem("option.no_effect", text, Where(key="--set"), remedy))
    if is_piped:
        text = message("The table and the problems as json cannot both go to standard output.")
        remedy = message("name a file for --output.")
        raise SpecError(Problem("option.no_effect", text, Where(key="--output"), remedy))


def _check_data(
    file: Path,
    entity: str | None,
    period: str | None,
    sheet: str | None,
    settings: tuple[str, ...],
) -> Checked:
    from xinzhi_panel.io.workbook.archive import refuse_bomb

    # Before the libraries are loaded that would read it.
    try:
        with open_given(file) as path:
            refuse_bomb(path)
            return _read_data(path, entity, period, sheet, settings)
    except StudyError as error:
        from xinzhi.study.checked import Checked

        return Checked(error.problems)


def _read_data(
    file: Path,
    entity: str | None,
    period: str | None,
    sheet: str | None,
    settings: tuple[str, ...],
) -> Checked:
    from xinzhi.cli.stated import reading_of
    from xinzhi.study.checked import Checked
    from xinzhi_core.panel.profile import profile_panel
    from xinzhi_panel.columns.indicators import with_own
    from xinzhi_panel.columns.seen import accepted, with_plausible
    from xinzhi_panel.places.strangers import read_judged

    guessed: tuple[Decision, ...] = ()
    left: tuple[Problem, ...] = ()
    sheets: tuple[str, ...] = ()
    if entity is None:
        keys, sheets_left, guessed = suggested_keys(file, sheet, period)
        left = tuple(one.as_warning(file.name) for one in sheets_left if one.is_data)
        entity, period, sheets = keys.entity, keys.period, keys.sheets
    reading = reading_of(settings)
    # Sheets that were stated go before those that were found.
    reading = replace(reading, sheets=reading.sheets or sheets)
    result = read_judged(file, entity=entity, period=period, sheet=sheet, reading=reading)
    found = tuple(
        problem
        for problem in with_plausible(result.panel, result.warnings, with_own(file.parent))
        if not accepted(problem, reading.accept)
    )
    warnings = (*left, *found)
    profile = profile_panel(result.panel, warnings)
    decisions = (*guessed, *result.decisions)
    return Checked(warnings, result.panel, decisions, result.stated, profile, result.ledgers)
