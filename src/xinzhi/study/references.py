"""Names in the study file that point to other parts of it: each must point to something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from xinzhi.econometrics.diagnostic import DIAGNOSTICS
from xinzhi.efficiency.measure import MEASURES
from xinzhi.errors import Problem, StudyError, Where, suggestion
from xinzhi.prepare.apply import plan_steps
from xinzhi.register import Register
from xinzhi.study.located import Located, Path
from xinzhi.study.schema.study import StudySpec
from xinzhi.wording import Wording, message

CONTROLS = "controls"


def unresolved(spec: StudySpec, located: Located) -> list[Problem]:
    """Find every name that points to nothing, and every source that nothing uses."""
    finder = _Finder(located)
    finder.sources(spec)
    finder.efficiency(spec)
    finder.productivity(spec)
    finder.variables(spec)
    finder.tables(spec)
    finder.maps(spec)
    finder.parts(spec)
    return finder.problems


def expand(names: Iterable[str], spec: StudySpec) -> tuple[str, ...]:
    """Replace names of sets by their variables, each variable once."""
    found = (v for name in names for v in spec.sets.get(name, (name,)))
    return tuple(dict.fromkeys(found))


def table_column(reference: str) -> tuple[str, int]:
    """Split `baseline/1` into the table and the position of its column, from 0."""
    table, _, number = reference.partition("/")
    return table, int(number or "1") - 1


class _Finder:
    """Collects problems with their places."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.problems: list[Problem] = []

    def sources(self, spec: StudySpec) -> None:
        for position, name in enumerate(spec.panel.sources):
            self.known(name, tuple(spec.sources), ("panel", "from", position), "source")
        for name in spec.sources:
            if name not in spec.panel.sources:
                self.add(
                    "study.no_effect",
                    message("The source '{name}' is not used.", name=name),
                    ("sources", name),
                    message("name it under panel.from, or remove it."),
                )

    def efficiency(self, spec: StudySpec) -> None:
        for name, score in spec.efficiency.items():
            columns = (*score.inputs, *score.good_outputs, *score.bad_outputs)
            for twice in sorted({c for c in columns if columns.count(c) > 1}):
                self.add(
                    "study.two_roles",
                    message("Column '{name}' has two roles in this score.", name=twice),
                    ("efficiency", name),
                    message("let each column be an input, a good or a bad output."),
                )
            for column in score.weights or {}:
                self.known(column, columns, ("efficiency", name, "weights", column), "column")

    def productivity(self, spec: StudySpec) -> None:
        known = tuple(spec.efficiency)
        for name, section in spec.productivity.items():
            self.known(section.of, known, ("productivity", name, "of"), "score")
        named = spec.inference.scores.of if spec.inference else None
        for position, score in enumerate(named or ()):
            self.known(score, known, ("inference", "scores", "of", position), "score")

    def variables(self, spec: StudySpec) -> None:
        for name, variable in spec.variables.named.items():
            if variable.score is not None:
                path = ("variables", name, "from")
                self.known(variable.score, tuple(spec.efficiency), path, "score")
        for name, members in spec.sets.items():
            for position, member in enumerate(members):
                self.variable(member, spec, ("sets", name, position), sets=False)
        if spec.describe:
            for position, name in enumerate(spec.describe.variables):
                self.variable(name, spec, ("describe", "variables", position))

    def tables(self, spec: StudySpec) -> None:
        for name, table in spec.tables.items():
            self.variable(table.outcome, spec, ("tables", name, "outcome"), sets=False)
            for number, column in enumerate(table.columns):
                path: Path = ("tables", name, "columns", number)
                for position, variable in enumerate(column.x):
                    self.variable(variable, spec, (*path, "x", position))
                if column.outcome is not None:
                    self.variable(column.outcome, spec, (*path, "outcome"), sets=False)
                if (column.outcome or table.outcome) in expand(column.x, spec):
                    self.add(
                        "study.outcome_among_regressors",
                        message("The outcome stands among the regressors of this column."),
                        path,
                        message("take it out of x."),
                    )

    def maps(self, spec: StudySpec) -> None:
        for name, found in spec.maps.items():
            path: Path = ("maps", name, "value")
            if self.known(found.value, tuple(spec.efficiency), path, "score") and (
                spec.efficiency[found.value].classes is None
            ):
                self.add(
                    "study.no_classes",
                    message(
                        "The score '{name}' has no classes to colour a map by.", name=found.value
                    ),
                    path,
                    message("add `classes` to it under efficiency."),
                )

    def parts(self, spec: StudySpec) -> None:
        for number, (name, options) in enumerate(spec.prepare):
            place = self.located.where(("prepare", number, name))
            try:
                plan_steps([(name, options)], where=place)
            except StudyError as error:
                self.problems.extend(
                    replace(p, where=_nearer(p.where, place)) for p in error.problems
                )
        for name, score in spec.efficiency.items():
            self.part(MEASURES, score.measure, ("efficiency", name, "measure"))
        if spec.diagnostics is None:
            return
        for position, test in enumerate(spec.diagnostics.tests):
            self.part(DIAGNOSTICS, test, ("diagnostics", "tests", position))
        self.column_of_table(spec.diagnostics.of, spec)

    def column_of_table(self, reference: str, spec: StudySpec) -> None:
        table, _, number = reference.partition("/")
        path = ("diagnostics", "of")
        if not self.known(table, tuple(spec.tables), path, "table"):
            return
        n = len(spec.tables[table].columns)
        if not (number.isdecimal() and 1 <= int(number) <= n):
            self.add(
                "study.unknown_name",
                message("'{name}' is no column of a table.", name=reference),
                path,
                message("write {table}/1 to {table}/{n}.", table=table, n=n),
            )

    def variable(self, name: str, spec: StudySpec, path: Path, *, sets: bool = True) -> None:
        known = (*spec.variables.named, *(spec.sets if sets else ()))
        self.known(name, known, path, "variable")

    def known(self, name: str, known: Sequence[str], path: Path, kind: str) -> bool:
        if name in known:
            return True
        self.add(
            "study.unknown_name",
            message(
                "There is no {kind} '{name}' in this study file.", kind=message(kind), name=name
            ),
            path,
            suggestion(name, known),
        )
        return False

    def part(self, register: Register[Any], name: str, path: Path) -> None:
        try:
            register.get(name, where=self.located.where(path))
        except StudyError as error:
            self.problems.extend(error.problems)

    def add(self, code: str, what: Wording, path: Path, remedy: Wording) -> None:
        self.problems.append(Problem(code, what, self.located.where(path), remedy))


def _nearer(found: Where, step: Where) -> Where:
    """Keep the place of a step in the file, with the key that the step itself named."""
    return replace(step, key=found.key or step.key)
