"""`xinzhi run`: compute a study and write everything it gives."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xinzhi.cli.console import complain, language, print_table, progress, tell, tell_notes, warn
from xinzhi.cli.words import names
from xinzhi.errors import StudyError
from xinzhi.events import Listener
from xinzhi.notices import together
from xinzhi.problems import UNFINISHED
from xinzhi.wording import Wording, message, say

if TYPE_CHECKING:
    from xinzhi.report.sections import Material
    from xinzhi.study.result import StudyResult
    from xinzhi.work.results import Results

Files = Sequence[tuple[Path, Wording]]
Progress = Literal["bar", "plain", "json"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="run")(run)


def run(
    study: Annotated[Path, typer.Argument(help="The study file.")] = Path("study.yaml"),
    only: Annotated[
        str | None, typer.Option(help="Names of scores, tables, maps or sections: a,b")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Number of processes.")] = 1,
    progress_kind: Annotated[
        Progress, typer.Option("--progress", help="How progress is shown on stderr.")
    ] = "bar",
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="Language of the console.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results; `results` beside the study file.")
    ] = None,
) -> None:
    """Run a study file and write its results."""
    if study.is_dir():
        study = study / "study.yaml"
    code = run_study(
        study,
        out or study.parent / "results",
        only=names(only),
        jobs=jobs,
        progress_kind=progress_kind,
        lang=lang,
    )
    raise typer.Exit(code)


def run_study(
    study: Path,
    results: Path,
    *,
    only: tuple[str, ...] = (),
    jobs: int = 1,
    progress_kind: str = "bar",
    lang: str | None,
) -> int:
    """Run a study file, write its results, say what came out and where it lies."""
    from xinzhi.report.digest import digest, n_more, sentences
    from xinzhi.work.open_files import provide

    try:
        provide(study, jobs=jobs)
        result, material, files = _run(
            study, results, only=only, jobs=jobs, listener=progress(progress_kind, lang), lang=lang
        )
    except StudyError as error:
        if error.code != UNFINISHED:
            tell(message("Nothing was written to the results: they are as before."), lang)
        return complain(error, lang)
    spoken = language(lang)
    if result.spec.simulated:
        typer.echo(say(message("SIMULATED DATA: nothing here describes a real place."), spoken))
    for title, headings, rows in digest(material, spoken, result.spec.report.decimals):
        mark = say(message(" (simulated data)"), spoken) if result.spec.simulated else ""
        print_table(title + mark, headings, rows)
        typer.echo("")
    for sentence in sentences(material):
        typer.echo(say(sentence, spoken))
    if more := n_more(material):
        text = message(
            "{n} more tables: `xinzhi show --study {study}`.",
            one="{n} more table: `xinzhi show --study {study}`.",
            n=more,
            study=study,
        )
        typer.echo(say(text, spoken) + "\n")
    _stored(result, lang)
    warn(together(material.notices), lang)
    typer.echo(say(message("Where to look:"), spoken))
    for place, what in told_places(files):
        typer.echo(f"  {place}  {say(what, spoken)}".rstrip())
    return 1 if result.failures or material.problems else 0


def _run(
    study: Path,
    results: Path,
    *,
    only: tuple[str, ...],
    jobs: int,
    listener: Listener,
    lang: str | None,
) -> tuple[StudyResult, Material, Files]:
    """Hold the folder of the results, compute, and put the files in place."""
    from xinzhi.report.deliver import planned
    from xinzhi.study import run as study_run
    from xinzhi.study.cache import prune
    from xinzhi.study.file.supplies import files_read
    from xinzhi.work.results import claimed

    with claimed(results) as place:
        told = tell_notes(place, lang)
        result = study_run.run(
            study,
            results=place,
            only=only,
            jobs=jobs,
            listener=listener,
            before=lambda spec: place.refuse_others(planned(spec), files_read(spec, study)),
        )
        step = study_run.Stepper(listener)
        material, files = step("report", partial(_written, result, place))
        if not result.is_partial:
            prune(place.store, result.stops)
        tell_notes(place, lang, told=told)
    return result, material, [(results / p.relative_to(place.folder), what) for p, what in files]


def _stored(result: StudyResult, lang: str | None) -> None:
    """Say how much was taken from an earlier run."""
    if known := sum(not stop.computed for stop in result.stops):
        text = message(
            "{k} of {n} pieces of work had not changed and were taken from the last run.",
            k=known,
            n=len(result.stops),
        )
        tell(text, lang)


def _written(result: StudyResult, results: Results) -> tuple[Material, Files]:
    """Write the report of a study."""
    from xinzhi.report.deliver import deliver
    from xinzhi.report.material import material_of

    material = material_of(result)
    return material, deliver(result, material, results)


def told_places(files: Sequence[tuple[Path, Wording]]) -> Iterable[tuple[str, Wording]]:
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
