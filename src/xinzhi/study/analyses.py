"""The loop over the analyses of a study: reads, data, cache, result or the reason why there is none.

Analyses that measure scores come first: their results are columns of the panel, from which the
variables of all others are made. The others follow in the order of the report, each after the results
that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from xinzhi.analyses.analysis import (
    ANALYSES,
    EstimationData,
    Given,
    Part,
    Reads,
    in_order,
)
from xinzhi.analyses.equation import Frontier
from xinzhi.analyses.section import Section
from xinzhi.analyses.unavailable import Unavailable, attempt
from xinzhi.errors import (
    DataError,
    MethodError,
    OutOfDomain,
    Problem,
    SpecError,
    StudyError,
    Where,
)
from xinzhi.io.files import Files
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.present.map.boundaries import Boundaries
from xinzhi.study import fingerprint
from xinzhi.study.again import MeasuredAgain
from xinzhi.study.cache import Cache
from xinzhi.study.dependencies import dependencies
from xinzhi.study.file.described import refusals
from xinzhi.study.outlines import outline_of
from xinzhi.study.result import Results, place_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import Failed, refuse_taken_names, transformed
from xinzhi.study.view import (
    StudyView,
    changed,
    measured,
    memberships,
    parts_of,
    scores_of,
    sources_of,
)
from xinzhi.wording import message
from xinzhi.work.engine import Engine, Serial


def inspect(spec: StudySpec, panel: Panel) -> tuple[list[Problem], list[Problem]]:
    """Check whether every analysis can use the prepared data; return errors and warnings."""
    study = StudyView(spec)
    found: list[Problem] = []
    for key, analysis in in_order():
        for section in spec.sections(key).values():
            try:
                found += analysis.inspect(section, study, panel)
            except StudyError as error:
                found += error.problems
    found = list(dict.fromkeys(found))
    doubts = [one for one in found if one.severity == "warning"]
    return [one for one in found if one.severity != "warning"], doubts


def read_files(spec: StudySpec, files: Files) -> dict[str, bytes]:
    """Read the files that all analyses name, and check that they can be used."""
    found: dict[str, bytes] = {}
    for key, _ in in_order():
        for name in spec.sections(key):
            found |= files_of(spec, key, name, files)
    return found


def files_of(spec: StudySpec, key: str, name: str, files: Files) -> dict[str, bytes]:
    """Read the files that one analysis names, and check that they can be used.

    Raises
    ------
    DataError
        With what is wrong with them.
    """
    analysis, section = ANALYSES.get(key), spec.sections(key)[name]
    named = analysis.reads(section, StudyView(spec)).files
    found = {file: _content(file, files, ".".join(place_of(key, name))) for file in named}
    if problems := list(analysis.inspect_files(section, found)):
        raise DataError(problems)
    return found


def _content(name: str, files: Files, place: str) -> bytes:
    try:
        return files.take(name).path.read_bytes()
    except OSError as error:
        raise DataError(
            Problem(
                "file.unreadable",
                message(
                    "The file '{name}' cannot be read: {reason}.",
                    name=name,
                    reason=error.strerror or "",
                ),
                Where(file=Path(name).name, key=place),
                message("name a file in the folder of the study file."),
            )
        ) from error


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
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    panel: Panel = field(init=False)
    """The data with the scores measured so far."""
    variables: pd.DataFrame = field(init=False)
    failed: Failed = field(default_factory=lambda: MappingProxyType({}))
    """Variables that could not be computed; what asks for one of them is refused."""
    fingerprints: dict[tuple[str, str], str] = field(default_factory=dict)
    """Of everything that each result was computed from."""
    measured_again: dict[str, tuple[Any, str]] = field(default_factory=dict)
    """Name of a score with its changed options -> its result, and the key of its analysis."""

    def __post_init__(self) -> None:
        self.panel = self.prepared

    def refusals(self) -> tuple[Problem, ...]:
        """Find the errors of all analyses without measuring anything.

        Each score is set to one half, for which every transformation is defined.
        """
        index = self.prepared.frame.index
        scores = (*measured(self.spec), *parts_of(self.spec))
        self.panel = self.prepared.with_columns({n: pd.Series(0.5, index) for n in scores})
        self.variables, self.failed = transformed(self.spec, self.panel)
        found: list[Problem] = []
        for reads in self._all_reads():
            read = dict.fromkeys(v for asked in reads.data for v in asked.columns)
            found += [p for variable in read for p in self.failed.get(variable, ())]
            asked = self._columns_of((*reads.panel, *reads.panel_of_a_part))
            found += asked.problems if isinstance(asked, StudyError) else ()
        return tuple(dict.fromkeys(found))

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
            if analysis.measures:
                for name in self.spec.sections(key):
                    self.result(key, name)
        self.panel = self._with_scores({})
        self.variables, self.failed = transformed(self.spec, self.panel)

    def compute(self) -> Results:
        """Compute every analysis of the study; one that fails is `Unavailable` with the reason."""
        for key, _ in in_order():
            for name in self.spec.sections(key):
                self.result(key, name)
        return {
            key: {name: self.results[key][name] for name in self.spec.sections(key)}
            for key, _ in in_order()
        }

    def result(self, key: str, name: str) -> Any:
        """Compute one result, after those that it reads."""
        found = self.results.setdefault(key, {})
        if name not in found:
            section = self.spec.sections(key)[name]
            found[name] = self._computed(key, name, section)
        return found[name]

    def _computed(self, key: str, name: str, section: Section) -> Any:
        analysis, study = ANALYSES.get(key), StudyView(self.spec)
        reads = analysis.reads(section, study)
        given = self.given(reads)
        parts = {
            **dependencies(analysis, section, reads, given),
            **{
                f"result {'.'.join(place_of(*one))}": self.fingerprints[one]
                for one in reads.results
            },
        }
        self.fingerprints[key, name] = fingerprint.key_of(parts)
        read = {**parts, "options": fingerprint.of_text(repr((reads, study.seed)))}
        known = replace(given, key=fingerprint.key_of(read))
        return self.cache.get_or_compute(
            ".".join(place_of(key, name)),
            parts,
            lambda: attempt(name, lambda: analysis.compute(section, known)),
        )

    def given(self, reads: Reads) -> Given:
        """Gather what an analysis reads; a missing item is represented by its error."""
        study = StudyView(self.spec)
        return Given(
            study=study,
            frames={asked: self._frame_or_error(asked) for asked in reads.data},
            columns=self._columns_of(reads.panel) if reads.panel else None,
            columns_of_a_part={name: self._column_of(name) for name in reads.panel_of_a_part},
            members={name: study.memberships(name, self.panel) for name in reads.groupings},
            results={one: self.result(*one) for one in reads.results},
            outlines={name: self._outline(name) for name in reads.outlines},
            files={name: self.files[name] for name in reads.files},
            engine=self.engine,
            again=self._again(reads.data) if reads.again else None,
        )

    def _again(self, asked: tuple[EstimationData, ...]) -> MeasuredAgain:
        groups = memberships(self.spec, self.panel)
        return MeasuredAgain(self.spec, self.prepared, asked, groups, Analyses)

    def _frame_or_error(self, asked: EstimationData) -> pd.DataFrame | StudyError:
        try:
            return self.frame(asked.frontier, asked.variables, asked.as_measured)
        except StudyError as error:
            return error

    def _columns_of(self, names: tuple[str, ...]) -> Panel | StudyError:
        try:
            self._refuse_unmeasured(names)
            self.panel.require(names)
        except StudyError as error:
            return error
        return self.panel.select(names)

    def _column_of(self, name: str) -> pd.Series | StudyError:
        found = self._columns_of((name,))
        return found if isinstance(found, StudyError) else found.frame[name]

    def _outline(self, name: str) -> Boundaries | StudyError:
        try:
            return outline_of(name, self.outlines, self.panel)
        except StudyError as error:
            return error

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
        again: dict[str, Any] = {}
        if frontier:
            again = {name: self._score(name, frontier) for name in scores_of(self.spec, names)}
            variables, failed = transformed(self.spec, self._with_scores(again))
        used = dict.fromkeys((*names, *also))
        problems = [p for name in used for p in failed.get(name, ())]
        if problems:
            raise OutOfDomain(problems)
        self._refuse_unmeasured(s for s in sources_of(self.spec, used) if s not in again)
        return variables

    def _measured(self) -> dict[str, tuple[str, Any]]:
        """List the scores: name -> key of its analysis, result or `Unavailable`."""
        return {
            name: (key, one)
            for key, analysis in in_order()
            if analysis.measures
            for name, one in self.results.get(key, {}).items()
        }

    def _with_scores(self, again: Mapping[str, Any]) -> Panel:
        """Add the scores as columns of their names; those that could not be measured are empty."""
        found = self._measured()
        parts = parts_of(self.spec)
        refuse_taken_names((*found, *parts), self.prepared)
        index = self.prepared.frame.index
        columns = {}
        for name, (source, part) in {**{one: (one, Part()) for one in found}, **parts}.items():
            key, first = found.get(source, ("", None))
            result = again.get(source, first)
            columns[name] = (
                ANALYSES.get(key).column(result, part).reindex(index)
                if key and not isinstance(result, Unavailable)
                else pd.Series(np.nan, index=index)
            )
        return self.prepared.with_columns(columns)

    def _refuse_unmeasured(self, names: Any) -> None:
        known, parts = self._measured(), parts_of(self.spec)
        sources = dict.fromkeys(parts[n][0] if n in parts else n for n in names)
        found = [known[name][1] for name in sources if name in known]
        problems = [p for one in found if isinstance(one, Unavailable) for p in one.problems]
        if problems:
            raise MethodError(problems)

    def _score(self, name: str, frontier: Frontier) -> Any:
        """Measure a score under other options; each of them once."""
        key, found = self._measured()[name]
        section = self.spec.sections(key)[name]
        try:
            other = changed(section, dict(frontier))
        except ValidationError as error:
            raise SpecError(
                Problem("study.value", one.what, remedy=one.remedy)
                for one in refusals(error, type(section))
            ) from error
        if other == changed(section, {}):
            self._refuse_unmeasured((name,))
            return found
        options = ", ".join(f"{option}: {value}" for option, value in sorted(frontier))
        title = f"{name} ({options})"
        if title not in self.measured_again:
            one = self._computed(key, title, other)
            if isinstance(one, Unavailable):
                raise MethodError(one.problems)
            self.measured_again[title] = one, key
        return self.measured_again[title][0]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What must be known about the scores that were measured again."""
        return tuple(
            notice
            for result, key in self.measured_again.values()
            for notice in ANALYSES.get(key).notices(result)
        )
