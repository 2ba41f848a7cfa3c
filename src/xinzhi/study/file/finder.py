"""Name checks: collect the names of the study file that refer to nothing, with their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from xinzhi.analyses.analysis import ANALYSES
from xinzhi.analyses.changes import PREFIX
from xinzhi.analyses.equation import ENTITY
from xinzhi.analyses.maps.section import BUILT_IN
from xinzhi.analyses.section import Refers, unknown_name
from xinzhi.errors import Problem, StudyError
from xinzhi.register import Register
from xinzhi.regression.diagnostics import DIAGNOSTICS
from xinzhi.study.file.located import Located, Path
from xinzhi.study.formulas import is_formula
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.view import parts_of, score_names, table_column
from xinzhi.wording import Wording, message


class ProblemFinder:
    """Collects problems with their places."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.problems: list[Problem] = []

    def column_of_table(self, reference: str, spec: StudySpec, path: Path) -> None:
        """Check that a reference such as baseline/1 names a column of a table."""
        table, position = table_column(reference)
        tables = spec.sections("tables")
        if not self.known(table, tuple(tables), path, "table"):
            return
        n = len(tables[table].columns)
        if not ("/" in reference and not reference.endswith("/") and 0 <= position < n):
            self.add(
                "study.unknown_name",
                message("'{name}' is not a column of a table.", name=reference),
                path,
                message("write {table}/1 to {table}/{n}.", table=table, n=n),
            )

    def variable(self, name: str, spec: StudySpec, path: Path, *, sets: bool = True) -> None:
        """Check that a name is a variable, or a set where sets are allowed."""
        choices = (*spec.variables.named, *(spec.sets if sets else ()))
        if name not in choices and not (name in spec.sets and is_formula(name)):
            self.known(
                name, [choice for choice in choices if not is_formula(choice)], path, "variable"
            )

    def estimates(self, name: str, spec: StudySpec, path: Path) -> None:
        """Check that a name is another section, or a column of a table."""
        if "/" in name:
            self.column_of_table(name, spec, path)
        else:
            others = (key for key in ANALYSES.names() if key != path[0])
            sections = tuple(section for key in others for section in spec.sections(key))
            self.known(name, sections, path, "section with estimates")

    def options(
        self, section: BaseModel, spec: StudySpec, path: Path, *, named_by: str = ""
    ) -> None:
        """Check the names in the options of an analysis by what they refer to.

        The option `named_by` is written as the name of the section.
        """
        for name, option in type(section).model_fields.items():
            value = getattr(section, name)
            here = path if name == named_by else (*path, option.alias or name)
            if isinstance(value, BaseModel):
                self.options(value, spec, here)
            for number, item in enumerate(value if isinstance(value, tuple) else ()):
                if isinstance(item, BaseModel):
                    self.options(item, spec, (*here, number))
            for mark in option.metadata:
                if isinstance(mark, Refers) and value not in (None, "each"):
                    self.referred(mark.kind, value, spec, here)

    def referred(self, kind: str, value: Any, spec: StudySpec, path: Path) -> None:
        """Check one name, or each of several."""
        if isinstance(value, Mapping):
            self._referred_together(kind, value, spec, path)
        elif kind in {"paths", "replacements", "members"}:
            for position, item in enumerate(value):
                self._referred_together(kind, item, spec, (*path, position))
        elif not isinstance(value, str):
            for position, item in enumerate(value):
                self.referred(kind, item, spec, (*path, position))
        else:
            self._referred_alone(kind, value, spec, path)

    def _referred_alone(self, kind: str, value: str, spec: StudySpec, path: Path) -> None:
        """Check one name."""
        if kind == "column":
            self.column_of_table(value, spec, path)
        elif kind in {"variable", "variables"}:
            self.variable(value, spec, path, sets=kind == "variables")
        elif kind == "estimates":
            self.estimates(value, spec, path)
        elif kind == "diagnostic":
            self.part(DIAGNOSTICS, value, path)
        else:
            noun, choices = {
                "grouping": ("grouping", tuple(spec.groups)),
                "group": ("group", tuple(spec.groups)),
                "measured": ("score or index", (*score_names(spec), *parts_of(spec))),
                "outlines": ("map", (*spec.sections("maps"), BUILT_IN)),
            }.get(kind, (kind, tuple(spec.sections("efficiency"))))
            self.known(value, choices, path, noun)

    def _referred_together(self, kind: str, value: Any, spec: StudySpec, path: Path) -> None:
        """Check names of which several stand together: a path, or a mapping."""
        if kind == "paths":
            left, right = value
            self.variable(left, spec, path)
            self.variable(right, spec, path, sets=False)
        elif kind == "replacements":
            for new in (value or {}).values():
                self.variable(new, spec, path, sets=False)
        elif kind == "variable":
            for key, name in value.items():
                self.variable(name, spec, (*path, key), sets=False)
        elif kind == "keyed by variable":
            for name in value:
                self.variable(name, spec, (*path, name), sets=False)
        elif kind == "instruments":
            for endogenous, names in value.items():
                self.variable(endogenous, spec, (*path, endogenous), sets=False)
                self.referred("variables", names, spec, (*path, endogenous))
        else:
            self.members(value or {}, spec, path)

    def members(self, dropped: Mapping[str, Sequence[object]], spec: StudySpec, path: Path) -> None:
        """Check groupings and, where the study file names their members, these too."""
        for name, members in dropped.items():
            here = (*path, name)
            if name == ENTITY or not self.known(name, (ENTITY, *spec.groups), here, "grouping"):
                continue
            group = spec.groups[name]
            choices = tuple(group.named) or (("high", "low") if group.split else ())
            for member in members if choices else ():
                self.known(str(member), choices, here, "member")

    def find_option(self, option: str, place: Path) -> Path:
        """Find where a section changes an option of the frontier."""
        written = {option, f"{PREFIX}{option}"}
        inside = (path for path in self.located.places if path[: len(place)] == place)
        return next((path for path in inside if path[-1] in written), place)

    def known(self, name: str, choices: Sequence[str], path: Path, kind: str) -> bool:
        """Check that a name is known; offer the nearest one where it is not."""
        if name in choices:
            return True
        problem = unknown_name(kind, name, choices)
        self.add(problem.code, problem.what, path, problem.remedy)
        return False

    def part(self, register: Register[Any], name: str, path: Path) -> None:
        """Check that a part is in its register."""
        try:
            register.get(name, where=self.located.where(path))
        except StudyError as error:
            self.problems.extend(error.problems)

    def add(self, code: str, sentence: Wording, path: Path, remedy: Wording) -> None:
        """Note a problem with its place in the file."""
        self.problems.append(Problem(code, sentence, self.located.where(path), remedy))
