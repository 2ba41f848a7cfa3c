"""What an analysis may know of a study: names and their meaning, never files."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.analyses.equation import Equation
from xinzhi.study.equations import equation_of
from xinzhi.study.groups import group_label, member_label
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.sets import expand
from xinzhi.wording import Label, Wording


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study file, seen by an analysis."""

    spec: StudySpec

    @property
    def seed(self) -> int:
        """Start of all random draws."""
        return self.spec.seed

    def equation(self, reference: str) -> Equation:
        """Resolve a column of a table, such as baseline/1, with all that it inherits."""
        return equation_of(self.spec, reference)

    def expand(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Replace names of sets by their variables, each once."""
        return expand(names, self.spec)

    def group_label(self, grouping: str) -> Label:
        """Name a grouping."""
        return group_label(self.spec, grouping)

    def member_label(self, grouping: str, member: str) -> Wording:
        """Name a member of a grouping."""
        return member_label(self.spec, grouping, member)
