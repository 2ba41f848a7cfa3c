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

Problems = Iterator[tuple[tuple[str | int, ...], Problem]]
"""Each with its place in the table."""


def problems(table: RegressionTable, study: Study) -> Problems:
    """Look at whole equations: what stands on both sides, what is changed and is not there."""
    equations = equations_of(table, study)
    if table.tau is not None and not any(equation.instruments for equation in equations):
        what = message("`tau` concerns instruments, and no column of this table has any.")
        remedy = message("name `instruments`, or leave `tau` out.")
        yield ("tau",), Problem("study.no_effect", what, remedy=remedy)
    for number, (column, equation) in enumerate(zip(table.columns, equations, strict=True)):
        for place, problem in _of_column(column, equation):
            yield ("columns", number, *place), problem


def _of_column(column: TableColumn, equation: Equation) -> Problems:
    asked, swap = equation.regression, equation.variation.replace
    variables = (asked.outcome, *asked.regressors, *asked.controls)
    outcome, *right = (swap.get(name, name) for name in variables)
    if outcome in right:
        what = message("The outcome is among the regressors of this column.")
        remedy = message("remove it from x.")
        yield (), Problem("study.outcome_among_regressors", what, remedy=remedy)
    if equation.instruments and asked.estimator != LEAST_SQUARES:
        what = message("Instruments are for least squares, and this column has another estimator.")
        remedy = message("leave one of the two out.")
        yield (), Problem("study.instruments", what, remedy=remedy)
    for old in column.replace:
        for term in variables:
            if term not in swap and old in made_of(term):
                yield ("replace", old), _half_replaced(old, swap[old], term)
        if old not in variables:
            yield ("replace", old), unknown_name("variable of the regression", old, variables)
    for name, _ in equation.instruments:
        if name not in asked.regressors:
            problem = unknown_name("variable of interest", name, asked.regressors)
            yield ("instruments", name), problem


def made_of(name: str) -> tuple[str, ...]:
    """List the variables in a formula; none where a name is a variable by itself."""
    try:
        parsed = parse(name).tree
    except SpecError:  # A heading may hold anything: what does not parse is a name.
        return ()
    return () if isinstance(parsed, tree.Name) else tree.names_in(parsed)


def _half_replaced(old: str, new: str, term: str) -> Problem:
    text = message("'{old}' is replaced, but '{term}' is still made of it.", old=old, term=term)
    remedy = message(
        "replace '{term}' too, by the same formula of '{new}', or take it out of x.",
        term=term,
        new=new,
    )
    return Problem("study.half_replaced", text, remedy=remedy)
