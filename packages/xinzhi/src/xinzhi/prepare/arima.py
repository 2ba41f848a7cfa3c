"""Expected values of an ARIMA process given the observed ones.

For the lengths of yearbook series the Gaussian conditional expectation is computed directly; it is
what a Kalman smoother with a diffuse start gives.
"""

from __future__ import annotations

import numpy as np
import scipy

from xinzhi.prepare.columns import Floats, Periods

Order = tuple[int, int, int]
SHORTEST = 8
"""Observations below which an ARIMA process is not fitted."""
INSIDE = 0.999
"""Greatest partial correlation: a root on the unit circle would make the covariance singular."""


def smooth_arima(values: Floats, periods: Periods, *, order: Order) -> Floats | None:
    """Compute the expected value in each period given all observed ones, by maximum likelihood.

    phi(L) (1 - L)^d y_t = theta(L) e_t, without drift for d = 1, with a mean for d = 0.

    Parameters
    ----------
    values, periods
        Values and periods of one entity, (T,); NaN where nothing was observed.
    order
        p, d, q with p, q <= 2 and d <= 1.

    Returns
    -------
    Values, (T,), observed ones unchanged; None with fewer than eight observations.
    """
    seen = ~np.isnan(values)
    if seen.sum() < SHORTEST:
        return None
    # Brought to a range of 1: the tolerance of the search must not depend on the unit.
    scale = float(np.ptp(values[seen])) or 1.0
    x = (values - values[seen][0]) / scale
    times = (periods - periods[0]).astype(np.int64)
    parameters = fit_arima(x[seen], times[seen], order=order)
    smooth = predict(x[seen], times[seen], times, parameters=parameters, order=order)
    filled: Floats = np.where(seen, values, smooth * scale + values[seen][0])
    return filled


def fit_arima(x: Floats, times: Periods, *, order: Order) -> Floats:
    """Maximise the exact likelihood over stationary and invertible parameters.

    Returns the free parameters of `polynomials`, (p + q,).
    """
    n = order[0] + order[2]
    if n == 0:
        return np.zeros(0)
    # The likelihood of two parameters may have several peaks: the best of three starts is taken.
    starts = [np.zeros(n), np.full(n, 0.5), np.full(n, -0.5)]
    fits = [
        scipy.optimize.minimize(
            _deviance, start, args=(x, times, order), method="Nelder-Mead", tol=1e-10
        )
        for start in starts
    ]
    best: Floats = min(fits, key=lambda result: float(result.fun)).x
    return best


def coefficients(partial: Floats) -> Floats:
    """Coefficients of a stationary polynomial from partial correlations (Durbin-Levinson).

    >>> coefficients(np.array([0.5, 0.2])).round(3)
    array([0.4, 0.2])
    """
    phi = np.zeros(0)
    for r in partial:
        phi = np.append(phi - r * phi[::-1], r)
    return phi


def polynomials(parameters: Floats, order: Order) -> tuple[Floats, Floats]:
    """Coefficients phi and theta of free parameters: stationary and invertible whatever they are."""
    p = order[0]
    partial = INSIDE * np.tanh(parameters)
    return coefficients(partial[:p]), -coefficients(partial[p:])


def autocovariances(phi: Floats, theta: Floats, n: int) -> Floats:
    """Autocovariances of an ARMA process with innovations of variance 1, lags 0 to n - 1.

    >>> autocovariances(np.array([0.5]), np.zeros(0), 3).round(6)
    array([1.333333, 0.666667, 0.333333])
    """
    size = max(len(phi), len(theta) + 1)
    step = np.eye(size, k=1)
    step[: len(phi), 0] = phi
    noise = np.zeros(size)
    noise[: len(theta) + 1] = [1.0, *theta]
    covariance = scipy.linalg.solve_discrete_lyapunov(step, np.outer(noise, noise))
    column, values = covariance[:, 0], np.zeros(n)
    for k in range(n):
        values[k] = column[0]
        column = step @ column
    return values


def _covariance(parameters: Floats, order: Order, span: int) -> Floats:
    """Covariance of the differenced (d = 1: added up again) process over a span of periods."""
    phi, theta = polynomials(parameters, order)
    covariance: Floats = scipy.linalg.toeplitz(autocovariances(phi, theta, max(span, 1)))
    if order[1] == 0:
        return covariance
    sums = np.tril(np.ones((span, span)))
    return sums @ covariance @ sums.T


def _deviance(parameters: Floats, x: Floats, times: Periods, order: Order) -> float:
    covariance = _covariance(parameters, order, int(times.max()) + 1)
    k = covariance[np.ix_(times, times)]
    # The level of a process that is added up is unknown: its likelihood is that of the differences.
    if order[1] == 1:
        contrast = np.diff(np.eye(len(x)), axis=0)
        k, x = contrast @ k @ contrast.T, np.diff(x)
    factor = _factor(k)
    log_det = 2 * float(np.log(np.diag(factor[0])).sum())
    if order[1] == 0:
        x = x - _mean(x, factor)
    quadratic = float(x @ scipy.linalg.cho_solve(factor, x))
    # The innovation variance is concentrated out: its estimate is the quadratic form over n.
    return len(x) * float(np.log(max(quadratic, 1e-300) / len(x))) + log_det


def predict(
    x: Floats, times: Periods, wanted: Periods, *, parameters: Floats, order: Order
) -> Floats:
    """Conditional expectation at `wanted` periods given `x` at periods `at` (universal kriging)."""
    covariance = _covariance(parameters, order, int(max(times.max(), wanted.max())) + 1)
    k = covariance[np.ix_(times, times)]
    factor = _factor(k)
    level = _mean(x, factor)
    weights = scipy.linalg.cho_solve(factor, x - level)
    return np.asarray(level + covariance[np.ix_(wanted, times)] @ weights)


def _factor(k: Floats) -> tuple[Floats, bool]:
    """Factor a covariance; a trace of noise keeps one that is nearly singular positive definite."""
    factor: tuple[Floats, bool] = scipy.linalg.cho_factor(
        k + 1e-12 * np.trace(k) / len(k) * np.eye(len(k))
    )
    return factor


def _mean(x: Floats, factor: tuple[Floats, bool]) -> float:
    """Estimate the mean by generalised least squares."""
    ones = np.ones(len(x))
    solved = scipy.linalg.cho_solve(factor, ones)
    return float((solved @ x) / (solved @ ones))
