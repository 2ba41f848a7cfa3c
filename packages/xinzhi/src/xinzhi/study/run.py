"""Run a study, stage by stage.

Script: estimates -> what R and Stata need to estimate them again.

Check a study: run all stages before measuring, and find the errors of each analysis.

What a run of a study would do: which stages it would compute and which the last run holds.

Data are read and prepared, as the fingerprints of all that follows rest on them; nothing is measured,
estimated or written. A stage behind one that would be computed counts as computed too: its result rests
on numbers that are not there yet.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import in_order
from xinzhi.analyses.capabilities import DrawnInWorkers
from xinzhi.analyses.unavailable import Unavailable, contain
from xinzhi.events import STAGES, Clock, DrawProgress, Event, Listener, silence
from xinzhi.study.again import (
    Cache,
    OutOfDate,
    changed_parts,
    changes_in_words,
    previous_parts,
    prune,
    seconds_before,
    stage_key,
)
from xinzhi.study.analyses import Analyses, StudyData, read_data
from xinzhi.study.checked import Checked
from xinzhi.study.file.listing import copies_beside
from xinzhi.study.file.load import as_words, load, load_sources, settings_notice
from xinzhi.study.file.step_inputs import files_read, limit_quotes, quoting
from xinzhi.study.first.yaml_text import quoted
from xinzhi.study.only import only_notice, only_parts
from xinzhi.study.read import read_panel_of
from xinzhi.study.result import Results, Stage, StudyResult, analysis_notices, list_results
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import about_data, gather, label_variables, labels, used_columns
from xinzhi.study.view import StudyView
from xinzhi.work.draws.chunk_store import DRAWS
from xinzhi.work.draws.driver import Chunked
from xinzhi.work.draws.plan import SERIAL, Plan
from xinzhi.work.results import Results as ResultsFolder
from xinzhi.work.results import claim, look_at
from xinzhi.work.store import Store
from xinzhi.work.verify import RUN
from xinzhi_core.engine import Engine
from xinzhi_core.errors import Problem, ReportError, SpecError, Stopped, StudyError
from xinzhi_core.notices import Notice
from xinzhi_core.panel.profile import PanelProfile, profile_panel
from xinzhi_core.wording import Message, Wording, message, shell_word
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.export.exported import Exported, export
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.specification import key_of
from xinzhi_panel.io.csv_text import safe_text
from xinzhi_panel.io.files import Files

KEYS = ("entity", "period")
Found = Estimates | Instrumented
Rows = tuple[np.ndarray, np.ndarray]
"""Positions of the rows of a regression in the panel, and in the frame it was estimated on."""
Named = Iterator[tuple[str, pd.DataFrame, Found]]
"""Name of a regression, the frame it was estimated on, its estimates."""


def script(spec: StudySpec, results: Results, frames: Analyses) -> Exported | None:
    """Script: estimates -> the panel and regressions of the scripts; None without a regression.

    All regressions of the tables, of mediation, moderation and groups; those of the specification
    curve are left to the program. Where a column changes values (a lag, other percentiles, another
    frontier), the panel gets a column of its own.
    """
    panel = _Panel(frames.variables)
    models = {
        name: panel.take(name, frame, estimates)
        for name, frame, estimates in _regressions(spec, results, frames)
    }
    return export(panel.frame(), models) if models else None


def _regressions(spec: StudySpec, results: Results, frames: Analyses) -> Named:
    for key, analysis, name, result in list_results(results):
        section = spec.sections(key)[name]
        given = frames.given(analysis.reads(section, StudyView(spec)))
        for model, frame, estimates in analysis.regressions(section, result, given):
            yield f"{name}/{model}", frame, estimates


class _Panel:
    """Gathers columns; one whose values a regression changed gets a name of its own."""

    def __init__(self, variables: pd.DataFrame) -> None:
        self.variables = variables
        self.columns: dict[str, pd.Series] = {}
        self.titles: dict[str, list[str]] = {}
        """Name in the study -> its columns so far: as it is, then as models changed it."""

    def take(self, model: str, frame: pd.DataFrame, estimates: Found) -> Found:
        """Take the columns of a regression, and rename them in its estimates."""
        if isinstance(estimates, Instrumented):
            rows = self._rows(frame, estimates.estimates)
            names = {
                name: self._column(model, name, frame, rows)
                for name in (*estimates.endogenous, *estimates.instruments)
            }
            return replace(
                estimates,
                estimates=self._renamed(model, frame, estimates.estimates),
                endogenous=tuple(names[name] for name in estimates.endogenous),
                instruments=tuple(names[name] for name in estimates.instruments),
            )
        return self._renamed(model, frame, estimates)

    def _renamed(self, model: str, frame: pd.DataFrame, estimates: Estimates) -> Estimates:
        asked = estimates.regression
        how = asked.covariance
        used = (asked.outcome, *asked.regressors, *asked.controls, *asked.effects, *how.clusters)
        rows = self._rows(frame, estimates)
        names = {name: self._column(model, name, frame, rows) for name in dict.fromkeys(used)}
        renamed = replace(
            asked,
            outcome=names[asked.outcome],
            regressors=tuple(names[name] for name in asked.regressors),
            controls=tuple(names[name] for name in asked.controls),
            effects=tuple(names[name] for name in asked.effects),
            covariance=replace(how, clusters=tuple(names[name] for name in how.clusters)),
        )
        terms = tuple(names.get(name, name) for name in estimates.names)
        return replace(estimates, regression=renamed, names=terms)

    def _rows(self, frame: pd.DataFrame, estimates: Estimates) -> Rows:
        """Find the rows of a regression in the panel and in its own frame."""
        rows = estimates.residuals.index
        return self.variables.index.get_indexer(rows), frame.index.get_indexer(rows)

    def _column(self, model: str, name: str, frame: pd.DataFrame, rows: Rows) -> str:
        """Find the column with these values in these rows, or make one."""
        if key_of(frame, name) in KEYS and name not in frame:
            return name
        titles = self.titles.setdefault(name, [])
        if not titles:
            plain = name if safe_text(name) == name else f"_{name}"
            self._add(name, plain, self.variables.get(name, frame[name]))
        values = frame[name].array.take(rows[1])
        for title in titles:
            if self.columns[title].array.take(rows[0]).equals(values):
                return title
        return self._add(name, f"{titles[0]} ({model})", frame[name])

    def _add(self, name: str, title: str, values: pd.Series) -> str:
        if title in self.columns:
            msg = f"two columns are called {title}"
            raise ValueError(msg)
        self.columns[title] = values.reindex(self.variables.index)
        self.titles[name].append(title)
        return title

    def frame(self) -> pd.DataFrame:
        """Give the panel of the scripts."""
        return pd.DataFrame(self.columns, index=self.variables.index)


Value = TypeVar("Value")


def run(
    path: Path,
    *,
    results: Path | ResultsFolder | None = None,
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
    step = Stepper(listener, Clock(seconds_before(results.folder / RUN)) if results else None)
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
        clock=step.clock,
    )


def _expect_workers(spec: StudySpec, engine: Engine) -> None:
    """Let workers start while the study is read, where an analysis asks for draws."""
    for key, analysis in in_order():
        if isinstance(analysis, DrawnInWorkers) and spec.sections(key):
            engine.expect(analysis.in_workers)


def _open_engine(
    plan: Plan,
    path: Path,
    place: ResultsFolder | None,
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
    command = " ".join(map(shell_word, words)) + as_words(settings)
    return replace(plan, command=plan.command or command).open(folder, step.within)


def _open_cache(place: ResultsFolder | None, *, computes: bool) -> Cache:
    if place is None:
        return Cache(None, {}, computes=computes)
    # Looking at the last run writes nothing, so it needs no lock.
    if computes:
        place.own()
    return Cache(place.store, previous_parts(place.folder / RUN), computes=computes)


class Stepper:
    """Notifies the listener before and after each stage."""

    def __init__(self, listener: Listener, clock: Clock | None = None) -> None:
        self.listener = listener
        self.clock = clock or Clock()
        self.stage = next(iter(STAGES))

    def within(self, within: DrawProgress) -> None:
        """Tell how far the stage has come."""
        self._tell([*STAGES].index(self.stage), within)

    def __call__(self, stage: str, work: Callable[[], Value]) -> Value:
        """Run a stage."""
        self.stage, number = stage, [*STAGES].index(stage)
        self.clock.began[stage] = time.monotonic()
        self._tell(number)
        value = work()
        self._tell(number + 1)
        return value

    def _tell(self, done: int, within: DrawProgress | None = None) -> None:
        seconds, rest = self.clock.took().get(self.stage, 0.0), self.clock.rest([*STAGES][done:])
        self.listener(Event(self.stage, done, len(STAGES), within, seconds, rest))


@dataclass(frozen=True, slots=True, eq=False)
class CheckedStudy:
    """A study that was checked."""

    spec: StudySpec
    data: StudyData
    problems: tuple[Problem, ...]
    """What is wrong, and what a reader of the results has to know."""

    @property
    def profile(self) -> PanelProfile:
        """The columns of the prepared data, those that the study uses first."""
        used = used_columns(self.spec)
        columns = sorted(map(str, self.data.panel.frame), key=lambda name: name not in used)
        return profile_panel(self.data.panel, self.data.reading.warnings, columns)

    @property
    def stated(self) -> Mapping[str, object]:
        """What to state under each source so that the next reading decides nothing."""
        reading = self.data.reading
        decided = {d.where.file for d in reading.decisions} | {
            w.where.file for w in reading.warnings
        }
        return {file.name: file.stated for file in reading.files if Path(file.file).name in decided}

    @property
    def summary(self) -> Checked:
        """What a check of any data says."""
        data = self.data
        decisions = data.reading.decisions
        ledgers = data.reading.ledgers
        return Checked(self.problems, data.panel, decisions, self.stated, self.profile, ledgers)


def check_study(path: Path, settings: Sequence[str] = ()) -> CheckedStudy:
    """Load, read and prepare a study, and find what could not be measured or estimated.

    Raises
    ------
    StudyError
        With all problems of the study file and of its files of data, or of a step of preparation, after
        which there are no data to look at.
    """
    try:
        spec = load(path, settings)
    except SpecError as error:
        raise SpecError(_beside_data(error.problems, path, settings)) from error
    with Files(path.parent) as files, quoting(spec, path):
        data = read_data(spec, path, files, Cache(None, {}), Stepper(silence))
    spec = data.spec
    doubts = limit_quotes((*about_data(spec, data.reading, data.panel), *data.doubts), spec, path)
    refusals = _refusals(spec, path, data)
    problems = dict.fromkeys((*data.problems, *refusals, *doubts, *copies_beside(path)))
    return CheckedStudy(spec, data, tuple(problems))


def _beside_data(
    problems: Sequence[Problem], path: Path, settings: Sequence[str]
) -> tuple[Problem, ...]:
    """Add what is wrong with the files of data; of a column that is not a variable, say how it becomes one."""
    try:
        spec = load_sources(path, settings)
    except StudyError:  # told already
        return tuple(problems)
    try:
        with Files(path.parent) as files, quoting(spec, path):
            panel = read_panel_of(spec, files, Cache(None, {})).panel
    except StudyError as error:
        return (*problems, *error.problems)
    return tuple(_with_line(problem, {*map(str, panel.frame)}) for problem in problems)


def _with_line(problem: Problem, columns: Collection[str]) -> Problem:
    """Say which line makes a variable of a column that stands in the data."""
    values = problem.what.values if isinstance(problem.what, Message) else {}  # noqa: PD011 - a field of ours
    name = str(values.get("name"))
    if str(values.get("kind")) != "variable" or name not in columns:
        return problem
    line = message(
        "it is a column of the data: add it under `variables` as `{line}`.",
        line=f"{quoted(name)}: {{column: {quoted(name)}}}",
    )
    return replace(problem, remedy=line)


def _refusals(spec: StudySpec, path: Path, data: StudyData) -> list[Problem]:
    """Find what the analyses are refused, and doubt variables that none reads."""
    if data.problems:  # the variables cannot be made
        return []
    analyses = Analyses(spec, data.panel, Cache(None, {}), data.outlines, data.files)
    try:
        problems = list(analyses.refusals())
    except StudyError as error:
        problems = list(error.problems)
    problems += (replace(problem, severity="warning") for problem in analyses.unread_failures())
    return limit_quotes(problems, spec, path)


OF_DATA = frozenset({"read", "prepare"})
"""Stages that a preview needs itself."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do."""

    spec: StudySpec
    """The whole study; `--only` leaves out stages, not outputs."""
    reads: tuple[Path, ...]
    stages: tuple[Stage, ...]


class UntouchedStore(Store):
    """A store that is looked at: a damaged entry stays where it lies."""

    def quarantine(self, key: str) -> None:
        """Leave it."""


def look_untouched(folder: Path) -> ResultsFolder:
    """Look at a folder of results as it lies: nothing is tidied up."""
    results = ResultsFolder(folder.resolve())
    results.store = UntouchedStore(results.store.folder)
    return results


class _PreviewCache(Cache):
    """Notes what would be computed, and computes only what the preview itself needs."""

    def get_or_compute(
        self, name: str, parts: Mapping[str, str], compute: Callable[[], Value]
    ) -> Any:
        key = stage_key(name, parts)
        stored = self._read(name, key)
        why = message("unchanged") if stored else self._reason(name, parts)
        self.stages.append(Stage(name, 0.0, key, dict(parts), stored is None, why))
        if stored is not None:
            return stored[0]
        if name in OF_DATA:
            return compute()
        return Unavailable(name, (Problem("preview", message("It is only planned.")),))

    def _reason(self, name: str, parts: Mapping[str, str]) -> Wording:
        """Say in the words of the study file why a stage would be computed."""
        changed = changed_parts(self.previous.get(name, {}), parts)
        # Data are told by their columns; what they are a part of says nothing more.
        parts_named = [part for part in changed if not part.startswith("data ")]
        if name in self.previous and parts_named:
            return changes_in_words(parts_named)
        return self._why(name, parts)


def preview(
    path: Path, *, results: Path, only: tuple[str, ...] = (), settings: tuple[str, ...] = ()
) -> Preview:
    """Look ahead at a run; parameters as for `run`.

    Raises
    ------
    SpecError, DataError
        What the run would refuse, before it measures anything.
    """
    whole = load(path, settings)
    spec = only_parts(whole, only)
    cache = _PreviewCache(look_untouched(results).store, previous_parts(results / "run.json"))
    with Files(path.parent) as files, quoting(spec, path):
        data = read_data(spec, path, files, cache, Stepper(silence))
        data.refuse_problems()
        analyses = Analyses(data.spec, data.panel, cache, data.outlines, data.files)
        analyses.measure()
        analyses.compute()
    return Preview(whole, files_read(whole, path), tuple(cache.stages))
