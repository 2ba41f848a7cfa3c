"""Estimates of one regression under many variations of its rows, variables, effects and errors."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pandas as pd

from xinzhi.errors import MethodError
from xinzhi.regression.batch import Batch
from xinzhi.regression.estimates import CovarianceRule
from xinzhi.regression.fit import Solution, fit, infer, solve
from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import Inapplicable, Tests
from xinzhi.regression.model import Model
from xinzhi.regression.sample import Mask
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
    return [estimate(frame, regression, one) for one in variations]


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
        found = fit(*changes(frame, regression, variation))
    except MethodError as error:
        return _refusal(variation, error)
    tests = Tests(found.std_error, found.statistic, found.p_value, found.ci_low, found.ci_high)
    assert isinstance(found.residuals.index, pd.MultiIndex)
    return Specification(
        found.names,
        tests,
        found.estimate,
        found.n,
        found.fit.r2_adjusted,
        found.covariance,
        _size(found.residuals.index),
    )


def _least_squares(
    frame: pd.DataFrame, regression: Regression, variations: tuple[Variation, ...]
) -> list[Specification | Inapplicable]:
    """Estimate all variations from arrays that they share; the frame is read once.

    Regressions on the same rows and effects are done one after the other, since their columns are
    partialled out once; those that differ in their errors alone share coefficients and residuals.
    """
    changed = [changed_regression(frame, regression, one) for one in variations]
    for one in changed:
        check_words(one)
    batch = Batch(frame, changed)
    kept = {(one.window, one.drop): one for one in variations}
    masks = {key: rows_kept(frame, one) for key, one in kept.items()}

    def rows_of(i: int) -> Mask:
        return batch.rows(changed[i], masks[variations[i].window, variations[i].drop])

    shared: dict[object, dict[object, list[int]]] = {}
    for i, one in enumerate(changed):
        same_rows = (blake2b(rows_of(i).tobytes()).digest(), one.effects)
        same_columns = (variations[i].winsorise, one.outcome, one.regressors, one.controls)
        shared.setdefault(same_rows, {}).setdefault(same_columns, []).append(i)
    found: dict[int, Specification | Inapplicable] = {}
    for members in (members for groups in shared.values() for members in groups.values()):
        try:
            ready = batch.model(
                changed[members[0]], rows_of(members[0]), variations[members[0]].winsorise
            )
            solution = solve(ready)
        except MethodError as error:
            found |= {i: _refusal(variations[i], error) for i in members}
            continue
        size = _size(ready.sample.index)
        for i in members:
            try:
                found[i] = _specification(
                    batch.with_errors(ready, changed[i].covariance), solution, size
                )
            except MethodError as error:
                found[i] = _refusal(variations[i], error)
    return [found[i] for i in range(len(variations))]


def _refusal(variation: Variation, error: MethodError) -> Inapplicable:
    return Inapplicable(variation.name, error.problems[0].what)


def _specification(ready: Model, solution: Solution, size: tuple[int, int]) -> Specification:
    inference = infer(ready, solution)
    return Specification(
        solution.names,
        inference.tests,
        solution.slopes,
        len(ready.outcome),
        ready.adjusted_r2(solution.solved.residuals),
        inference.rule,
        size,
    )


def _size(index: pd.MultiIndex) -> tuple[int, int]:
    """Count the entities and periods."""
    entities, periods = (len(np.unique(np.asarray(codes))) for codes in index.codes)
    return entities, periods
