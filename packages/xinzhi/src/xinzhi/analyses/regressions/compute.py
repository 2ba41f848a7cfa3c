"""Regressions inside a study: each column has its own answer, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import pandas as pd

from xinzhi.analyses.analysis import EstimationData, Given
from xinzhi.analyses.diagnostics.compute import Diagnoses, diagnose
from xinzhi.analyses.effects import estimate_again
from xinzhi.analyses.equation import Equation
from xinzhi.analyses.unavailable import Unavailable
from xinzhi.present.regression import Fitted, NotEstimated
from xinzhi_core.errors import StudyError
from xinzhi_core.panel.notebook import InNotebook
from xinzhi_econometrics.diagnostics.error_tests import with_advice
from xinzhi_econometrics.estimates import Estimates
from xinzhi_econometrics.fit import fit
from xinzhi_econometrics.instruments.estimate import Instrumented, instrument
from xinzhi_econometrics.resampling.wild_bootstrap import FEW, Wild, wild_bootstrap
from xinzhi_econometrics.specification import LEAST_SQUARES, Regression

DRAWS = 1999
"""Draws of the wild bootstrap; (draws + 1) times the usual levels is whole."""
Column = Estimates | Instrumented | NotEstimated
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class RegressionColumns(InNotebook):
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
        """The estimates of each column, whatever the estimator."""
        return tuple(
            column.estimates if isinstance(column, Instrumented) else column
            for column in self.columns
        )

    @property
    def own(self) -> tuple[Fitted, ...]:
        """The estimates as they are printed: by the errors of their column, with weak instruments by Anderson and Rubin."""
        return tuple(
            column.judged if isinstance(column, Instrumented) else column for column in self.columns
        )

    @property
    def judged(self) -> tuple[Fitted, ...]:
        """The estimates as they are judged: by the declared errors, with weak instruments by Anderson and Rubin."""
        return tuple(
            column.estimates if isinstance(column, Instrumented) else self.declared.get(n, column)
            for n, column in enumerate(self.columns)
        )

    @property
    def under_defaults(self) -> RegressionColumns:
        """The same with errors clustered by entity in every column that has them."""
        return RegressionColumns(
            tuple(
                self.clustered.get(n, self.declared.get(n, column))
                for n, column in enumerate(self.columns)
            )
        )

    @property
    def estimated(self) -> tuple[Estimates, ...]:
        """The estimates of the columns that have some."""
        return tuple(column for column in self.fitted if isinstance(column, Estimates))

    @property
    def instrumented(self) -> Mapping[int, Instrumented]:
        """Position of a column of two-stage least squares -> its estimates and tests."""
        return {n: c for n, c in enumerate(self.columns) if isinstance(c, Instrumented)}

    @property
    def bootstraps(self) -> Mapping[int, Wild]:
        """Position of a column -> its wild cluster bootstrap."""
        return {n: wild for n, wild in self.wild.items() if isinstance(wild, Wild)}

    @property
    def not_bootstrapped(self) -> Mapping[int, Unavailable]:
        """Position of a column with few clusters -> why it has no wild bootstrap."""
        return {n: wild for n, wild in self.wild.items() if isinstance(wild, Unavailable)}

    def only(self, position: int) -> RegressionColumns:
        """Keep one column, with what belongs to it."""
        return RegressionColumns(
            (self.columns[position],),
            _first(self.wild, position),
            _first(self.declared, position),
            _first(self.clustered, position),
            _first(self.tests, position),
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a slope of each column: estimate, std_error, statistic, p_value, interval."""
        frames = {
            number: column.to_frame()
            for number, column in enumerate(self.fitted, 1)
            if isinstance(column, Estimates)
        }
        return pd.concat(frames, names=["column"]) if frames else pd.DataFrame()


def _first(by_position: Mapping[int, T], position: int) -> dict[int, T]:
    return {0: by_position[position]} if position in by_position else {}


def regress(
    equations: tuple[Equation, ...], given: Given, tests: tuple[str, ...] = ()
) -> RegressionColumns:
    """Estimate the equations one after the other, and test each; one that fails leaves the others."""
    columns = tuple(_column(equation, given) for equation in equations)
    wild: dict[int, Wild | Unavailable] = {}
    declared: dict[int, Estimates] = {}
    clustered: dict[int, Estimates] = {}
    tested: dict[int, Diagnoses] = {}
    for position, (equation, column) in enumerate(zip(equations, columns, strict=True)):
        if isinstance(column, NotEstimated):
            continue
        frame, regression = equation.applied(given.frame(EstimationData.of(equation)))
        if isinstance(column, Estimates):
            if _has_few_clusters(column):
                wild[position] = _wild(position, frame, regression, given.study.seed)
            by_declared, by_default = estimate_again(
                frame, regression, equation.declared, partial(fit, frame)
            )
            if by_declared is not None:
                declared[position] = by_declared
            if by_default is not None:
                clustered[position] = by_default
        if tests:
            tested[position] = diagnose(frame, regression, tests)
    return RegressionColumns(columns, wild, declared, clustered, tested)


def estimate(
    frame: pd.DataFrame,
    regression: Regression,
    equation: Equation,
    advised: Callable[[pd.DataFrame, Estimates | Instrumented], Estimates] = with_advice,
) -> Estimates | Instrumented:
    """Estimate an equation whose changes are applied, and test what its standard errors assume.

    Parameters
    ----------
    advised
        When they are tested: at once, or when the tests are read (`with_advice_when_read`).
    """
    if not equation.instruments:
        return advised(frame, fit(frame, regression))
    # A replaced regressor is endogenous under its new name; its instruments stay as declared.
    replaced = equation.variation.replace
    instrumented = instrument(
        frame,
        regression,
        endogenous=tuple(replaced.get(name, name) for name, _ in equation.instruments),
        instruments=tuple(
            dict.fromkeys(name for _, names in equation.instruments for name in names)
        ),
        tau=equation.tau,
    )
    return replace(instrumented, estimates=advised(frame, instrumented))


def _column(equation: Equation, given: Given) -> Column:
    regression = equation.regression
    try:
        frame, regression = equation.applied(given.frame(EstimationData.of(equation)))
        return estimate(frame, regression, equation)
    except StudyError as error:
        return NotEstimated(regression, error.problems)


def _has_few_clusters(column: Estimates) -> bool:
    # The wild bootstrap is defined for the residuals of least squares with errors clustered one way.
    rule, is_least_squares = column.covariance, column.estimator == LEAST_SQUARES
    return is_least_squares and rule.kind == "cluster" and rule.clusters[0][1] < FEW


def _wild(
    position: int, frame: pd.DataFrame, regression: Regression, seed: int
) -> Wild | Unavailable:
    try:
        return wild_bootstrap(frame, regression, draws=DRAWS, seed=seed)
    except StudyError as error:
        return Unavailable("wild bootstrap", error.problems, f".columns[{position + 1}]")
