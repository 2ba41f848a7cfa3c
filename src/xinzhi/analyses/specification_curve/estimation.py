"""Estimates of one regression under many variations of its rows, variables, effects and errors."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError
from xinzhi.regression.batch import Batch
from xinzhi.regression.estimates import CovarianceRule
from xinzhi.regression.fit import fit, infer, solve
from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import Inapplicable, Tests
from xinzhi.regression.model import Model
from xinzhi.regression.sample import Mask
from xinzhi.regression.solution import LeastSquaresSolution
from xinzhi.regression.specification import LEAST_SQUARES, Regression, check_words
from xinzhi.regression.variation import Variation, changed_regression, changes, rows_kept


@dataclass(frozen=True, slots=True, eq=False)
class Specification:
    """What the curve keeps of one regression."""

    names: tuple[str, ...]
    tests: Tests
    estimate: Array
    n: int
    r2_adjusted: float
    rule: CovarianceRule
    size: tuple[int, int]
    """Entities and periods."""


def estimate_all(
    frame: pd.DataFrame, regression: Regression, variations: tuple[Variation, ...]
) -> list[Specification | Inapplicable]:
    """Estimate a regression under each variation, in their order.

    Raises
    ------
    SpecError, DataError
        A variation names what is not there, or leaves no row.
    """
    if regression.estimator == LEAST_SQUARES:
        return _least_squares(frame, regression, variations)
    return [estimate(frame, regression, variation) for variation in variations]


def estimate(
    frame: pd.DataFrame, regression: Regression, variation: Variation
) -> Specification | Inapplicable:
    """Estimate a regression under one variation; where that fails, say why.

    Raises
    ------
    SpecError, DataError
        The variation names what is not there.
    """
    try:
        fitted = fit(*changes(frame, regression, variation))
    except MethodError as error:
        return _refusal(variation, error)
    assert isinstance(fitted.residuals.index, pd.MultiIndex)
    return Specification(
        fitted.names,
        Tests(fitted.std_error, fitted.statistic, fitted.p_value, fitted.ci_low, fitted.ci_high),
        fitted.estimate,
        fitted.n,
        fitted.fit.r2_adjusted,
        fitted.covariance,
        _size(fitted.residuals.index),
    )


def _least_squares(
    frame: pd.DataFrame, regression: Regression, variations: tuple[Variation, ...]
) -> list[Specification | Inapplicable]:
    """Estimate all variations from arrays that they share; the frame is read once.

    Regressions on the same rows and effects are done one after the other, since their columns are
    partialled out once; those that differ in their errors alone share coefficients and residuals.
    """
    changed = [changed_regression(frame, regression, variation) for variation in variations]
    # An unknown word is a slip in the choices, and not a specification that failed.
    for asked in changed:
        check_words(asked)
    batch = Batch(frame, changed)
    by_rows = {(variation.window, variation.drop): variation for variation in variations}
    masks = {key: rows_kept(frame, variation) for key, variation in by_rows.items()}

    def rows_of(i: int) -> Mask:
        return batch.rows(changed[i], masks[variations[i].window, variations[i].drop])

    # Rows are compared by a digest: different choices may leave the same ones.
    shared: dict[object, dict[object, list[int]]] = {}
    for i, asked in enumerate(changed):
        same_rows = (blake2b(rows_of(i).tobytes()).digest(), asked.effects)
        same_columns = (variations[i].winsorise, asked.outcome, asked.regressors, asked.controls)
        shared.setdefault(same_rows, {}).setdefault(same_columns, []).append(i)
    results: dict[int, Specification | Inapplicable] = {}
    for members in (members for groups in shared.values() for members in groups.values()):
        first = members[0]
        try:
            model = batch.model(changed[first], rows_of(first), variations[first].winsorise)
            solution = solve(model)
        except MethodError as error:
            results |= {i: _refusal(variations[i], error) for i in members}
            continue
        size = _size(model.sample.index)
        for i in members:
            try:
                with_errors = batch.with_errors(model, changed[i].covariance)
                results[i] = _specification(with_errors, solution, size)
            except MethodError as error:
                results[i] = _refusal(variations[i], error)
    return [results[i] for i in range(len(variations))]


def _refusal(variation: Variation, error: MethodError) -> Inapplicable:
    return Inapplicable(variation.name, error.problems[0].what)


def _specification(
    model: Model, solution: LeastSquaresSolution, size: tuple[int, int]
) -> Specification:
    inference = infer(model, solution)
    return Specification(
        solution.names,
        inference.tests,
        solution.slopes,
        len(model.outcome),
        model.adjusted_r2(solution.solved.residuals),
        inference.rule,
        size,
    )


def _size(index: pd.MultiIndex) -> tuple[int, int]:
    """Count the entities and periods."""
    entities, periods = (len(np.unique(np.asarray(codes))) for codes in index.codes)
    return entities, periods
