"""References in the study file: every name must refer to an existing part.

Name checks: collect the names of the study file that refer to nothing, with their places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from xinzhi.analyses.analysis import ANALYSES, base_key, draw_problems
from xinzhi.analyses.capabilities import SharedKey, TableOfColumns, frontiers_read
from xinzhi.analyses.efficiency.section import OTHER_ANALYSES, Measurement
from xinzhi.analyses.equation import ENTITY, Equation
from xinzhi.analyses.implied_change import PREFIX
from xinzhi.analyses.maps.compute import BUILT_IN
from xinzhi.analyses.neighbours import is_pairs
from xinzhi.analyses.section import Refers, unknown_name
from xinzhi.analyses.space_and_time import ScoreAnalysis
from xinzhi.prepare.step import list_inputs, plan_steps
from xinzhi.study.file.located import Located, Path
from xinzhi.study.file.refusals import refusals
from xinzhi.study.file.step_inputs import IN_PACKAGE, needed_sources
from xinzhi.study.result import place_in_file
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.view import (
    StudyView,
    change_options,
    columns_by_name,
    is_formula,
    parts_of,
    score_names,
    scores_of,
    table_column,
)
from xinzhi_core.errors import Problem, StudyError
from xinzhi_core.formula.levels import is_dummies
from xinzhi_core.register import Register
from xinzhi_core.vocabulary import with_implied
from xinzhi_core.wording import Wording, message
from xinzhi_econometrics.diagnostics import DIAGNOSTICS
from xinzhi_econometrics.specification import LEAST_SQUARES
from xinzhi_frontier.measure import MEASURES


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
        elif kind == "outlines" and is_pairs(value):
            pass  # a file, which is looked for where it is read
        elif kind != "data":  # columns are known once the data are prepared
            noun, choices = {
                "grouping": ("grouping", tuple(spec.groups)),
                "group": ("group", tuple(spec.groups)),
                "measured": (
                    "score or index",
                    (*score_names(spec), *parts_of(spec), *columns_by_name(spec)),
                ),
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


INDEX = "entropy_index"
"""Kind of the steps that make a composite index."""
ROLES = ("inputs", "good_outputs", "bad_outputs", *OTHER_ANALYSES)
"""Options of a score that are not those of its frontier."""


def find_unresolved(spec: StudySpec, located: Located) -> list[Problem]:
    """Find every name that refers to nothing, and every source that is not used."""
    finder = Sections(located)
    finder.sources(spec)
    finder.variables(spec)
    finder.parts(spec)
    finder.groups(spec)
    finder.inheritance(spec)
    finder.analyses(spec)
    # Equations are made from names: with one that refers to nothing they could not be built.
    if not finder.problems:
        finder.equations(spec)
    return list(dict.fromkeys(finder.problems))


class Sections(ProblemFinder):
    """Checks the sections one by one."""

    def sources(self, spec: StudySpec) -> None:
        """Find sources that are not used."""
        for position, name in enumerate(spec.panel.sources):
            panels = tuple(n for n, source in spec.sources.items() if source.kind == "panel")
            self.known(name, panels, ("panel", "from", position), "panel source")
        used = {*spec.panel.sources, *needed_sources(spec)}
        for name in spec.sources:
            if name not in used:
                self.add(
                    "study.no_effect",
                    message("The source '{name}' is not used.", name=name),
                    ("sources", name),
                    message("name it under panel.from or in a step, or remove it."),
                )

    def variables(self, spec: StudySpec) -> None:
        """Check the scores behind variables, and the members of sets."""
        for name, variable in spec.variables.named.items():
            if variable.score is not None:
                path = ("variables", name, "from")
                self.known(variable.score, score_names(spec), path, "score or index")
                if variable.kind and variable.score in spec.sections("efficiency"):
                    self.add(
                        "study.no_effect",
                        message("'{name}' is a score, not an index.", name=variable.score),
                        ("variables", name, "as"),
                        message("remove `as`, or name an index of `productivity`."),
                    )
        for name, members in spec.sets.items():
            for position, member in enumerate(members):
                self.variable(member, spec, ("sets", name, position), sets=is_dummies(member))

    def parts(self, spec: StudySpec) -> None:
        """Check the preparation steps and the measures."""
        for number, (name, options) in enumerate(spec.prepare):
            place = self.located.where(("prepare", number, name))
            for needed in list_inputs(options):
                if "." not in needed:
                    path: Path = ("prepare", number, name)
                    self.known(needed, (*spec.sources, *IN_PACKAGE), path, "source")
            try:
                plan_steps([(name, options)], where=place)
            except StudyError as error:
                # The place of the step in the file, with the key that the step itself names.
                self.problems.extend(
                    replace(p, where=replace(place, key=p.where.key or place.key))
                    for p in error.problems
                )
        for name, score in spec.sections("efficiency").items():
            self.part(MEASURES, score.measure, ("efficiency", name, "measure"))
        indices = [name for name, options in spec.prepare if options.get("step") == INDEX]
        for name, in_space in spec.space_and_time.items():
            if in_space.obstacles is not None:
                path = ("space_and_time", name, "obstacles", "of")
                self.known(in_space.obstacles.of, indices, path, "composite index")

    def groups(self, spec: StudySpec) -> None:
        """Find groupings that have the name of something else."""
        reserved = {*spec.variables.named, *spec.sets, ENTITY, "period"}
        for name, group in spec.groups.items():
            if name in reserved:
                self.add(
                    "study.name_taken",
                    message("'{name}' is the name of a variable, a set or a key.", name=name),
                    ("groups", name),
                    message("give the grouping another name."),
                )
            members = tuple(group.named) or (("high", "low") if group.split else ())
            for member in group.labels if members else ():
                self.known(member, members, ("groups", name, "labels", member), "member")

    def inheritance(self, spec: StudySpec) -> None:
        """Refuse tables that start from themselves, which no equation could be made of."""
        tables = spec.sections("tables")
        for name, table in tables.items():
            seen, here = {name}, table.base
            while here is not None and (start := table_column(here)[0]) in tables:
                if start in seen:
                    self.add(
                        "study.circle",
                        message("The table '{name}' starts from itself.", name=name),
                        ("tables", name, "from"),
                        message("start from a column of a table that names its own outcome and x."),
                    )
                    break
                seen, here = seen | {start}, tables[start].base

    def analyses(self, spec: StudySpec) -> None:
        """Check the names in the options of all analyses."""
        for key, analysis in ANALYSES:
            if isinstance(analysis, SharedKey) and (section := getattr(spec, key)):
                self.options(section, spec, (key,))
            else:
                for name, section in spec.sections(key).items():
                    place = place_in_file(key, name)
                    if isinstance(analysis, ScoreAnalysis):
                        inside = analysis.inside.split(".")[1:]
                        self.options(section, spec, (*place, *inside), named_by="score")
                    else:
                        self.options(section, spec, place)

    def equations(self, spec: StudySpec) -> None:
        """Check whole equations once their names are valid, and run the checks of each analysis."""
        study = StudyView(spec)
        for key, analysis in ANALYSES:
            for name, section in spec.sections(key).items():
                here = place_in_file(key, name)
                for place, problem in (
                    *analysis.problems(section, study),
                    *draw_problems(analysis, section, study),
                ):
                    self.add(problem.code, problem.what, (*here, *place), problem.remedy)
                reads = analysis.reads(section, study)
                frontiers = frontiers_read(reads)
                if isinstance(analysis, TableOfColumns):
                    frontiers = analysis.frontiers(section, study)
                for place, equation, options in frontiers:
                    self.frontier(spec, equation, dict(options), (*here, *place))
                equations = reads.equations
                if "instruments" not in analysis.keeps and any(
                    equation.instruments for equation in equations
                ):
                    self.add(
                        "study.instruments",
                        message(
                            "This section is defined for least squares, and its column has "
                            "instruments."
                        ),
                        (*here, base_key(analysis)),
                        message("start from a column without instruments."),
                    )
                if "estimator" not in analysis.keeps and any(
                    equation.regression.estimator != LEAST_SQUARES for equation in equations
                ):
                    self.add(
                        "study.estimator",
                        message(
                            "This section is defined for least squares, and its column has "
                            "another estimator."
                        ),
                        (*here, base_key(analysis)),
                        message("start from a column that is estimated by least squares."),
                    )

    def frontier(
        self, spec: StudySpec, equation: Equation, options: Mapping[str, object], path: Path
    ) -> None:
        """Whether options of the frontier exist, have the value, and reach a score of the equation."""
        names = tuple(name for name in Measurement.model_fields if name not in ROLES)
        try:
            with_implied(options)
        except StudyError as error:
            for problem in error.problems:
                self.add(problem.code, problem.what, path, problem.remedy)
        for option, value in options.items():
            place = self.find_option(option, path)
            if self.known(option, names, place, "option of the frontier"):
                self.frontier_value(spec, equation, {option: value}, place)

    def frontier_value(
        self, spec: StudySpec, equation: Equation, option: dict[str, object], place: Path
    ) -> None:
        """Whether one option of the frontier has a value that the scores can take."""
        scores = scores_of(spec, equation.variables)
        if not scores:
            self.add(
                "study.no_effect",
                message("No variable of this column is a score, so no frontier can be changed."),
                place,
                message("remove the option, or regress a score."),
            )
        for name in scores:
            try:
                change_options(spec.sections("efficiency")[name], option)
            except ValidationError as error:
                for refusal in refusals(error, Measurement):
                    self.add("study.value", refusal.what, place, refusal.remedy)
