"""Measure again: the variables of the tables under other options of the frontier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from xinzhi.efficiency.result import EfficiencyResult
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.study.equations import Frontier
from xinzhi.study.frontiers import changed, scores_of
from xinzhi.study.memory import Memory
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.stops.measure import measure_all, with_scores
from xinzhi.study.variables import transformed


@dataclass(slots=True)
class Frames:
    """The variables as measured, and under changed frontiers, each of them measured once."""

    spec: StudySpec
    prepared: Panel
    efficiency: Mapping[str, EfficiencyResult]
    variables: pd.DataFrame
    memory: Memory
    jobs: int = 1
    measured: dict[str, tuple[EfficiencyResult, str]] = field(default_factory=dict)
    """Name of a score with its changed options -> its result, and the name of the score."""

    def of(self, frontier: Frontier, names: tuple[str, ...]) -> pd.DataFrame:
        """Give the variables, the scores behind these names measured under other options."""
        if not frontier:
            return self.variables
        again = {name: self._score(name, frontier) for name in scores_of(self.spec, names)}
        panel = with_scores(self.prepared, {**self.efficiency, **again})
        return transformed(self.spec, panel)

    def _score(self, name: str, frontier: Frontier) -> EfficiencyResult:
        other = changed(self.spec.efficiency[name], dict(frontier))
        if other == changed(self.spec.efficiency[name], {}):
            return self.efficiency[name]
        options = ", ".join(f"{option}: {value}" for option, value in sorted(frontier))
        title = f"{name} ({options})"
        if title not in self.measured:
            spec = self.spec.model_copy(update={"efficiency": {title: other}})
            found = measure_all(spec, self.prepared, self.memory, jobs=self.jobs)
            self.measured[title] = found[title], name
        return self.measured[title][0]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What must be known about the scores that were measured again."""
        return tuple(notice for result, _ in self.measured.values() for notice in result.notices)
