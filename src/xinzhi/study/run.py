"""Run a study, stage by stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TypeVar

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.unavailable import Unavailable, contain
from xinzhi.errors import ReportError, SpecError, Stopped
from xinzhi.events import STAGES, DrawProgress, Event, Listener, silence
from xinzhi.io.files import Files
from xinzhi.notices import Notice
from xinzhi.study.analyses import Analyses
from xinzhi.study.cache import Cache, OutOfDate, previous_parts, prune
from xinzhi.study.data import read_data
from xinzhi.study.file.load import load
from xinzhi.study.file.quoting import quoting
from xinzhi.study.file.settings import as_words, settings_notice
from xinzhi.study.file.step_inputs import files_read
from xinzhi.study.notices import gather, label_variables
from xinzhi.study.only import only_notice, only_parts
from xinzhi.study.result import StudyResult, analysis_notices
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.scripts import script
from xinzhi.study.variables import labels
from xinzhi.work.draws.chunk_store import DRAWS
from xinzhi.work.draws.driver import Chunked
from xinzhi.work.draws.plan import SERIAL, Plan
from xinzhi.work.engine import Engine
from xinzhi.work.results import Results, claim, look_at

Value = TypeVar("Value")


def run(
    path: Path,
    *,
    results: Path | Results | None = None,
    only: tuple[str, ...] = (),
    settings: tuple[str, ...] = (),
    plan: Plan = SERIAL,
    computes: bool = True,
    listener: Listener = silence,
    before: Callable[[StudySpec], None] | None = None,
) -> StudyResult:
    """Run a study file.

    Parameters
    ----------
    path
        The study file.
    results
        Folder of the results with the cache; nothing is cached if None.
        A caller that has locked the folder passes it as `Results`, and prunes the cache itself
        once the report is in place.
    only
        Names of scores, tables, maps or sections; everything where empty.
    settings
        Values that replace those of the file for this run: `report.decimals=2`.
    plan
        The engine that computes draws; results do not depend on it.
    computes
        False takes everything from the last run and is an error where something has changed.
    listener
        Called before and after each stage.
    before
        Called with the whole study before any data are read.

    Raises
    ------
    SpecError, DataError
        With all problems of the study file, or of the data.
    """
    if isinstance(results, Path):
        if not computes:
            place = look_at(results)
            return run(path, results=place, only=only, settings=settings, computes=False)
        with claim(results) as place:
            result = run(
                path,
                results=place,
                only=only,
                settings=settings,
                plan=plan,
                listener=listener,
                # Results cannot be cached among files of others.
                before=before or (lambda spec: place.refuse_others((), files_read(spec, path))),
            )
            # A partial run has not asked for the other results: pruning would lose them.
            if not only:
                prune(place.store, result.stages)
            return result
    step = Stepper(listener)
    spec = step("load", lambda: _load(path, only, settings, before))
    try:
        with Files(path.parent) as files, quoting(spec, path):
            cache = _open_cache(results, computes=computes)
            with _open_engine(plan, path, results, step, settings, computes=computes) as engine:
                result = _compute(spec, path, files, cache, step, only, engine)
    except OutOfDate as error:
        raise SpecError(error.problem(path, settings)) from error
    except Stopped as error:
        raise ReportError(error.problem) from error
    noted = (*settings_notice(settings), *result.notices)
    return replace(result, settings=settings, notices=noted) if settings else result


def _load(
    path: Path,
    only: tuple[str, ...],
    settings: tuple[str, ...],
    before: Callable[[StudySpec], None] | None,
) -> StudySpec:
    whole = load(path, settings)
    spec = only_parts(whole, only)
    if before:
        before(whole)
    return spec


def _compute(
    spec: StudySpec,
    path: Path,
    files: Files,
    cache: Cache,
    step: Stepper,
    only: tuple[str, ...],
    engine: Engine,
) -> StudyResult:
    _expect_workers(spec, engine)
    data = read_data(spec, path, files, cache, step)
    data.refuse_problems()
    spec = data.spec
    analyses = Analyses(spec, data.panel, cache, data.outlines, data.files, engine)
    # Scores become columns of the panel; variables and all other analyses are made from it.
    step("measure", analyses.measure)
    panel, variables = analyses.panel, analyses.variables
    # A variable that the parts do not read may be read by those that are left out.
    problems = () if only else analyses.unread_failures()
    results = step("analyse", analyses.compute)
    scripts = contain("scripts", "scripts", lambda: script(spec, results, analyses))
    failed = {"scripts": scripts} if isinstance(scripts, Unavailable) else {}
    problems += tuple(problem for failure in failed.values() for problem in failure.problems)
    return StudyResult(
        spec=spec,
        folder=files.folder,
        reading=data.reading,
        panel=panel,
        variables=variables,
        results=results,
        outlines=data.outlines,
        is_partial=bool(only),
        notices=(
            *only_notice(only),
            *gather(spec, data.reading, panel, results),
            *label_variables(
                dict.fromkeys((*analyses.notices, *analysis_notices(results))), labels(spec)
            ),
            *label_variables((Notice(p.code, p.what, p.where) for p in problems), labels(spec)),
        ),
        scripts=None if isinstance(scripts, Unavailable) else scripts,
        not_computed=failed,
        stages=tuple(cache.stages),
    )


def _expect_workers(spec: StudySpec, engine: Engine) -> None:
    """Let workers start while the study is read, where an analysis asks for draws."""
    for key, analysis in in_order():
        if analysis.in_workers and spec.sections(key):
            engine.expect(analysis.in_workers)


def _open_engine(
    plan: Plan,
    path: Path,
    place: Results | None,
    step: Stepper,
    settings: tuple[str, ...],
    *,
    computes: bool,
) -> Chunked:
    """Make the engine, which keeps draws beside the cache; what only looks needs none."""
    if not computes:
        return Chunked()
    words = ["xinzhi", "run", str(path)]
    if place and place.folder != path.absolute().parent / "results":
        words += ["--out", str(place.folder)]
    folder = place.store.folder / DRAWS if place else None
    command = " ".join(map(quote, words)) + as_words(settings)
    return replace(plan, command=plan.command or command).open(folder, step.within)


def _open_cache(place: Results | None, *, computes: bool) -> Cache:
    if place is None:
        return Cache(None, {}, computes=computes)
    # Looking at the last run writes nothing, so it needs no lock.
    if computes:
        place.own()
    return Cache(place.store, previous_parts(place.folder / "run.json"), computes=computes)


class Stepper:
    """Notifies the listener before and after each stage."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.stage = next(iter(STAGES))

    def within(self, within: DrawProgress) -> None:
        """Tell how far the stage has come."""
        number = [*STAGES].index(self.stage)
        self.listener(Event(self.stage, number, len(STAGES), within))

    def __call__(self, stage: str, work: Callable[[], Value]) -> Value:
        """Run a stage."""
        self.stage, number = stage, [*STAGES].index(stage)
        self.listener(Event(stage, number, len(STAGES)))
        value = work()
        self.listener(Event(stage, number + 1, len(STAGES)))
        return value
