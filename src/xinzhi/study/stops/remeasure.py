"""Measure again: the variables of the tables under other options of the frontier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd
from pydantic import ValidationError

from xinzhi.analyses.equation import Frontier
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.errors import MethodError, OutOfDomain, Problem, SpecError
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.study.frontiers import changed, scores_of
from xinzhi.study.memory import Memory
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.measure import measure_all, with_scores
from xinzhi.study.variables import Failed, transformed


@dataclass(slots=True)
class Frames:
    """The variables as measured, and under changed frontiers, each of them measured once."""

    spec: StudySpec
    prepared: Panel
    efficiency: Mapping[str, EfficiencyResult]
    variables: pd.DataFrame
    memory: Memory
    jobs: int = 1
    failed: Failed = field(default_factory=lambda: MappingProxyType({}))
    """Variables that could not be computed; what asks for one of them is refused."""
    unmeasured: Mapping[str, Unavailable] = field(default_factory=lambda: MappingProxyType({}))
    """Scores that could not be measured."""
    measured: dict[str, tuple[EfficiencyResult, str]] = field(default_factory=dict)
    """Name of a score with its changed options -> its result, and the name of the score."""

    def of(
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
        again: dict[str, EfficiencyResult] = {}
        if frontier:
            again = {name: self._score(name, frontier) for name in scores_of(self.spec, names)}
            empty = [name for name in self.unmeasured if name not in again]
            panel = with_scores(self.prepared, {**self.efficiency, **again}, empty)
            variables, failed = transformed(self.spec, panel)
        used = dict.fromkeys((*names, *also))
        problems = [p for name in used for p in failed.get(name, ())]
        if problems:
            raise OutOfDomain(problems)
        self._refuse_unmeasured(tuple(s for s in scores_of(self.spec, used) if s not in again))
        return variables

    def _refuse_unmeasured(self, scores: tuple[str, ...]) -> None:
        problems = [p for s in scores if s in self.unmeasured for p in self.unmeasured[s].problems]
        if problems:
            raise MethodError(problems)

    def _score(self, name: str, frontier: Frontier) -> EfficiencyResult:
        try:
            other = changed(self.spec.efficiency[name], dict(frontier))
        except ValidationError as error:
            told = (one["msg"].removeprefix("Value error, ") for one in error.errors())
            raise SpecError(Problem("study.value", one) for one in told) from error
        if other == changed(self.spec.efficiency[name], {}):
            self._refuse_unmeasured((name,))
            return self.efficiency[name]
        options = ", ".join(f"{option}: {value}" for option, value in sorted(frontier))
        title = f"{name} ({options})"
        if title not in self.measured:
            spec = self.spec.model_copy(update={"efficiency": {title: other}})
            found = measure_all(spec, self.prepared, self.memory, jobs=self.jobs)
            one = found[title]
            if isinstance(one, Unavailable):
                raise MethodError(one.problems)
            self.measured[title] = one, name
        return self.measured[title][0]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What must be known about the scores that were measured again."""
        return tuple(notice for result, _ in self.measured.values() for notice in result.notices)
