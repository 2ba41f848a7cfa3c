"""Names in the sections of the mechanism: inheritance, groups, mediators, paths, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import ValidationError

from xinzhi.analyses.analysis import ANALYSES, base_key
from xinzhi.analyses.changes import PREFIX
from xinzhi.analyses.efficiency.section import Measurement
from xinzhi.analyses.equation import ENTITY, Equation
from xinzhi.errors import StudyError
from xinzhi.study.equations import column_equation
from xinzhi.study.finder import Finder
from xinzhi.study.frontiers import changed, scores_of
from xinzhi.study.located import Path
from xinzhi.study.results import place_of
from xinzhi.study.schema.study import StudySpec
from xinzhi.study.schema.tables import RegressionTable
from xinzhi.study.view import StudyView
from xinzhi.vocabulary import with_implied
from xinzhi.wording import message

ROLES = ("inputs", "good_outputs", "bad_outputs", "classes")


def find_in_mechanism(spec: StudySpec, finder: Finder) -> None:
    """Find what points to nothing; equations are looked at once their names are sound."""
    _groups(spec, finder)
    _changes(spec, finder)
    _analyses(spec, finder)
    if finder.problems:
        return
    _equations(spec, finder)


def _groups(spec: StudySpec, finder: Finder) -> None:
    taken = {*spec.variables.named, *spec.sets, ENTITY, "period"}
    for name, group in spec.groups.items():
        if name in taken:
            finder.add(
                "study.name_taken",
                message("'{name}' is the name of a variable, a set or a key.", name=name),
                ("groups", name),
                message("give the grouping another name."),
            )
        known = tuple(group.named) or (("high", "low") if group.split else ())
        for member in group.labels if known else ():
            finder.known(member, known, ("groups", name, "labels", member), "member")


def _changes(spec: StudySpec, finder: Finder) -> None:
    for name, table in spec.tables.items():
        path: Path = ("tables", name)
        _instruments(spec, finder, table.instruments, (*path, "instruments"))
        for number, column in enumerate(table.columns):
            here = (*path, "columns", number)
            for new in column.replace.values():
                finder.variable(new, spec, (*here, "replace"), sets=False)
            _instruments(spec, finder, column.instruments or {}, (*here, "instruments"))
            finder.members(column.drop, spec, (*here, "drop"))


def _instruments(
    spec: StudySpec, finder: Finder, found: Mapping[str, tuple[str, ...]], path: Path
) -> None:
    for endogenous, names in found.items():
        finder.variable(endogenous, spec, (*path, endogenous), sets=False)
        for position, name in enumerate(names):
            finder.variable(name, spec, (*path, endogenous, position))


def _analyses(spec: StudySpec, finder: Finder) -> None:
    for key, analysis in ANALYSES:
        if analysis.in_file and (found := getattr(spec, key)):
            finder.options(found, spec, (key,))
        elif analysis.is_declared:
            for name, section in spec.sections(key).items():
                finder.options(section, spec, place_of(key, name))


def _equations(spec: StudySpec, finder: Finder) -> None:
    """Look at whole equations: what stands on both sides, what is changed and is not there."""
    for name, table in spec.tables.items():
        _tau(spec, table, finder, ("tables", name, "tau"))
        for number, column in enumerate(table.columns):
            path: Path = ("tables", name, "columns", number)
            equation = column_equation(spec, table, column)
            _sides(equation, finder, path)
            _replaced(equation, column.replace, finder, (*path, "replace"))
            _endogenous(equation, finder, path)
            _frontier(spec, equation, column.efficiency, finder, path)
    _least_squares(spec, finder)
    _further(spec, finder)
    _frontiers(spec, finder)


def _tau(spec: StudySpec, table: RegressionTable, finder: Finder, path: Path) -> None:
    columns = (column_equation(spec, table, column) for column in table.columns)
    if table.tau is not None and not any(equation.instruments for equation in columns):
        finder.add(
            "study.no_effect",
            message("`tau` judges instruments, and no column of this table has any."),
            path,
            message("name `instruments`, or leave `tau` out."),
        )


def _least_squares(spec: StudySpec, finder: Finder) -> None:
    """Refuse sections that would forget the instruments of the column they start from."""
    starts: list[tuple[Path, Equation]] = []
    for key, analysis in ANALYSES:
        for name, section in spec.sections(key).items():
            starts.extend(
                ((*place_of(key, name), base_key(analysis)), equation)
                for equation in analysis.reads(section, StudyView(spec)).equations
            )
    for path, equation in starts:
        if equation.instruments:
            finder.add(
                "study.instruments",
                message("This section is least squares, and its column has instruments."),
                path,
                message("start from a column without instruments."),
            )


def _frontiers(spec: StudySpec, finder: Finder) -> None:
    """Look at the options of the frontier that an analysis itself changes."""
    for key, analysis in ANALYSES:
        for name, section in spec.sections(key).items():
            reads = analysis.reads(section, StudyView(spec))
            known = {option for equation in reads.equations for option in equation.frontier}
            changed_here = dict.fromkeys(
                option for asked in reads.data for option in asked.frontier if option not in known
            )
            for option, value in changed_here:
                place = finder.place_of_option(option, place_of(key, name))
                _frontier(spec, reads.equations[0], {option: value}, finder, place)


def _further(spec: StudySpec, finder: Finder) -> None:
    """Look at what each analysis itself finds wrong with its options."""
    for key, analysis in ANALYSES:
        for name, section in spec.sections(key).items():
            for place, problem in analysis.problems(section, StudyView(spec)):
                finder.add(
                    problem.code, problem.what, (*place_of(key, name), *place), problem.remedy
                )


def _sides(equation: Equation, finder: Finder, path: Path) -> None:
    asked, swap = equation.regression, equation.variation.replace
    right = {swap.get(name, name) for name in (*asked.regressors, *asked.controls)}
    if swap.get(asked.outcome, asked.outcome) in right:
        finder.add(
            "study.outcome_among_regressors",
            message("The outcome stands among the regressors of this column."),
            path,
            message("take it out of x."),
        )


def _replaced(equation: Equation, change: Iterable[str], finder: Finder, path: Path) -> None:
    asked = equation.regression
    known = (asked.outcome, *asked.regressors, *asked.controls)
    for old in change:
        finder.known(old, known, (*path, old), "variable of the regression")


def _endogenous(equation: Equation, finder: Finder, path: Path) -> None:
    for name, _ in equation.instruments:
        known = equation.regression.regressors
        finder.known(name, known, (*path, "instruments", name), "variable of interest")


def _frontier(
    spec: StudySpec, equation: Equation, options: Mapping[str, object], finder: Finder, path: Path
) -> None:
    """Whether options of the frontier exist, have the value, and reach a score of the equation."""
    known = tuple(name for name in Measurement.model_fields if name not in ROLES)
    try:
        with_implied(options)
    except StudyError as error:
        for problem in error.problems:
            finder.add(problem.code, problem.what, path, problem.remedy)
    for option in options:
        place: Path = (*path, f"{PREFIX}{option}")
        if place not in finder.located.places:
            place = (*path, "efficiency", option)
        if finder.known(option, known, place, "option of the frontier"):
            _value(spec, equation, {option: options[option]}, finder, place)


def _value(
    spec: StudySpec, equation: Equation, option: Mapping[str, object], finder: Finder, path: Path
) -> None:
    scores = scores_of(spec, equation.variables)
    if not scores:
        finder.add(
            "study.no_effect",
            message("No variable of this column is a score, so no frontier can be changed."),
            path,
            message("remove the option, or regress a score."),
        )
    for name in scores:
        try:
            changed(spec.sections("efficiency")[name], dict(option))
        except ValidationError as error:
            finder.add(
                "study.value",
                error.errors()[0]["msg"].removeprefix("Value error, "),
                path,
                message("see `xinzhi parts` for what is known."),
            )
