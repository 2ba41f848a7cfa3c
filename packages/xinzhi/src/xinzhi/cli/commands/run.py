"""`xinzhi run`: compute a study and write everything it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from xinzhi.cli.commands.show import places
from xinzhi.cli.console import Settings, complain, names, progress, tell, tell_notes
from xinzhi.cli.flags import DryRun, Lang, print_plan, print_preview
from xinzhi.cli.long_runs import agreement
from xinzhi.cli.run_output import (
    Summary,
    print_findings,
    print_notices,
    print_places,
    summarise,
    with_files,
)
from xinzhi.events import Event, Listener
from xinzhi.study.file.listing import copies_beside
from xinzhi.work.draws.plan import SERIAL, Kind, Plan
from xinzhi.work.results import Inputs, Results, claim, last_run, remember
from xinzhi_core.errors import StudyError
from xinzhi_core.problems import UNFINISHED
from xinzhi_core.wording import message

if TYPE_CHECKING:
    from xinzhi.study.schema.study import StudySpec

Progress = Literal["bar", "plain", "json"]


def run(
    study: Annotated[Path, typer.Argument(help="The study file.")] = Path("study.yaml"),
    only: Annotated[
        str | None, typer.Option(help="Names of scores, tables, maps or sections: a,b")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Number of processes.")] = None,
    engine: Annotated[
        Kind | None,
        typer.Option(
            help="What computes draws: this process, processes of this computer, or a dask cluster."
        ),
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Scheduler of the dask cluster, such as tcp://10.0.0.1:8786.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Begin long computations without asking.")
    ] = False,
    progress_kind: Annotated[
        Progress, typer.Option("--progress", help="How progress is shown on stderr.")
    ] = "bar",
    lang: Lang = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results; `results` beside the study file.")
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Print no tables and no notices: only what is wrong."),
    ] = False,
    settings: Settings = None,
    dry_run: DryRun = False,
) -> None:
    """Run a study file and write its results."""
    study, results = places(study, out)
    given = tuple(settings or ())
    if dry_run:
        preview_run(study, results, only=names(only), settings=given, lang=lang)
        return
    code = run_study(
        study,
        results,
        only=names(only),
        plan=Plan(engine, jobs, address, agree=agreement(lang, yes=yes, quiet=quiet)),
        settings=given,
        progress_kind="none" if quiet else progress_kind,
        lang=lang,
        quiet=quiet,
    )
    raise typer.Exit(code)


def preview_run(
    study: Path,
    results: Path,
    *,
    only: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
    lang: str | None,
) -> None:
    """Say what a run would do."""
    from xinzhi.study.run import look_untouched, preview

    if not only and find_unchanged(look_untouched(results), study, settings) is not None:
        tell(message("Nothing has changed since the last run: its results are in place."), lang)
        print_plan(lang)
        return
    print_preview(preview(study, results=results, only=only, settings=settings), results, lang)


def run_study(
    study: Path,
    results: Path,
    *,
    only: tuple[str, ...] = (),
    plan: Plan = SERIAL,
    settings: tuple[str, ...] = (),
    progress_kind: str = "bar",
    lang: str | None,
    quiet: bool = False,
) -> int:
    """Run a study file, write its results, say what came out and where it lies."""
    from xinzhi.study.update.exchange import require_no_open

    try:
        require_no_open(study)
        return compute_study(
            study,
            results,
            only=only,
            plan=plan,
            settings=settings,
            progress_kind=progress_kind,
            lang=lang,
            quiet=quiet,
        )
    except StudyError as error:
        if error.code != UNFINISHED:
            tell(message("Nothing was written to the results: they are as before."), lang)
        return complain(error, lang)


def compute_study(
    study: Path,
    results: Path,
    *,
    only: tuple[str, ...] = (),
    plan: Plan = SERIAL,
    settings: tuple[str, ...] = (),
    progress_kind: str = "bar",
    lang: str | None,
    quiet: bool = False,
) -> int:
    """Run a study file, unless nothing has changed since its last run; give the exit code.

    Raises
    ------
    StudyError
        The study cannot be run; its results are as before.
    """
    for copies in copies_beside(study):
        tell(copies.what, lang)
    with claim(results) as place:
        last = None if only else find_unchanged(place, study, settings)
        if last is not None:
            if quiet:
                return last.code
            return _say_again(last, place, study, results, progress_kind, lang)
        return _run(
            study,
            place,
            results,
            only=only,
            plan=plan,
            settings=settings,
            listener=progress(progress_kind, lang),
            lang=lang,
            quiet=quiet,
        )


def find_unchanged(place: Results, study: Path, settings: Sequence[str] = ()) -> Summary | None:
    """Give what the last run said if nothing has changed since."""
    last = last_run(place, study, settings)
    try:
        return None if last is None else Summary.of_json(last.console)
    except (TypeError, KeyError):  # of another version
        return None


def _say_again(
    summary: Summary,
    place: Results,
    study: Path,
    results: Path,
    progress_kind: str,
    lang: str | None,
) -> int:
    """Say again what the last run said."""
    tell_notes(place, lang)
    progress(progress_kind, lang)(Event("report", 1, 1))
    tell(message("Nothing has changed since the last run: its results are in place."), lang)
    print_findings(summary, study, lang)
    print_notices(summary, lang)
    print_places(summary, results, lang)
    return summary.code


def _run(
    study: Path,
    place: Results,
    results: Path,
    *,
    only: tuple[str, ...],
    plan: Plan,
    settings: tuple[str, ...],
    listener: Listener,
    lang: str | None,
    quiet: bool,
) -> int:
    """Compute, put the files in place, and only then say what came out: words cannot fail a run."""
    from xinzhi.present.pictures import Pictures, processes_beside
    from xinzhi.report.build import content_of
    from xinzhi.report.deliver import deliver, planned
    from xinzhi.study import run as study_run
    from xinzhi.study.again import prune
    from xinzhi.study.file.step_inputs import files_read
    from xinzhi.study.texts import FOLDER, read_texts
    from xinzhi.work.results import provide

    provide(study, jobs=plan.n_jobs)
    # Digests are taken before anything is read: a file that is saved during the run differs after it.
    started, inputs = Inputs.of((study,)), Inputs.of(())

    def before(spec: StudySpec) -> None:
        nonlocal inputs
        named = files_read(spec, study)
        place.refuse_others(planned(spec), named)
        read_texts(study.parent, spec.report.languages)  # what cannot be read is said at once
        # A new file in the folder of texts belongs to the report, too.
        inputs = Inputs.of((*named, study.parent / FOLDER))

    shown = tell_notes(place, lang)
    pictures = Pictures(place.store, processes=processes_beside())
    result = study_run.run(
        study,
        results=place,
        only=only,
        settings=settings,
        plan=plan,
        listener=listener,
        before=before,
    )

    def readable(page: Path) -> None:
        if not quiet:
            words = message(
                "The report can be read while the other files are made: {page}", page=page
            )
            tell(words, lang)

    def write() -> Summary:
        content = content_of(result, pictures)
        files = deliver(result, content, place, pictures=pictures, readable=readable)
        return with_files(summarise(result, content), files, place.folder)

    summary = study_run.Stepper(listener, result.clock)("report", write)
    # After the delivery: until then the results of the last run can still be needed.
    if not result.is_partial:
        prune(place.store, result.stages, pictures.keys)
    if not summary.code and not only and inputs.are_still(started):
        # When this is said again nothing is computed: all pieces then come from this run.
        remember(place, inputs, asdict(replace(summary, n_kept=summary.n_pieces)), settings)
    tell_notes(place, lang, n_told=shown)
    if quiet:
        return summary.code
    print_findings(summary, study, lang)
    print_notices(summary, lang)
    print_places(summary, results, lang)
    return summary.code
