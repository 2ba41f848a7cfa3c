"""What a study gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import Problem
from xinzhi.io.raw import Decision
from xinzhi.notices import Notice
from xinzhi.panel.panel import Panel
from xinzhi.present.boundaries import Boundaries
from xinzhi.regression.export.exported import Exported
from xinzhi.regression.inference import Inapplicable
from xinzhi.study.results import Results, analysis_failures
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Wording

__all__ = ["Reading", "SourceFile", "Stop", "StudyResult", "Unavailable"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read."""

    name: str
    """Name under `sources`."""
    file: str
    """Path as the study file writes it."""
    sha256: str
    n_rows: int | None
    """None where the file is read piece by piece, or is no table of rows."""
    stated: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What to state under the source so that the next reading decides nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the stop `read` gives: the panel and how it was understood."""

    panel: Panel
    files: tuple[SourceFile, ...]
    decisions: tuple[Decision, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """What happened at one piece of work of the study."""

    name: str
    """Such as `measure.green_efficiency`."""
    seconds: float
    fingerprint: str
    parts: Mapping[str, str]
    """What the fingerprint is made of: options, columns, version of the method."""
    computed: bool
    """False where an earlier run had it."""
    why: Wording
    """Why it was computed or taken from the earlier run."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyResult:
    """Everything that a study computed."""

    spec: StudySpec
    reading: Reading
    panel: Panel
    """After preparation, with the scores as columns."""
    variables: pd.DataFrame
    """The variables of the tables, transformed; indexed (entity, period)."""
    results: Results
    """Analysis -> name of its section -> result, or `Unavailable`."""
    outlines: Mapping[str, Boundaries]
    """Map -> outlines of its areas."""
    scripts: Exported | None
    """What R and Stata need to estimate the regressions again."""
    not_computed: Mapping[str, Unavailable]
    """Place in the study file, such as `space_and_time.green` -> why there is nothing."""
    is_partial: bool
    """Whether parts of the study were named, and only these were run."""
    notices: tuple[Notice, ...]
    stops: tuple[Stop, ...]

    def of(self, key: str) -> dict[str, Any]:
        """Give the results of an analysis that could be computed: name of the section -> result."""
        found = self.results.get(key, {})
        return {name: one for name, one in found.items() if not isinstance(one, Unavailable)}

    def to_frame(self) -> pd.DataFrame:
        """Return the variables of the tables, transformed; indexed (entity, period)."""
        return self.variables

    def __repr__(self) -> str:
        scores, tables = ", ".join(self.of("efficiency")), ", ".join(self.of("tables"))
        return f"{self.spec.title.label('study')}\nscores: {scores or '-'}\ntables: {tables or '-'}"

    def _repr_html_(self) -> str:
        return str(self.variables.to_html(max_rows=20))

    @property
    def failures(self) -> tuple[Unavailable | Inapplicable, ...]:
        """Everything that could not be estimated, or leaves nothing to be tested (E1)."""
        return (*analysis_failures(self.results), *self.not_computed.values())
