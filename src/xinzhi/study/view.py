"""What an analysis may know of a study: names and their meaning, never files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.analyses.analysis import ANALYSES, Origin
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.members import as_written
from xinzhi.analyses.regressions.equations import column_equation
from xinzhi.panel.panel import Panel
from xinzhi.present.style import Style
from xinzhi.regression.specification import Regression
from xinzhi.study.groups import group_label, member_label, memberships
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.sets import CONTROLS, expand, table_column
from xinzhi.wording import Label, Wording


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study file, seen by an analysis."""

    spec: StudySpec

    @property
    def seed(self) -> int:
        """Start of all random draws."""
        return self.spec.seed

    @property
    def style(self) -> Style:
        """How tables, charts and notices are written."""
        labels = {name: self.label(name) for name in self.spec.variables.named}
        return Style(labels, self.spec.report.stars, self.spec.report.decimals)

    @property
    def groupings(self) -> tuple[str, ...]:
        """All groupings, in the order of the study file."""
        return tuple(self.spec.groups)

    def origin(self, variable: str) -> Origin:
        """Find where a variable comes from, and how it is transformed."""
        named = self.spec.variables.named[variable]
        column = named.column or named.score
        assert column is not None
        return Origin(column, named.transform or self.spec.variables.transform, named.score)

    @property
    def first_column(self) -> str | None:
        """First column of the first table; None in a study without tables."""
        return next((f"{name}/1" for name in self.sections("tables")), None)

    def equation(self, reference: str | None) -> Equation:
        """Resolve a column of a table with all that it inherits; None gives the controls alone."""
        if reference is None:
            return Equation(Regression("", (), tuple(self.spec.sets.get(CONTROLS, ()))))
        name, position = table_column(reference)
        table = self.sections("tables")[name]
        return column_equation(table, table.columns[position], self)

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Replace names of sets by their variables, each once."""
        return expand(names, self.spec)

    def column_title(self, reference: str) -> tuple[Wording, int]:
        """Title of the table of a column, and the number of the column from 1."""
        table, position = table_column(reference)
        title = ANALYSES.get("tables").titled(table, self.sections("tables"), self)
        return title, position + 1

    def members(self, grouping: str) -> tuple[str, ...]:
        """List the members of a grouping in the order of the study file."""
        return tuple(self.spec.groups[grouping].named) if grouping in self.spec.groups else ()

    def group_label(self, grouping: str) -> Label:
        """Name a grouping."""
        return group_label(self.spec, grouping)

    def member_label(self, grouping: str, member: str) -> Wording:
        """Name a member of a grouping."""
        return member_label(self.spec, grouping, member)

    def label(self, variable: str) -> Label:
        """Name a variable."""
        return self.spec.variables.named[variable].label.label(variable)

    def memberships(self, grouping: str, panel: Panel) -> pd.Series:
        """Give each row of the panel its member of a grouping, or its value in a column."""
        if grouping in self.spec.groups:
            return memberships(self.spec, panel)[grouping]
        panel.require((grouping,))
        return panel.frame[grouping].map(as_written, na_action="ignore")

    def section(self, key: str, name: str) -> Any:
        """Give the options of an analysis; None where the study does not ask for it."""
        return self.spec.sections(key).get(name)

    def sections(self, key: str) -> Mapping[str, Any]:
        """List the sections of an analysis: name -> options."""
        return self.spec.sections(key)

    def score_label(self, score: str) -> Wording:
        """Name a score: by the label of the variable that is made from it."""
        for variable in self.spec.variables.named.values():
            if variable.score == score:
                return variable.label.label(score)
        return Label(score)
