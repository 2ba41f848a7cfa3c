"""`xinzhi show` and `xinzhi report`: what the last run computed, again, without computing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xinzhi.cli.console import Settings, language, names, print_table, tell_notes
from xinzhi.cli.flags import DryRun, Lang, OutputFile, OutputForm, Overwrite, print_plan, target
from xinzhi.cli.frame_output import Destination, choose_tables
from xinzhi.cli.run_output import tell_places
from xinzhi_core.errors import StudyError
from xinzhi_core.wording import say

Study = Annotated[Path, typer.Option("--study", help="The study file.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the results.")]
STUDY_FILES = (".yaml", ".yml")


def places(study: Path, out: Path | None) -> tuple[Path, Path]:
    """Name the study file and the folder of its results."""
    study = study / "study.yaml" if study.is_dir() else study
    return study, out or study.parent / "results"


def sources_of(file: Path, settings: tuple[str, ...]) -> tuple[Path, ...]:
    """List what is read, which is never written: of a study file, its data too."""
    if file.suffix.lower() not in STUDY_FILES:
        return (file,)
    from xinzhi.study.file.load import load
    from xinzhi.study.file.step_inputs import files_read

    try:
        return files_read(load(file, settings), file)
    except StudyError:  # told as problems of the study; nothing is written then
        return (file,)


def show(
    table: Annotated[str | None, typer.Argument(help="A table; all are listed without it.")] = None,
    study: Study = Path("study.yaml"),
    out: Out = None,
    settings: Settings = None,
    output: OutputFile = None,
    output_format: OutputForm = None,
    overwrite: Overwrite = False,
    lang: Lang = None,
) -> None:
    """Show a table of the last run."""
    if table is not None and table.endswith(
        STUDY_FILES
    ):  # `show study.yaml`: no table has such a name
        study, table = Path(table), None
    from xinzhi.report.build import every_table
    from xinzhi.report.document import grid
    from xinzhi.report.table_frame import table_file
    from xinzhi.study.run import run
    from xinzhi.work.results import look_at

    file, folder = places(study, out)
    sources = sources_of(file, tuple(settings or ())) if output else ()
    to = Destination.of(
        output, output_format, "text", overwrite=overwrite, sources=sources, lang=lang
    )
    place = look_at(folder)
    tell_notes(place, lang)
    result = run(file, results=place, settings=tuple(settings or ()), computes=False)
    tables = choose_tables([one for group in every_table(result).values() for one in group], table)
    spoken = language(lang)
    if not to.is_console:
        to.write(
            lambda: {one.id: dict(one.machine) for one in tables},
            lambda: [table_file(one, spoken) for one in tables],
            "TABLE",
        )
        return
    if table is None:
        for each in tables:
            typer.echo(f"{each.id}: {say(each.title, spoken)}")
        return
    (each,) = tables
    print_table(*grid(each, spoken, result.spec.report.decimals))
    for sentence in (*each.notes, *each.reading):
        typer.echo(say(sentence, spoken))


def report(
    file: Annotated[
        Path | None, typer.Argument(help="The study file; that of --study where left out.")
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", help="Formats: html,xlsx,docx …; those of the study file."),
    ] = None,
    study: Study = Path("study.yaml"),
    out: Out = None,
    settings: Settings = None,
    dry_run: DryRun = False,
    lang: Lang = None,
) -> None:
    """Write the report of the last run again."""
    from xinzhi.report.build import content_of
    from xinzhi.report.deliver import deliver
    from xinzhi.study.file.step_inputs import files_read
    from xinzhi.study.run import run
    from xinzhi.work.results import claim, provide

    study, folder = places(file or study, out)
    if dry_run:
        _plan_report(study, folder, names(formats), tuple(settings or ()), lang)
        return
    provide(study)
    with claim(folder) as place:
        n_told = tell_notes(place, lang)
        result = run(study, results=place, settings=tuple(settings or ()), computes=False)
        place.refuse_others((), files_read(result.spec, study))
        files = deliver(result, content_of(result), place, formats=names(formats))
        tell_notes(place, lang, n_told=n_told)
    told = [(folder / path.relative_to(place.folder), about) for path, about in files]
    tell_places(told, folder, language(lang))


def _plan_report(
    file: Path, folder: Path, formats: tuple[str, ...], settings: tuple[str, ...], lang: str | None
) -> None:
    """Say which files would be written, and refuse a run that is not there any more."""
    from xinzhi.report.deliver import certain
    from xinzhi.study.again import name_stage
    from xinzhi.study.file.step_inputs import files_read
    from xinzhi.study.run import look_untouched, run

    result = run(file, results=look_untouched(folder), settings=settings, computes=False)
    spec = result.spec
    if formats:
        chosen = spec.report.model_copy(update={"formats": formats})
        spec = spec.model_copy(update={"report": chosen})
    stored = [name_stage(stage.name) for stage in result.stages]
    writes = [target(folder / name) for name in certain(spec)]
    print_plan(lang, reads=files_read(spec, file), stored=stored, writes=writes)
