"""Regressions inside a study: each column has its own answer, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Given
from xinzhi.analyses.diagnostics.compute import Diagnoses, diagnose
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.other_errors import other_errors
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.errors import StudyError
from xinzhi.panel.notebook import InNotebook
from xinzhi.present.regression import Fitted, NotEstimated
from xinzhi.regression.diagnostics.error_tests import with_advice
from xinzhi.regression.estimates import Estimates
from xinzhi.regression.fit import fit
from xinzhi.regression.instruments.estimate import Instrumented, instrument
from xinzhi.regression.resampling.wild_bootstrap import FEW, Wild, wild_bootstrap
from xinzhi.regression.specification import LEAST_SQUARES, Regression

DRAWS = 1999
"""Draws of the wild bootstrap; (draws + 1) times the usual levels is whole."""
Column = Estimates | Instrumented | NotEstimated


@dataclass(frozen=True, slots=True, eq=False)
class Regressions(InNotebook):
    """The columns of a table, and what clusters that are few ask for."""

    columns: tuple[Column, ...]
    """Two-stage least squares comes with its tests; a column without an answer says why."""
    wild: Mapping[int, Wild | Unavailable] = field(default_factory=lambda: MappingProxyType({}))
    """Position of a column, from 0 -> its wild cluster bootstrap, where errors are clustered one way by
    fewer than 40 clusters; where it has no answer, the column stands without it."""
    declared: Mapping[int, Estimates] = field(default_factory=lambda: MappingProxyType({}))
    """Position of a column that is printed with other errors than the declared ones -> the same estimates
    with these, which judge it."""
    clustered: Mapping[int, Estimates] = field(default_factory=lambda: MappingProxyType({}))
    """Position of a column that is judged by other errors than the default -> the same estimates with
    errors clustered by entity, to say which verdicts rest on the choice."""
    tests: Mapping[int, Diagnoses] = field(default_factory=lambda: MappingProxyType({}))
    """Position of a column -> the tests that the table asks for."""

    @property
    def fitted(self) -> tuple[Fitted, ...]:
        """The estimates of each column, however they were found."""
        return tuple(
            one.estimates if isinstance(one, Instrumented) else one for one in self.columns
        )

    @property
    def judged(self) -> tuple[Fitted, ...]:
        """The estimates as they are judged: by the declared errors, with weak instruments by Anderson and Rubin."""
        return tuple(
            one.judged if isinstance(one, Instrumented) else self.declared.get(position, one)
            for position, one in enumerate(self.columns)
        )

    @property
    def under_defaults(self) -> Regressions:
        """The same with errors clustered by entity in every column that has them."""
        columns = (
            self.clustered.get(position, self.declared.get(position, one))
            for position, one in enumerate(self.columns)
        )
        return Regressions(tuple(columns))

    @property
    def estimated(self) -> tuple[Estimates, ...]:
        """The estimates of the columns that have some."""
        return tuple(one for one in self.fitted if isinstance(one, Estimates))

    @property
    def instrumented(self) -> Mapping[int, Instrumented]:
        """Position of a column of two-stage least squares -> its estimates and tests."""
        return {i: one for i, one in enumerate(self.columns) if isinstance(one, Instrumented)}

    @property
    def bootstraps(self) -> Mapping[int, Wild]:
        """Position of a column -> its wild cluster bootstrap."""
        return {i: one for i, one in self.wild.items() if isinstance(one, Wild)}

    @property
    def not_bootstrapped(self) -> Mapping[int, Unavailable]:
        """Position of a column with few clusters -> why it has no wild bootstrap."""
        return {i: one for i, one in self.wild.items() if isinstance(one, Unavailable)}

    def only(self, position: int) -> Regressions:
        """Keep one column, with its bootstrap."""
        kept = (
            {0: found[position]} if position in found else {}
            for found in (self.declared, self.clustered)
        )
        wild = {0: self.wild[position]} if position in self.wild else {}
        tests = {0: self.tests[position]} if position in self.tests else {}
        declared, clustered = kept
        return Regressions((self.columns[position],), wild, declared, clustered, tests)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope of each column: estimate, std_error, statistic, p_value, interval."""
        found = {
            i: one.to_frame() for i, one in enumerate(self.fitted, 1) if isinstance(one, Estimates)
        }
        return pd.concat(found, names=["column"]) if found else pd.DataFrame()


def regress(
    equations: tuple[Equation, ...], given: Given, tests: tuple[str, ...] = ()
) -> Regressions:
    """Estimate the equations one after the other, and test each; one that fails leaves the others."""
    columns = tuple(_column(equation, given) for equation in equations)
    wild = {
        position: _wild(position, equation, given)
        for position, (equation, column) in enumerate(zip(equations, columns, strict=True))
        if isinstance(column, Estimates) and _has_few_clusters(column)
    }
    declared: dict[int, Estimates] = {}
    clustered: dict[int, Estimates] = {}
    for position, (equation, column) in enumerate(zip(equations, columns, strict=True)):
        if isinstance(column, Estimates):
            frame, regression = equation.applied(given.frame(EstimationData.of(equation)))
            for found, one in zip(
                (declared, clustered), _twins(frame, regression, equation), strict=True
            ):
                if one is not None:
                    found[position] = one
    tested = {
        position: diagnose(*equation.applied(given.frame(EstimationData.of(equation))), tests)
        for position, (equation, column) in enumerate(zip(equations, columns, strict=True))
        if tests and not isinstance(column, NotEstimated)
    }
    return Regressions(columns, wild, declared, clustered, tested)


def estimate(
    frame: pd.DataFrame, regression: Regression, equation: Equation
) -> Estimates | Instrumented:
    """Estimate an equation whose changes are applied, and test what its standard errors assume."""
    if not equation.instruments:
        return with_advice(frame, fit(frame, regression))
    found = instrument(
        frame,
        regression,
        endogenous=tuple(
            equation.variation.replace.get(name, name) for name, _ in equation.instruments
        ),
        instruments=tuple(
            dict.fromkeys(name for _, names in equation.instruments for name in names)
        ),
        tau=equation.tau,
    )
    return replace(found, estimates=with_advice(frame, found))


def _column(equation: Equation, given: Given) -> Column:
    regression = equation.regression
    try:
        frame, regression = equation.applied(given.frame(EstimationData.of(equation)))
        return estimate(frame, regression, equation)
    except StudyError as error:
        return NotEstimated(regression, error.problems)


def _has_few_clusters(column: Estimates) -> bool:
    rule, is_least_squares = column.covariance, column.estimator == LEAST_SQUARES
    return is_least_squares and rule.kind == "cluster" and rule.clusters[0][1] < FEW


def _twins(
    frame: pd.DataFrame, regression: Regression, equation: Equation
) -> tuple[Estimates | None, Estimates | None]:
    """Estimate a column again with the declared errors, and with the default ones, where these are others."""
    declared, clustered = other_errors(frame, regression, equation.declared)
    return refitted(frame, declared), refitted(frame, clustered)


def refitted(frame: pd.DataFrame, regression: Regression | None) -> Estimates | None:
    """Estimate with other errors; None where the data allow none, as with a single cluster."""
    if regression is None:
        return None
    try:
        return fit(frame, regression)
    except StudyError:
        return None


def _wild(position: int, equation: Equation, given: Given) -> Wild | Unavailable:
    frame = given.frame(EstimationData.of(equation))
    try:
        return wild_bootstrap(*equation.applied(frame), draws=DRAWS, seed=given.study.seed)
    except StudyError as error:
        return Unavailable("wild bootstrap", error.problems, f".columns[{position + 1}]")
