"""Tests of the assumptions behind the standard errors, and the advice that follows.

Let s_it be the part of row it in the error of a slope: the regressor less all others, times the
residual. Clusters of entities allow s_it and s_iu to be correlated, not s_it and s_jt. So the mean
correlation of s over pairs of entities is tested, and without period effects that of the residuals
too. With period effects residuals sum to 0 in each period whatever the errors are, and their
correlations are uninformative (Juodis and Reese 2022, doi:10.1080/07350015.2021.1906687); those of s are informative.

What the errors in force allow for is not tested: with clusters of entities, no serial correlation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi_core.errors import MethodError, StudyError
from xinzhi_core.notices import Notice
from xinzhi_core.panel.panel import ENTITY, PERIOD, Panel
from xinzhi_core.wording import Message, message
from xinzhi_econometrics.covariance import cluster_covariance
from xinzhi_econometrics.diagnostics.cross_section_dependence import NULL as NOT_CORRELATED
from xinzhi_econometrics.diagnostics.cross_section_dependence import correlations, sums_of_pairs
from xinzhi_econometrics.diagnostics.serial_correlation import NULL as NOT_SERIAL
from xinzhi_econometrics.diagnostics.serial_correlation import serial_correlation
from xinzhi_econometrics.estimates import Estimates, defer_tests
from xinzhi_econometrics.inference import Inapplicable, Statistic, chi2_tail, f_tail, normal_tails
from xinzhi_econometrics.instruments.estimate import Instrumented
from xinzhi_econometrics.instruments.two_stage import stages
from xinzhi_econometrics.lags import lag
from xinzhi_econometrics.least_squares import Array, group_codes, grouping, least_squares
from xinzhi_econometrics.model import Model, build_model
from xinzhi_econometrics.specification import LEAST_SQUARES, frame_of, is_panel
from xinzhi_econometrics.verdict import LEVEL

SERIAL, ACROSS, UNEQUAL = "serial_correlation", "cross_section_dependence", "heteroskedasticity"
ADVICE: Mapping[str, Message] = MappingProxyType(
    {
        f"advice.{ACROSS}": message(
            "the errors of different entities are correlated within periods (CD test, p < 0.05), "
            "which these standard errors do not allow for. Standard errors clustered two ways, "
            "by entity and period, would; from 30 periods on, so would Driscoll-Kraay standard "
            "errors."
        ),
        f"advice.{SERIAL}": message(
            "the errors of an entity are correlated over time (p < 0.05), which these standard "
            "errors do not allow for. Standard errors clustered by entity would."
        ),
        f"advice.{UNEQUAL}": message(
            "the variance of the errors changes with the regressors (Breusch-Pagan test, p < "
            "0.05), which these standard errors do not allow for. Heteroskedasticity-robust "
            "standard errors (HC1) would."
        ),
    }
)
"""Code of a notice -> what the reader should do, as it stands under a table."""
SHORTEST = 3
"""Periods and entities below which nothing is tested."""
MOST = 400
"""Entities of a panel with gaps whose pairs are correlated; of more, evenly spaced ones in the order of
their names. Without gaps all pairs are summed at once."""


def with_advice(data: Panel | pd.DataFrame, result: Estimates | Instrumented) -> Estimates:
    """Test what the errors of estimates assume; add the tests, and advice where it is due.

    Parameters
    ----------
    data
        The columns that the estimates were computed from; of more rows those are taken.
    result
        Estimates by least squares, or in two stages.

    Returns
    -------
    The estimates with `error_tests` and notices `advice.*`; those of other estimators as they are.
    """
    estimates = result.estimates if isinstance(result, Instrumented) else result
    if not _are_tested(estimates):
        return estimates
    notices, tests = _notices_and_tests(data, result)
    return replace(estimates, error_tests=tests, notices=notices)


def with_advice_when_read(data: pd.DataFrame, result: Estimates | Instrumented) -> Estimates:
    """Test what the errors of estimates assume when a notice or a test is read, as `with_advice` does at once.

    Parameters
    ----------
    data
        The columns that the estimates were computed from. They are kept until then: they must not be
        changed by others, so that the caller gives a copy.
    result
        Estimates by least squares, or in two stages.
    """
    estimates = result.estimates if isinstance(result, Instrumented) else result
    if not _are_tested(estimates):
        return estimates
    later = replace(estimates)
    defer_tests(later, partial(_notices_and_tests, data, result))
    return later


def _are_tested(estimates: Estimates) -> bool:
    """Whether there is a test of what these errors assume: least squares that fits not perfectly."""
    return not estimates.untested and estimates.estimator == LEAST_SQUARES


def _notices_and_tests(
    data: Panel | pd.DataFrame, result: Estimates | Instrumented
) -> tuple[tuple[Notice, ...], tuple[Statistic | Inapplicable, ...]]:
    """Test what the errors assume; give all notices of the estimates, advice included, and the tests."""
    estimates = result.estimates if isinstance(result, Instrumented) else result
    frame = frame_of(data)
    data = frame if len(frame) == estimates.n else frame.loc[estimates.residuals.index]
    try:
        model, influence = _build_with_influence(data, result)
    except MethodError:
        return estimates.notices, estimates.error_tests
    tests = tuple(_tests(data, model, estimates, influence, is_ols=estimates is result))
    return (*estimates.notices, *_advice(tests)), tests


def advice_of(estimates: Estimates) -> tuple[Notice, ...]:
    """Pick the notices that are advice on the errors."""
    return tuple(notice for notice in estimates.notices if notice.code in ADVICE)


def _build_with_influence(
    data: Panel | pd.DataFrame, result: Estimates | Instrumented
) -> tuple[Model, Array]:
    """Partial out the effects again, and compute the influence of each row on each slope."""
    if isinstance(result, Instrumented):
        regression = result.estimates.regression
        parts = stages(data, regression, result.endogenous, result.instruments)
        names = tuple(name for name in result.estimates.names if name != "_cons")
        q, _ = np.linalg.qr(parts.outside)
        # Exogenous columns lie in the span of Q: their projection is the column itself.
        fitted = q @ (q.T @ parts.columns(*names))
        model = parts.equation(regression.outcome, names)
        return model, least_squares(model.outcome, fitted).influence
    model = build_model(data, result.regression)
    return model, least_squares(model.outcome, model.design).influence


def _tests(
    data: Panel | pd.DataFrame,
    model: Model,
    estimates: Estimates,
    influence: Array,
    *,
    is_ols: bool,
) -> Iterator[Statistic | Inapplicable]:
    index, allowed = model.sample.index, _list_allowed(model, estimates)
    effects = {effect.name for effect in model.sample.effects}
    residuals, regression = estimates.residuals, estimates.regression
    if not is_panel(index) and UNEQUAL not in allowed:
        yield breusch_pagan_koenker(residuals.to_numpy(), model.design)
    if any(len(index.unique(level)) < SHORTEST for level in (0, 1)):
        return
    # Both tests of serial correlation assume least squares: instruments would need their own scores.
    if is_ols and SERIAL not in allowed:
        within = ENTITY in effects
        yield serial_correlation(data, regression) if within else _residuals_on_lag(residuals)
    if ACROSS in allowed:
        return
    # With period effects residuals sum to 0 in each period: their correlations say nothing.
    if PERIOD not in effects:
        yield mean_correlation(residuals, name=ACROSS)
    for name in regression.regressors:
        scores = influence[model.names.index(name)] * residuals
        yield mean_correlation(scores, name=f"{ACROSS}.{name}")


def mean_correlation(values: pd.Series, *, name: str = ACROSS) -> Statistic | Inapplicable:
    """Test whether the mean correlation of pairs of entities is 0, by its own spread.

    z = Σ z_ij / sqrt(Σ z_ij²), z_ij = sqrt(T_ij) ρ_ij: Pesaran's CD with the variance of the
    pairs in place of 1, which it exceeds where values are correlated over time.

    References
    ----------
    Pesaran (2015), doi:10.1080/07474938.2014.956623.
    """
    entities = values.index.unique(0)
    sums = sums_of_pairs(values)
    if sums is None and len(entities) > MOST:
        chosen = entities[:: -(-len(entities) // MOST)]
        values = values[values.index.get_level_values(0).isin(chosen)]
    if sums is None:
        rho, shared = correlations(values)
        z = np.sqrt(shared) * rho
        sums = len(z), float(z.sum()), float(z @ z)
    n, total, squares = sums
    if n < SHORTEST:
        return Inapplicable(name, message("no two entities share {n} periods.", n=SHORTEST))
    value = float(total / np.sqrt(squares))
    return Statistic(name, NOT_CORRELATED, value, "N(0, 1)", normal_tails(value))


def _residuals_on_lag(residuals: pd.Series) -> Statistic | Inapplicable:
    """Regress pooled residuals on their lag: F(1, G-1) of 0, errors clustered by entity.

    References
    ----------
    Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, section 7.8.5.
    """
    periods = np.unique(residuals.index.get_level_values(1))
    try:
        before = lag(residuals.to_frame("u"), ("u",), int(np.diff(periods).min()))["u"].to_numpy()
    except StudyError as error:
        return Inapplicable(SERIAL, error.problems[0].what)
    pairs = ~np.isnan(before)
    entity = grouping(ENTITY, residuals.index.get_level_values(0)[pairs])
    if entity.n_levels < SHORTEST:
        return Inapplicable(SERIAL, message("too few entities have two periods in a row."))
    solved = least_squares(residuals.to_numpy()[pairs], before[pairs][:, None])
    value = float(solved.slopes[0] ** 2 / cluster_covariance(solved, entity)[0, 0])
    df = entity.n_levels - 1
    return Statistic(SERIAL, NOT_SERIAL, value, f"F(1, {df})", f_tail(value, 1, df))


def breusch_pagan_koenker(residuals: Array, design: Array) -> Statistic:
    """Test whether squared residuals depend on the regressors: N R², chi² with k degrees.

    References
    ----------
    Breusch and Pagan (1979), doi:10.2307/1911963; Koenker (1981),
    doi:10.1016/0304-4076(81)90062-2.
    """
    squared = residuals**2 - np.mean(residuals**2)
    left = least_squares(squared, design - design.mean(axis=0)).residuals
    value = len(squared) * (1 - float(left @ left) / float(squared @ squared))
    k = design.shape[1]
    null = message("The variance of the errors does not depend on the regressors.")
    return Statistic(UNEQUAL, null, value, f"chi2({k})", chi2_tail(value, k))


def _advice(tests: tuple[Statistic | Inapplicable, ...]) -> Iterator[Notice]:
    """Give advice if a test rejects an assumption of the standard errors.

    The smallest p of several tests of one kind counts as often as there are tests (Bonferroni).
    """
    for family in (ACROSS, SERIAL, UNEQUAL):
        p_values = [
            test.p_value
            for test in tests
            if isinstance(test, Statistic) and test.name.partition(".")[0] == family
        ]
        if p_values and min(p_values) * len(p_values) < LEVEL:
            code = f"advice.{family}"
            yield Notice(code, message("Standard errors: {advice}", advice=ADVICE[code]))


def _list_allowed(model: Model, estimates: Estimates) -> set[str]:
    """Return the departures that the standard errors allow for."""
    kind, sample = estimates.covariance.kind, model.sample
    if kind == "driscoll_kraay":
        return {SERIAL, ACROSS, UNEQUAL}
    if kind in {"iid", "hc1"}:
        return set() if kind == "iid" else {UNEQUAL}
    allowed = {UNEQUAL}
    # Clusters that hold all rows of an entity, such as provinces, allow for its serial correlation too.
    for level, departure in enumerate((SERIAL, ACROSS)):
        rows = group_codes("", np.asarray(sample.index.codes[level], dtype=np.intp))
        if any(rows.is_nested_in(cluster) for cluster in sample.clusters):
            allowed.add(departure)
    return allowed
