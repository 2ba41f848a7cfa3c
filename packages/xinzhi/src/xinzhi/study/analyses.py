"""The loop over the analyses of a study: reads, data, cache, result or the reason why there is none.

Analyses that measure scores come first: their results are columns of the panel, from which the
variables of all others are made. The others follow in the order of the report, each after the results
that it reads.

Run one more analysis on a study that has been run; it reads the existing results.

The data of a study: read, prepared and inspected before anything is measured.

`run` and `check` share this way, so that both give the same verdict: `run` refuses the problems and goes
on to measure, `check` shows them beside the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
from pydantic import ValidationError

from xinzhi.analyses.analysis import (
    ANALYSES,
    EstimationData,
    Given,
    Reads,
    ResultPart,
    in_order,
    measure,
)
from xinzhi.analyses.capabilities import Measured, OfFiles
from xinzhi.analyses.equation import Frontier
from xinzhi.analyses.section import Section, references
from xinzhi.analyses.unavailable import Unavailable, contain, is_fault
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.study import fingerprint
from xinzhi.study.again import Cache, MeasuredAgain
from xinzhi.study.file.located import Located, dotted
from xinzhi.study.file.references import find_unresolved
from xinzhi.study.file.refusals import refusals
from xinzhi.study.file.step_inputs import limit_quotes, quoting
from xinzhi.study.gather.coverage import unmatched_names_first
from xinzhi.study.outlines import content_of, find_outline, match_outlines
from xinzhi.study.outlines import read_files as read_outlines
from xinzhi.study.read import prepare_panel, read_panel_of
from xinzhi.study.result import (
    Reading,
    Results,
    StudyResult,
    analysis_notices,
    place_in_file,
    place_of,
)
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import (
    Failed,
    check_variables,
    label_variables,
    labels,
    refuse_taken_names,
    transform_variables,
    with_levels,
)
from xinzhi.study.view import (
    StudyView,
    change_options,
    memberships,
    parts_of,
    score_names,
    scores_of,
    sources_of,
)
from xinzhi_core.engine import Engine, Serial
from xinzhi_core.errors import (
    DataError,
    MethodError,
    OutOfDomain,
    Problem,
    SpecError,
    StudyError,
    Where,
)
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import Panel
from xinzhi_core.panel.profile import holds_numbers, not_numeric
from xinzhi_core.problems import missing_column
from xinzhi_core.vocabulary import in_file
from xinzhi_panel.io.files import Files

Value = TypeVar("Value")


OF_TEXTS = ("maps",)
"""Analyses whose columns of the data may hold texts."""


def inspect(
    spec: StudySpec, panel: Panel, files: Mapping[str, bytes]
) -> tuple[list[Problem], list[Problem]]:
    """Check whether every analysis can use the prepared data; return errors and warnings."""
    study = StudyView(spec)
    problems: list[Problem] = []
    for key, analysis in in_order():
        for name, section in spec.sections(key).items():
            for path, column in references(section, "data"):
                inside = (part for part in getattr(analysis, "inside", "").split(".") if part)
                place = dotted((*place_in_file(key, name), *inside, *path))
                where = Where(key=place, column=column)
                if column not in panel.frame:
                    problems.append(missing_column(column, tuple(panel.frame), where))
                elif key not in OF_TEXTS and not holds_numbers(panel.frame[column]):
                    problem = not_numeric(column, panel.frame[column])
                    problems.append(replace(problem, where=replace(problem.where, key=where.key)))
            try:
                problems += analysis.inspect(section, study, panel)
                if isinstance(analysis, OfFiles):
                    problems += analysis.inspect_names(section, files, panel)
            except StudyError as error:
                problems += error.problems
    problems = list(dict.fromkeys(problems))
    doubts = [problem for problem in problems if problem.severity == "warning"]
    return [problem for problem in problems if problem.severity != "warning"], doubts


def read_files(spec: StudySpec, files: Files) -> dict[str, bytes]:
    """Read the files that all analyses name, and check that they can be used."""
    contents: dict[str, bytes] = {}
    for key, _ in in_order():
        for name in spec.sections(key):
            contents |= files_of(spec, key, name, files)
    return contents


def files_of(spec: StudySpec, key: str, name: str, files: Files) -> dict[str, bytes]:
    """Read the files that one analysis names, and check that they can be used.

    Raises
    ------
    DataError
        With what is wrong with them.
    """
    analysis, section = ANALYSES.get(key), spec.sections(key)[name]
    named = analysis.reads(section, StudyView(spec)).files
    place = ".".join(place_in_file(key, name))
    contents = {file: content_of(file, files, place) for file in named}
    if isinstance(analysis, OfFiles):
        problems = list(analysis.inspect_files(section, contents))
        if problems:
            raise DataError(problems)
    return contents


def _or_error(work: Callable[..., Value], *arguments: object) -> Value | StudyError:
    """Return what work gives, or its error: an analysis is told of it only if it reads that item."""
    try:
        return work(*arguments)
    except StudyError as error:
        return error


@dataclass(slots=True)
class Analyses:
    """The analyses of a study, and the data that they read, each computed once."""

    spec: StudySpec
    prepared: Panel
    """The data after preparation, without scores."""
    cache: Cache
    outlines: Mapping[str, Boundaries] = field(default_factory=lambda: MappingProxyType({}))
    """Map -> its outlines."""
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    """File beside the study file -> its bytes."""
    engine: Engine = Serial()
    """Computes draws; no result depends on which it is."""
    results: dict[str, dict[str, object]] = field(default_factory=dict)
    panel: Panel = field(init=False)
    """The data with the scores measured so far."""
    variables: pd.DataFrame = field(init=False)
    failed: Failed = field(default_factory=lambda: MappingProxyType({}))
    """Variables that could not be computed; what asks for one of them is refused."""
    fingerprints: dict[tuple[str, str], str] = field(default_factory=dict)
    """Of everything that each result was computed from."""
    measured_again: dict[str, tuple[object, str]] = field(default_factory=dict)
    """Name of a score with its changed options -> its result, and the key of its analysis."""

    def __post_init__(self) -> None:
        self.panel = self.prepared

    def refusals(self) -> tuple[Problem, ...]:
        """Find the errors of all analyses without measuring anything.

        Each score is set to one half, for which every transformation is defined.
        """
        index = self.prepared.frame.index
        scores = (*score_names(self.spec), *parts_of(self.spec))
        self.panel = self.prepared.with_columns({n: pd.Series(0.5, index) for n in scores})
        self.variables, self.failed = transform_variables(self.spec, self.panel)
        problems: list[Problem] = []
        for reads in self._all_reads():
            read = dict.fromkeys(v for data in reads.data for v in data.columns)
            problems += [p for variable in read for p in self.failed.get(variable, ())]
            panel = _or_error(self._select, (*reads.panel, *reads.panel_of_a_part))
            problems += panel.problems if isinstance(panel, StudyError) else ()
        return tuple(dict.fromkeys(problems))

    def unread_failures(self) -> tuple[Problem, ...]:
        """List what is wrong with variables that no analysis reads."""
        read = {v for reads in self._all_reads() for asked in reads.data for v in asked.columns}
        return tuple(p for name in self.failed if name not in read for p in self.failed[name])

    def _all_reads(self) -> Iterator[Reads]:
        study = StudyView(self.spec)
        for key, analysis in in_order():
            for section in self.spec.sections(key).values():
                yield analysis.reads(section, study)

    def measure(self) -> None:
        """Measure the scores, add them to the panel and make the variables."""
        for key, analysis in in_order():
            if isinstance(analysis, Measured):
                for name in self.spec.sections(key):
                    self.result(key, name)
        self.panel = self._with_scores({})
        self.variables, self.failed = transform_variables(self.spec, self.panel)

    def compute(self) -> Results:
        """Compute every analysis of the study; one that fails is `Unavailable` with the reason."""
        return {
            key: {name: self.result(key, name) for name in self.spec.sections(key)}
            for key, _ in in_order()
        }

    def result(self, key: str, name: str) -> object:
        """Compute one result, after those that it reads."""
        results = self.results.setdefault(key, {})
        if name not in results:
            results[name] = self._get_or_compute(key, name, self.spec.sections(key)[name])
        return results[name]

    def _get_or_compute(self, key: str, name: str, section: Section) -> object:
        analysis, study = ANALYSES.get(key), StudyView(self.spec)
        reads = analysis.reads(section, study)
        given = self.given(reads)
        parts = {
            **fingerprint.dependencies(analysis, section, reads, given),
            **{
                f"result {'.'.join(place_of(*source))}": self.fingerprints[source]
                for source in reads.results
            },
        }
        self.fingerprints[key, name] = fingerprint.key_of(parts)
        # Draws are kept under what they read alone: options that only show them find them again.
        read = {**parts, "options": fingerprint.of_text(repr((reads, study.seed)))}
        keyed = replace(given, key=fingerprint.key_of(read))
        place = ".".join(place_of(key, name))
        result = self.cache.get_or_compute(
            place,
            parts,
            # Called by its place in the study file, as all notices are.
            lambda: contain(
                name,
                ".".join(place_in_file(key, name)),
                lambda: analysis.compute(section, keyed),
            ),
        )
        if is_fault(result):
            # What rests on it must not be taken for what the next run computes from a sound result.
            self.fingerprints[key, name] = fingerprint.key_of({**parts, "fault": "yes"})
        return result

    def given(self, reads: Reads) -> Given:
        """Gather what an analysis reads; a missing item is represented by its error."""
        study = StudyView(self.spec)
        return Given(
            study=study,
            frames={
                data: _or_error(self.frame, data.frontier, data.variables, data.as_measured)
                for data in reads.data
            },
            columns=_or_error(self._select, reads.panel) if reads.panel else None,
            columns_of_a_part={
                name: _or_error(self._select_column, name) for name in reads.panel_of_a_part
            },
            members={name: study.memberships(name, self.panel) for name in reads.groupings},
            results={source: self.result(*source) for source in reads.results},
            outlines={
                name: _or_error(find_outline, name, self.outlines, self.panel)
                for name in reads.outlines
            },
            files={name: self.files[name] for name in reads.files},
            engine=self.engine,
            again=self._again(reads.data) if reads.again else None,
        )

    def _again(self, data: tuple[EstimationData, ...]) -> MeasuredAgain:
        groups = memberships(self.spec, self.panel)
        return MeasuredAgain(self.spec, self.prepared, data, groups, Analyses)

    def _select(self, names: tuple[str, ...]) -> Panel:
        self._refuse_unmeasured(names)
        self.panel.require(names)
        return self.panel.select(names)

    def _select_column(self, name: str) -> pd.Series:
        return self._select((name,)).frame[name]

    def frame(
        self, frontier: Frontier, names: tuple[str, ...], also: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Give the variables, the scores behind these names measured under other options.

        `also` are variables that are read as they were measured.

        Raises
        ------
        StudyError
            One of the names could not be computed, or its score not be measured.
        """
        variables, failed = self.variables, self.failed
        again: dict[str, object] = {}
        if frontier:
            again = {name: self._measure(name, frontier) for name in scores_of(self.spec, names)}
            variables, failed = transform_variables(self.spec, self._with_scores(again))
        used = dict.fromkeys((*names, *also))
        problems = [p for name in used for p in failed.get(name, ())]
        if problems:
            raise OutOfDomain(problems)
        self._refuse_unmeasured(s for s in sources_of(self.spec, used) if s not in again)
        return variables

    def _scores(self) -> dict[str, tuple[str, object]]:
        """List the scores: name -> key of its analysis, result or `Unavailable`."""
        return {
            name: (key, result)
            for key, analysis in in_order()
            if isinstance(analysis, Measured)
            for name, result in self.results.get(key, {}).items()
        }

    def _with_scores(self, again: Mapping[str, object]) -> Panel:
        """Add the scores as columns of their names; those that could not be measured are empty."""
        scores = self._scores()
        parts = parts_of(self.spec)
        refuse_taken_names(self.spec, self.prepared)
        index = self.prepared.frame.index
        columns = {}
        for name, (source, part) in {
            **{score: (score, ResultPart()) for score in scores},
            **parts,
        }.items():
            key, first = scores.get(source, ("", None))
            result = again.get(source, first)
            columns[name] = (
                measure(key).column(result, part).reindex(index)
                if key and not isinstance(result, Unavailable)
                else pd.Series(np.nan, index=index)
            )
        return self.prepared.with_columns(columns)

    def _refuse_unmeasured(self, names: Any) -> None:
        scores, parts = self._scores(), parts_of(self.spec)
        sources = dict.fromkeys(parts[n][0] if n in parts else n for n in names)
        results = [scores[name][1] for name in sources if name in scores]
        problems = [
            p for result in results if isinstance(result, Unavailable) for p in result.problems
        ]
        if problems:
            raise MethodError(problems)

    def _measure(self, name: str, frontier: Frontier) -> object:
        """Measure a score under other options; each of them once."""
        key, first = self._scores()[name]
        section = self.spec.sections(key)[name]
        try:
            other = change_options(section, dict(frontier))
        except ValidationError as error:
            raise SpecError(
                Problem("study.value", refusal.what, remedy=refusal.remedy)
                for refusal in refusals(error, type(section))
            ) from error
        # The options of the study in other words are not another frontier.
        if other == change_options(section, {}):
            self._refuse_unmeasured((name,))
            return first
        options = ", ".join(f"{option}: {value}" for option, value in sorted(frontier))
        title = f"{name} ({options})"
        if title not in self.measured_again:
            result = self._get_or_compute(key, title, other)
            if isinstance(result, Unavailable):
                raise MethodError(result.problems)
            self.measured_again[title] = result, key
        return self.measured_again[title][0]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What must be known about the scores that were measured again."""
        return tuple(
            notice
            for result, key in self.measured_again.values()
            for notice in ANALYSES.get(key).notices(result)
        )


def analyse(study: StudyResult, key: str, options: Mapping[str, object]) -> StudyResult:
    """Compute an analysis that reads other results, with options that replace those of the study file.

    Parameters
    ----------
    study
        The study, as it was run; nothing of it is computed again.
    key
        Analysis of which a study has one section at most, such as `typology`.
    options
        Keys of the section. Those that are left out are those of the study file, where it has the
        section.

    Returns
    -------
    StudyResult
        The study with the section and its result, and the notices of this one alone.

    Raises
    ------
    SpecError, DataError, MethodError
        With all problems of the options, of the files that they name, or of the computation.
    """
    analysis = ANALYSES.get(key)
    section = _section(study.spec, key, options)
    spec = study.spec.model_copy(update={key: section})
    if problems := find_unresolved(spec, Located({}, "")):
        raise SpecError(replace(p, where=Where(key=p.where.key)) for p in problems)
    view = StudyView(spec)
    problems = [p for p in analysis.inspect(section, view, study.panel) if p.severity != "warning"]
    if problems:
        raise DataError(problems)
    analyses = _resume(study, spec, key)
    result = analysis.compute(section, analyses.given(analysis.reads(section, view)))
    notices = label_variables(analysis_notices({key: {key: result}}), labels(spec))
    return replace(
        study, spec=spec, results={**study.results, key: {key: result}}, notices=tuple(notices)
    )


def _section(spec: StudySpec, key: str, options: Mapping[str, object]) -> object:
    """Check the options, those of the study file among them."""
    written_section = getattr(spec, key)
    fields = ANALYSES.get(key).section.model_fields
    written = {
        fields[n].alias or n: getattr(written_section, n)
        for n in getattr(written_section, "model_fields_set", ())
    }
    options = {in_file(name): value for name, value in options.items()}
    try:
        return ANALYSES.get(key).section.model_validate({**written, **options})
    except ValidationError as error:
        raise SpecError(
            Problem(refusal.code, refusal.what, Where(key=dotted(refusal.path)), refusal.remedy)
            for refusal in refusals(error, StudySpec, prefix=(key,))
        ) from error


def _resume(study: StudyResult, spec: StudySpec, key: str) -> Analyses:
    """Restore the state of the analyses at the end of the run."""
    scores = {*score_names(spec), *parts_of(spec)}
    prepared = study.panel.select(
        tuple(name for name in map(str, study.panel.frame) if name not in scores)
    )
    with Files(study.folder) as files:
        contents = files_of(spec, key, key, files)
    analyses = Analyses(spec, prepared, Cache(None, {}), study.outlines, contents)
    analyses.results = {of: dict(results) for of, results in study.results.items()}
    analyses.panel = study.panel
    analyses.variables, analyses.failed = transform_variables(spec, study.panel)
    return analyses


class StageWork(Protocol):
    """Does the work of a stage, whoever listens."""

    def __call__(self, stage: str, work: Callable[[], Value]) -> Value:
        """Do the work."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyData:
    """What a study computes from."""

    spec: StudySpec
    """The study, with the dummies that the values of columns make."""
    reading: Reading
    panel: Panel
    """After preparation, without scores."""
    outlines: Mapping[str, Boundaries]
    """Map -> its outlines."""
    files: Mapping[str, bytes]
    """File that an analysis reads -> its bytes."""
    problems: tuple[Problem, ...]
    """Why the study cannot be computed."""
    doubts: tuple[Problem, ...]
    """What analyses doubt about the prepared data; they say it again with their results."""

    def refuse_problems(self) -> None:
        """Refuse data with problems.

        Raises
        ------
        DataError
            With all problems, after the names that do not match: others follow from them.
        """
        if self.problems:
            raise DataError((*_unmatched(self.reading), *self.problems))


def read_data(
    spec: StudySpec, path: Path, files: Files, cache: Cache, stages: StageWork
) -> StudyData:
    """Read, prepare and inspect the data of a study.

    Raises
    ------
    StudyError
        A file, or a step of preparation, cannot be used; what is wrong with the prepared data is in
        the result.
    """
    with quoting(spec, path, of_any_file=True):
        boundaries = read_outlines(spec, files.folder)
        own_files = read_files(spec, files)
    reading = stages("read", lambda: read_panel_of(spec, files, cache))
    with unmatched_names_first(_unmatched(reading)), quoting(spec, path, of_any_file=True):
        panel = stages("prepare", lambda: prepare_panel(spec, reading.panel, files, cache))
    outlines: Mapping[str, Boundaries] = {}
    problems: list[Problem] = []
    # From here on problems are collected: what is wrong with variables hides nothing of maps.
    try:
        spec = with_levels(spec, panel)
        check_variables(spec, panel)
    except StudyError as error:
        problems += error.problems
    unfit, doubts = inspect(spec, panel, own_files)
    problems = limit_quotes((*problems, *unfit), spec, path)
    try:
        with quoting(spec, path, of_any_file=True):
            outlines = match_outlines(spec, panel, boundaries)
    except StudyError as error:
        problems += error.problems
    return StudyData(
        spec, reading, panel, outlines, own_files, tuple(dict.fromkeys(problems)), tuple(doubts)
    )


def _unmatched(reading: Reading) -> tuple[Problem, ...]:
    return reading.coverage.as_warnings() if reading.coverage else ()
