"""The scores of a study measured again on some of its rows, and the data made from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, EstimationData, Part, in_order
from xinzhi.analyses.equation import Frontier
from xinzhi.analyses.reads import ScoresAgain, Source
from xinzhi.errors import OutOfDomain, StudyError
from xinzhi.panel.panel import Panel
from xinzhi.panel.transforms import LOGARITHMS
from xinzhi.regression.grouping import Array, Codes
from xinzhi.study.cache import Cache
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.variables import Changes, transformed
from xinzhi.study.view import StudyView, changed, measured, parts_of, scores_of


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """A score or an index under one frontier, and its columns."""

    key: str
    """Of its analysis."""
    section: Any
    parts: tuple[tuple[str, Part], ...]
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
    measurements: tuple[tuple[Frontier, Measurement], ...] = field(init=False)

    def __post_init__(self) -> None:
        frontiers = dict.fromkeys(one.frontier for one in self.asked)
        found: list[tuple[Frontier, Measurement]] = [
            ((), one) for name in measured(self.spec) for one in [self._of(name, ())]
        ]
        for frontier in frontiers:
            names = {n for one in self.asked if one.frontier == frontier for n in one.variables}
            again = scores_of(self.spec, sorted(names)) if frontier else ()
            found += [(frontier, self._of(name, frontier)) for name in again]
        object.__setattr__(self, "measurements", tuple(found))

    def _of(self, name: str, frontier: Frontier) -> Measurement:
        key = next(k for k, one in in_order() if one.measures and name in self.spec.sections(k))
        section = self.spec.sections(key)[name]
        section = changed(section, dict(frontier)) if frontier else section
        others = [(n, part) for n, (source, part) in parts_of(self.spec).items() if source == name]
        analysis = ANALYSES.get(key)
        columns = self.prepared.select(self._columns(key, section))
        lean = None if others else analysis.measured_again(section, columns)
        return Measurement(key, section, ((name, Part()), *others), lean)

    def _columns(self, key: str, section: Any) -> tuple[str, ...]:
        """Columns of the prepared data that a measurement reads."""
        reads = ANALYSES.get(key).reads(section, StudyView(self.spec))
        return (*reads.panel, *reads.panel_of_a_part)

    @property
    def index(self) -> pd.Index:
        """Entity and period of each row."""
        return self.prepared.frame.index

    @property
    def sources(self) -> tuple[Source, ...]:
        """Columns with their frontiers."""
        return tuple((name, f) for f, one in self.measurements for name, _ in one.parts)

    @property
    def rate(self) -> float:
        """Rate of the slowest score."""
        rates = [ANALYSES.get(one.key).rate(one.section) for _, one in self.measurements]
        return min((rate for rate in rates if not np.isnan(rate)), default=float("nan"))

    @property
    def variables(self) -> Mapping[tuple[str, Frontier], int]:
        """Variables that are a source or its logarithm."""
        return {name: number for number, (name, _, _) in enumerate(self._moving())}

    def _moving(self) -> list[tuple[tuple[str, Frontier], int, str]]:
        """List moving variables: name with frontier, number of the source, transform."""
        numbers = {source: number for number, source in enumerate(self.sources)}
        section = self.spec.variables
        found: list[tuple[tuple[str, Frontier], int, str]] = []
        for name, one in section.named.items():
            if one.score is None or one.expression is not None:
                continue
            column = one.score if one.part == Part() else name
            found += [
                ((name, frontier), number, section.transform_of(one))
                for (source, frontier), number in numbers.items()
                if source == column
            ]
        return found

    def measured(self, rows: Codes) -> Array:
        """Measure rows on the frontiers that they make."""
        found: list[Array] = []
        for _, one in self.measurements:
            if one.lean is not None:
                found.append(one.lean(rows))
            else:
                found += self._as_a_whole(one, rows)
        return np.column_stack(found) if found else np.empty((len(rows), 0))

    def _as_a_whole(self, one: Measurement, rows: Codes) -> list[Array]:
        """Measure with everything that the analysis finds, where parts of it are variables."""
        kept = np.zeros(len(self.index), dtype=bool)
        kept[rows] = True
        analysis, panel = ANALYSES.get(one.key), self.prepared.take(kept)
        alone = self.spec.model_copy(update={one.key: {one.parts[0][0]: one.section}})
        loop = self.loop(alone, panel, Cache(None, {}))
        reads = analysis.reads(one.section, StudyView(alone))
        for key, name in reads.results:
            loop.result(key, name)
        result = analysis.compute(one.section, loop.given(reads))
        wanted = self.index[rows]
        return [
            analysis.column(result, part).reindex(wanted).to_numpy(np.float64)
            for _, part in one.parts
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
        kept = np.zeros(len(self.index), dtype=bool)
        kept[rows] = True
        panel = self.prepared.take(kept)
        members = {name: column[kept] for name, column in self.members.items()}
        index = panel.frame.index
        columns = {
            source: pd.Series(scores[:, number], index)
            for number, source in enumerate(self.sources)
        }
        made = {}
        for frontier in dict.fromkeys(one.frontier for one in asked):
            usual = {name: column for (name, own), column in columns.items() if not own}
            other = {name: column for (name, own), column in columns.items() if own == frontier}
            columned = panel.with_columns({**usual, **other})
            made[frontier] = transformed(self.spec, columned, members, changes)
        return {one: _frame(one, *made[one.frontier]) for one in asked}


def _frame(
    asked: EstimationData, variables: pd.DataFrame, failed: Mapping[str, Any]
) -> pd.DataFrame | StudyError:
    problems = [p for name in asked.columns for p in failed.get(name, ())]
    return OutOfDomain(problems) if problems else variables
