"""The scores of a study measured again on some of its rows, and the data made from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, EstimationData, ResultPart, in_order
from xinzhi.analyses.equation import Frontier
from xinzhi.analyses.reads import ScoresAgain, Source
from xinzhi.errors import OutOfDomain, StudyError
from xinzhi.panel.numbering import by_name
from xinzhi.panel.panel import Panel
from xinzhi.panel.transforms import LOGARITHMS
from xinzhi.regression.grouping import Array, Codes
from xinzhi.study.cache import Cache
from xinzhi.study.formulas import columns_behind
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import Changes, transform_variables
from xinzhi.study.view import StudyView, change_options, parts_of, score_names, scores_of


@dataclass(frozen=True, slots=True, eq=False)
class RepeatedMeasurement:
    """A score or an index under one frontier, and its columns."""

    frontier: Frontier
    """Options of the frontier that differ from those of the study."""
    key: str
    """Of its analysis."""
    section: Any
    parts: tuple[tuple[str, ResultPart], ...]
    """Columns that are made from it."""
    lean: ScoresAgain | None
    """Measures draws of rows without anything but scores, where the analysis can."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredAgain:
    """Measures rows of a study again; everything beside the scores is that of the study."""

    spec: StudySpec
    prepared: Panel
    """The data after preparation, without scores."""
    asked: tuple[EstimationData, ...]
    """Data of the analyses, each with its frontier."""
    members: Mapping[str, pd.Series]
    """Grouping -> member of each row of the study."""
    loop: Callable[[StudySpec, Panel, Cache], Any]
    """Makes the loop over the analyses, for scores that rest on others."""
    measurements: tuple[RepeatedMeasurement, ...] = field(init=False)

    def __post_init__(self) -> None:
        measurements = [self._describe(name, ()) for name in score_names(self.spec)]
        for frontier in dict.fromkeys(data.frontier for data in self.asked if data.frontier):
            names = {n for data in self.asked if data.frontier == frontier for n in data.variables}
            again = scores_of(self.spec, sorted(names))
            measurements += [self._describe(name, frontier) for name in again]
        object.__setattr__(self, "measurements", tuple(measurements))

    def _describe(self, name: str, frontier: Frontier) -> RepeatedMeasurement:
        measures = ((key, analysis) for key, analysis in in_order() if analysis.measures)
        key, analysis = next(pair for pair in measures if name in self.spec.sections(pair[0]))
        section = self.spec.sections(key)[name]
        section = change_options(section, dict(frontier)) if frontier else section
        others = [(n, part) for n, (source, part) in parts_of(self.spec).items() if source == name]
        reads = analysis.reads(section, StudyView(self.spec))
        columns = self.prepared.select((*reads.panel, *reads.panel_of_a_part))
        # Slacks and targets are not among what a lean measurement gives.
        lean = None if others else analysis.measured_again(section, columns)
        return RepeatedMeasurement(frontier, key, section, ((name, ResultPart()), *others), lean)

    @property
    def index(self) -> pd.Index:
        """Entity and period of each row."""
        return self.prepared.frame.index

    @property
    def data(self) -> Array:
        """The prepared columns that scores and variables are made of, in the order of their names."""
        panel = self.prepared.frame
        behind = {
            column
            for data in self.asked
            for name in data.columns
            for column in columns_behind(self.spec, name)
        }
        for score in self.measurements:
            reads = ANALYSES.get(score.key).reads(score.section, StudyView(self.spec))
            behind |= {*reads.panel, *reads.panel_of_a_part}
        columns = {
            name: panel[name].to_numpy(np.float64)
            for name in behind
            if name in panel and panel[name].dtype.kind in "fiub"
        }
        return by_name(columns) if columns else np.empty((len(panel), 0))

    @property
    def sources(self) -> tuple[Source, ...]:
        """Columns with their frontiers."""
        return tuple(
            (name, score.frontier) for score in self.measurements for name, _ in score.parts
        )

    @property
    def rates(self) -> tuple[float, ...]:
        """Rate of each source; an index has that of the score that it is made of."""
        return tuple(
            self._rate(score.key, score.section) for score in self.measurements for _ in score.parts
        )

    def _rate(self, key: str, section: Any) -> float:
        analysis = ANALYSES.get(key)
        own = analysis.rate(section)
        if not np.isnan(own):
            return own
        sources = analysis.reads(section, StudyView(self.spec)).results
        rates = (self._rate(other, self.spec.sections(other)[name]) for other, name in sources)
        return min((rate for rate in rates if not np.isnan(rate)), default=float("nan"))

    @property
    def variables(self) -> Mapping[tuple[str, Frontier], int]:
        """Variables that are a source or its logarithm."""
        return {name: number for number, (name, _, _) in enumerate(self._moving())}

    def _moving(self) -> list[tuple[tuple[str, Frontier], int, str]]:
        """List moving variables: name with frontier, number of the source, transform."""
        numbers = {source: number for number, source in enumerate(self.sources)}
        section = self.spec.variables
        moving: list[tuple[tuple[str, Frontier], int, str]] = []
        for name, variable in section.named.items():
            if variable.score is None or variable.expression is not None:
                continue
            column = variable.score if variable.part == ResultPart() else name
            moving += [
                ((name, frontier), number, section.transform_of(variable))
                for (source, frontier), number in numbers.items()
                if source == column
            ]
        return moving

    def measured(self, rows: Codes) -> Array:
        """Measure rows on the frontiers that they make."""
        columns: list[Array] = []
        for score in self.measurements:
            if score.lean is not None:
                columns.append(score.lean(rows))
            else:
                columns += self._measure_whole(score, rows)
        return np.column_stack(columns) if columns else np.empty((len(rows), 0))

    def _measure_whole(self, score: RepeatedMeasurement, rows: Codes) -> list[Array]:
        """Measure with everything that the analysis finds, where parts of it are variables."""
        is_chosen = np.zeros(len(self.index), dtype=bool)
        is_chosen[rows] = True
        analysis, panel = ANALYSES.get(score.key), self.prepared.take(is_chosen)
        alone = self.spec.model_copy(update={score.key: {score.parts[0][0]: score.section}})
        loop = self.loop(alone, panel, Cache(None, {}))
        reads = analysis.reads(score.section, StudyView(alone))
        for key, name in reads.results:
            loop.result(key, name)
        result = analysis.compute(score.section, loop.given(reads))
        # In the order in which the rows are asked for; the loop measures them in that of the panel.
        drawn = self.index[rows]
        return [
            analysis.column(result, part).reindex(drawn).to_numpy(np.float64)
            for _, part in score.parts
        ]

    def moving(self, scores: Array) -> Array:
        """Make the variables that move with the scores; one without a value for some row has none."""
        columns = []
        for _, number, transform in self._moving():
            values = scores[:, number]
            if transform != "none":
                logarithm = LOGARITHMS[transform]
                outside = bool((values <= logarithm.lowest).any())
                values = np.full(len(values), np.nan) if outside else logarithm.of(values)
            columns.append(values)
        return np.column_stack(columns) if columns else np.empty((len(scores), 0))

    def frames(
        self,
        rows: Codes,
        scores: Array,
        asked: Collection[EstimationData],
        changes: Changes = MappingProxyType({}),
    ) -> Mapping[EstimationData, pd.DataFrame | StudyError]:
        """Make the data of the analyses from these rows, which ascend, and their scores."""
        is_chosen = np.zeros(len(self.index), dtype=bool)
        is_chosen[rows] = True
        panel = self.prepared.take(is_chosen)
        members = {name: column[is_chosen] for name, column in self.members.items()}
        index = panel.frame.index
        columns = {
            source: pd.Series(scores[:, number], index)
            for number, source in enumerate(self.sources)
        }
        made = {}
        for frontier in dict.fromkeys(data.frontier for data in asked):
            usual = {
                name: column
                for (name, changed_frontier), column in columns.items()
                if not changed_frontier
            }
            other = {
                name: column
                for (name, changed_frontier), column in columns.items()
                if changed_frontier == frontier
            }
            columned = panel.with_columns({**usual, **other})
            made[frontier] = transform_variables(self.spec, columned, members, changes)
        return {data: _frame(data, *made[data.frontier]) for data in asked}


def _frame(
    asked: EstimationData, variables: pd.DataFrame, failed: Mapping[str, Any]
) -> pd.DataFrame | StudyError:
    problems = [p for name in asked.columns for p in failed.get(name, ())]
    return OutOfDomain(problems) if problems else variables
