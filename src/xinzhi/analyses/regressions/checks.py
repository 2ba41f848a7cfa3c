"""What is wrong with the options of a table once all its names are known."""

from __future__ import annotations

from collections.abc import Iterator

from xinzhi.analyses.analysis import Study
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.regressions.equations import equations_of
from xinzhi.analyses.regressions.section import RegressionTable, TableColumn
from xinzhi.analyses.section import unknown_name
from xinzhi.errors import Problem, SpecError
from xinzhi.formula import tree
from xinzhi.formula.parse import parse
from xinzhi.regression.specification import LEAST_SQUARES
from xinzhi.wording import message

Found = Iterator[tuple[tuple[str | int, ...], Problem]]


def problems(table: RegressionTable, study: Study) -> Found:
    """Look at whole equations: what stands on both sides, what is changed and is not there."""
    equations = equations_of(table, study)
    if table.tau is not None and not any(equation.instruments for equation in equations):
        yield (
            ("tau",),
            Problem(
                "study.no_effect",
                message("`tau` concerns instruments, and no column of this table has any."),
                remedy=message("name `instruments`, or leave `tau` out."),
            ),
        )
    for number, (column, equation) in enumerate(zip(table.columns, equations, strict=True)):
        for place, problem in _of_column(column, equation):
            yield ("columns", number, *place), problem


def _of_column(column: TableColumn, equation: Equation) -> Found:
    asked, swap = equation.regression, equation.variation.replace
    right = {swap.get(name, name) for name in (*asked.regressors, *asked.controls)}
    if swap.get(asked.outcome, asked.outcome) in right:
        yield (
            (),
            Problem(
                "study.outcome_among_regressors",
                message("The outcome is among the regressors of this column."),
                remedy=message("remove it from x."),
            ),
        )
    if equation.instruments and asked.estimator != LEAST_SQUARES:
        yield (
            (),
            Problem(
                "study.instruments",
                message(
                    "Instruments are for least squares, and this column has another estimator."
                ),
                remedy=message("leave one of the two out."),
            ),
        )
    known = (asked.outcome, *asked.regressors, *asked.controls)
    for old in column.replace:
        for term in (one for one in known if one not in swap and old in made_of(one)):
            yield ("replace", old), _half_replaced(old, swap[old], term)
        if old not in known:
            yield ("replace", old), unknown_name("variable of the regression", old, known)
    for name, _ in equation.instruments:
        if name not in asked.regressors:
            problem = unknown_name("variable of interest", name, asked.regressors)
            yield ("instruments", name), problem


def made_of(name: str) -> tuple[str, ...]:
    """List the variables in a formula; none where a name is a variable by itself."""
    try:
        found = parse(name).tree
    except SpecError:  # a name like any other
        return ()
    return () if isinstance(found, tree.Name) else tree.names_in(found)


def _half_replaced(old: str, new: str, term: str) -> Problem:
    return Problem(
        "study.half_replaced",
        message("'{old}' is replaced, but '{term}' is still made of it.", old=old, term=term),
        remedy=message(
            "replace '{term}' too, by the same formula of '{new}', or take it out of x.",
            term=term,
            new=new,
        ),
    )
