"""`xinzhi update`: a newer delivery of the files of a study, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xinzhi.cli.commands.run import Progress, compute_study
from xinzhi.cli.commands.show import places
from xinzhi.cli.console import language, tell, tell_notes
from xinzhi.cli.flags import DryRun, Lang, print_plan, target
from xinzhi.study.update.exchange import BEFORE, FOLDER, Exchange, begin, last_exchange
from xinzhi_core.errors import DataError, Problem, SpecError, Where
from xinzhi_core.wording import Wording, message, say, shell_word

if TYPE_CHECKING:
    from xinzhi.report.run_changes import RunSnapshot
    from xinzhi.report.what_changed import WhatChanged
    from xinzhi.study.schema.study import StudySpec
    from xinzhi.study.update.match import Delivered


def update(
    study: Annotated[Path, typer.Argument(help="The study file, or its folder.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Newer files of its data, or a folder of them.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Source of the study file that they belong to.")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Put the files of the last update back as they were.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            "-y",
            help="Replace a file although most rows would be gone, or it is not as expected.",
        ),
    ] = False,
    progress_kind: Annotated[
        Progress, typer.Option("--progress", help="How progress is shown on stderr.")
    ] = "bar",
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results; `results` beside the study file.")
    ] = None,
    dry_run: DryRun = False,
    lang: Lang = None,
) -> None:
    """Take newer files into a study, run it, and say what changed."""
    from xinzhi.work.results import claim

    study, _ = places(study, out)
    if undo == bool(files):
        text = message("Which files are newer?")
        remedy = message("name the files of the new delivery, or --undo alone.")
        raise SpecError(Problem("update.what", text, Where(), remedy))
    given = tuple(files or ())
    if dry_run:
        _preview(study, given, source, lang, undo=undo)
        return
    if not study.is_file():
        from xinzhi.study.file.load import load

        load(study)  # says what is missing
    # One update at a time; a folder that was made for nothing goes again.
    with claim(study.parent / FOLDER) as place:
        tell_notes(place, lang)
        was_open = _tidy(study.parent, lang)
        if undo and was_open:
            return  # it is that update which is undone, not the one before it
        if undo:
            _undo(study, lang)
            return
        code = _update(study, given, source, out, progress_kind, lang, takes_losses=yes)
    raise typer.Exit(code)


def _tidy(folder: Path, lang: str | None) -> bool:
    """Undo what an update that was cut off has begun; give whether there was one."""
    last = last_exchange(folder)
    if last is None or not last.is_open:
        return False
    tell(message("The last update was interrupted: its old files are put back first."), lang)
    _put_back(last, lang)
    return True


def _put_back(exchange: Exchange, lang: str | None) -> None:
    _, aside = exchange.undo()
    for path in aside:
        words = message(
            "A file was changed since the update; that version is kept as {kept}.", kept=path
        )
        tell(words, lang)


def _undo(study: Path, lang: str | None) -> None:
    last = last_exchange(study.parent)
    if last is None:
        text = message("This study has no update that can be undone.")
        raise SpecError(Problem("update.none", text, Where(file=study.name)))
    _put_back(last, lang)
    spoken = language(lang)
    for change in last.changes:
        words = message("{place} is as it was before the update.", place=change.place)
        typer.echo(say(words, spoken))
    typer.echo(
        say(
            message("To have its results again: `xinzhi run {study}`.", study=shell_word(study)),
            spoken,
        )
    )


def _preview(
    study: Path, given: Sequence[Path], source: str | None, lang: str | None, *, undo: bool
) -> None:
    """Say what would be replaced, and what differs; nothing is written."""
    if undo:
        last = last_exchange(study.parent)
        places = last.changes if last else ()
        print_plan(lang, writes=[target(study.parent / change.place) for change in places])
        return
    _, found = _recognised(study, given, source)
    _tell_found(found, lang)
    writes = [target(study.parent / one.place) for one in found if one.adds or not one.is_same]
    print_plan(lang, reads=given, writes=writes)


def _recognised(
    study: Path, given: Sequence[Path], source: str | None
) -> tuple[StudySpec, tuple[Delivered, ...]]:
    from xinzhi.study.file.load import load
    from xinzhi.study.update.match import recognise
    from xinzhi_panel.io.files import Files

    spec = load(study)
    with Files(study.parent, remembers=True) as files:
        found = recognise(spec, study, given, source, files)
        files.verify()
    return spec, found


def _tell_found(found: Sequence[Delivered], lang: str | None) -> None:
    """Say where each file goes, and what differs in it."""
    from xinzhi.study.update.difference import differences_in_words

    spoken = language(lang)
    for one in found:
        if one.is_same and not one.adds:
            words: Wording = message(
                "{file} is the very file that the study has: nothing differs.", file=one.given.name
            )
        elif one.adds:
            words = message(
                "{file} holds further periods only: it comes beside {old} as {place}.",
                file=one.given.name,
                old=one.slot.path,
                place=one.place,
            )
        else:
            words = message("{file} replaces {old}.", file=one.given.name, old=one.slot.path)
        typer.echo(say(words, spoken))
        for difference in one.differences if one.adds or not one.is_same else ():
            for line in differences_in_words(difference):
                typer.echo(f"  {say(line, spoken)}")


def _refuse_losses(found: Sequence[Delivered]) -> None:
    """Refuse a file with which most of the rows would be gone."""
    problems = [
        Problem(
            "update.loses_rows",
            message(
                "With {file}, {n} of the {total} rows of '{source}' would be gone.",
                file=one.given.name,
                n=len(lost.rows_gone) or lost.n_before - lost.n_after,
                total=lost.n_before,
                source=lost.source,
            ),
            Where(file=one.given.name),
            message(
                "put the years together into one file; or, if it is meant, add --yes: the old file is kept."
            ),
        )
        for one in found
        for lost in one.differences
        if lost.loses_most
    ]
    if problems:
        raise DataError(problems)


def _refuse_unexpected(study: Path, spec: StudySpec, found: Sequence[Delivered]) -> None:
    """Refuse files that are not as the expectations beside the study say, before any is replaced."""
    from xinzhi.study.expectations import check_expectations

    unmet = check_expectations(study, spec, None, found)
    if problems := [problem for problem in unmet if problem.severity == "error"]:
        raise DataError(problems)


def _update(
    study: Path,
    given: Sequence[Path],
    source: str | None,
    out: Path | None,
    progress_kind: str,
    lang: str | None,
    *,
    takes_losses: bool,
) -> int:
    """Replace the files, run the study before and after, and write what changed."""
    from xinzhi.report.run_changes import snapshot
    from xinzhi.study.file.edit import apply_edits
    from xinzhi.study.file.load import read_text
    from xinzhi.study.run import run
    from xinzhi.study.update.match import contents_of, edits_of

    results = out or study.parent / "results"
    spec, found = _recognised(study, given, source)
    _tell_found(found, lang)
    text = read_text(study)
    new = apply_edits(text, edits_of(spec, study, found))
    contents = contents_of(study, found, text, new)
    if not contents:
        return 0
    if not takes_losses:
        _refuse_losses(found)
        _refuse_unexpected(study, spec, found)
    _tell_limit(spec, found, lang)
    tell(message("The study is run on its old files first, to compare with."), lang)
    compute_study(study, results, progress_kind=progress_kind, lang=lang, quiet=True)
    before = snapshot(run(study, results=results, computes=False))
    with ExitStack() as stack:
        exchange = begin(study.parent, contents)
        # An error, Ctrl-C included, leaves the study as it was.
        again = message("The old files are in their places again: the study is as it was.")
        stack.callback(tell, again, lang)
        stack.callback(_put_back, exchange, lang)
        exchange.put(contents)
        tell(message("The study is run on its new files."), lang)
        code = compute_study(study, results, progress_kind=progress_kind, lang=lang, quiet=True)
        result = run(study, results=results, computes=False)
        changed = _compare(result.spec, found, before, snapshot(result))
        _write(exchange, changed, result.spec)
        exchange.noted("done")
        stack.pop_all()
    _tell_changes(exchange, changed, study, results, lang)
    return code


def _tell_limit(spec: StudySpec, found: Sequence[Delivered], lang: str | None) -> None:
    """Say that a study which ends at a period does not use later ones."""
    end = spec.panel.periods.end
    rows = [row for one in found for each in one.differences for row in each.rows_come]
    last = [int(row[-1]) for row in rows if row[-1].isdecimal()]
    if end is not None and last and max(last) > end:
        words = message(
            "The study ends at {end} (panel.periods.to): what is new after it is not used.", end=end
        )
        tell(words, lang)


def _compare(
    spec: StudySpec, found: Sequence[Delivered], before: RunSnapshot, after: RunSnapshot
) -> WhatChanged:
    from xinzhi.report.run_changes import compare_runs, count_changes
    from xinzhi.report.what_changed import WhatChanged

    runs = compare_runs(before, after)
    return WhatChanged(
        title=spec.title.label("study"),
        simulated=spec.simulated,
        sources=tuple(each for one in found for each in one.differences),
        runs=runs,
        titles={**before.titles, **after.titles},
        counts=count_changes(before, after, runs),
        labels={**before.labels, **after.labels},
    )


def _write(exchange: Exchange, changed: WhatChanged, spec: StudySpec) -> None:
    from xinzhi.report.what_changed import files_of_changes
    from xinzhi_core.write import write_atomically

    report = spec.report
    for name, content in files_of_changes(changed, report.languages, report.decimals).items():
        write_atomically(exchange.folder / name, content)


def _tell_changes(
    exchange: Exchange, changed: WhatChanged, study: Path, results: Path, lang: str | None
) -> None:
    from xinzhi.report.deliver import explain
    from xinzhi.report.what_changed import PAGE, changes_in_words
    from xinzhi.work.results import look_at

    spoken = language(lang)
    files = explain(results, look_at(results).marker.files)
    reports = [file for file, _ in files if fnmatchcase(file.name, "report*")]
    for words in changes_in_words(changed):
        typer.echo(say(words, spoken))
    for line in (
        message("What changed: {page}", page=exchange.folder / PAGE),
        message("The old files: {folder}", folder=exchange.folder / BEFORE),
        message("The report: {places}", places=", ".join(map(str, reports or (results,)))),
        message("To go back: `xinzhi update {study} --undo`.", study=shell_word(study)),
    ):
        typer.echo(say(line, spoken))
