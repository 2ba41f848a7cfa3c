"""Truncated normal regression by maximum likelihood, where a maximum exists.

Above `left` the density of u = y - left is an exponential family in κ = 1/σ² and a,

    f(u | z) ∝ exp(-κ u²/2 - (z'a) u),   z'a = (left - z'β)/σ²,

whose log-likelihood is concave in (κ, a). At its edge κ = 0, σ infinite, stand the exponential distributions
with rates λ = z'a > 0. If at the largest likelihood of these the derivative Σ(1/λ² - u²/2) by κ is not above 0,
no normal distribution is more likely: where u varies more than an exponential variable the likelihood rises
without end as σ grows, and there is no maximum, wherever an iteration may stop.

References
----------
Olsen, R. J. (1978), doi 10.2307/1913829; Orme, C. (1989), doi 10.1016/0165-1765(89)90103-1;
Barndorff-Nielsen, O. (1978). Information and Exponential Families in Statistical Theory, chapter 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from xinzhi.errors import NotIdentified, Problem, SolverFailure
from xinzhi.frontier.result import Array
from xinzhi.maximum import MISSING, is_maximum
from xinzhi.wording import Wording, message

STEPS = 200
EXACT = 1e-10
"""Residuals relative to the outcome, or values relative to a constant, that are rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Truncated:
    """Coefficients of a truncated regression, at a proved maximum."""

    coefficients: Array
    """Shape (p,)."""
    sigma: float
    log_likelihood: float
    above_limit: float
    """Log-likelihood less its largest value at σ = ∞; infinite where no exponential limit exists."""


def truncated_regression(outcome: Array, design: Array, *, left: float) -> Truncated:
    """Fit y = Zβ + ε, ε ~ N(0, σ²), observed only where y > left.

    Maximises Σ log τ - (τ y - zγ)²/2 - log Φ(zγ - τ left), γ = β/σ, τ = 1/σ, which is concave, on
    orthonormal columns, so that whether there is a maximum does not depend on units.

    Parameters
    ----------
    outcome
        Shape (n,), all above `left`.
    design
        Shape (n, p), of full rank.

    Raises
    ------
    NotIdentified
        The design has not full column rank, or too few rows.
    SolverFailure
        The likelihood has no maximum: σ runs to infinity or to 0, or none could be proved.

    References
    ----------
    Olsen, R. J. (1978), doi 10.2307/1913829; Orme, C. (1989), doi 10.1016/0165-1765(89)90103-1.
    """
    n, p = design.shape
    largest = np.abs(design).max(axis=0) if n else np.ones(p)
    largest = np.where(largest > 0, largest, 1.0)
    scaled = design / largest
    if n <= p or np.linalg.matrix_rank(scaled) < p:
        text = message("{n} rows and {p} columns do not identify the regression.", n=n, p=p)
        remedy = message("leave out columns that others determine, or take more rows.")
        raise NotIdentified(Problem("inference.rank", text, remedy=remedy))
    q, r = np.linalg.qr(scaled)
    z = q * np.sqrt(n)
    unit = float(np.mean(outcome - left))
    y, edge = outcome / unit, left / unit
    limit = _exponential_limit(y - edge, z)
    start = z.T @ y / n
    sigma = float(np.sqrt(np.mean((y - z @ start) ** 2)))
    if sigma <= EXACT * float(np.abs(y).max()):
        raise no_maximum(message("σ shrinks to 0, as the variables explain the distances exactly."))
    theta = _newton(np.append(start / sigma, 1.0 / sigma), y, z, edge)
    gamma, tau = theta[:-1], float(theta[-1])
    value = _likelihood(theta, y, z, edge) - 0.5 * n * np.log(2 * np.pi)
    slopes = np.asarray(np.linalg.solve(r, gamma / tau * np.sqrt(n)) / largest)
    return Truncated(
        slopes * unit, unit / tau, float(value - n * np.log(unit)), float(value - limit)
    )


def no_maximum(why: Wording) -> SolverFailure:
    """Say why the likelihood of a truncated regression has no maximum."""
    text = message("The likelihood of the truncated regression has no maximum: {why}", why=why)
    remedy = message(
        "look at the largest distances, and use other second-stage variables or fewer of them."
    )
    return SolverFailure(Problem("inference.no_maximum", text, remedy=remedy))


def _exponential_limit(u: Array, z: Array) -> float:
    """Maximise Σ log λ - λu over rates λ = z'a above 0, and refuse data that are likeliest there.

    The function is self-concordant: damped Newton steps converge from every start with positive rates.
    """
    a = z.T @ np.ones(len(u)) / len(u)
    # Without a constant among the combinations of the columns no start is at hand, and no limit is known.
    if np.abs(z @ a - 1.0).max() > EXACT:
        return -np.inf
    for _ in range(STEPS):
        rate = z @ a
        gradient = z.T @ (1.0 / rate - u)
        ratio = z / rate[:, None]
        information = ratio.T @ ratio
        step = np.linalg.solve(information, gradient)
        decrement = float(np.sqrt(max(float(gradient @ step), 0.0)))
        if decrement**2 <= MISSING:
            break
        a = a + step / (1.0 + decrement if decrement > 0.25 else 1.0)
    if np.sum(1.0 / (z @ a) ** 2 - u**2 / 2) <= 0.0:
        raise no_maximum(
            message(
                "σ grows without end, as the distances beyond the frontier vary at least as much as "
                "an exponential distribution."
            )
        )
    return float(np.sum(np.log(z @ a) - (z @ a) * u))


def _newton(theta: Array, y: Array, z: Array, left: float) -> Array:
    """Climb by Newton steps, halved until they gain, up to a proved maximum."""
    value = _likelihood(theta, y, z, left)
    for _ in range(STEPS):
        gradient, information = _slopes(theta, y, z, left)
        if is_maximum(gradient, information):
            return theta
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            break
        # The likelihood is concave in (γ, τ), so that some part of the step gains; τ stays above 0. Near
        # the maximum rounding may hide the gain: that much less is none.
        size, least = 1.0, value - 1e-13 * abs(value)
        while size > 1e-12:
            trial = theta + size * step
            if trial[-1] > 0 and (trial_value := _likelihood(trial, y, z, left)) >= least:
                break
            size /= 2
        else:
            break
        theta, value = trial, trial_value
    raise no_maximum(message("the iteration found none."))


def _likelihood(theta: Array, y: Array, z: Array, left: float) -> float:
    index = z @ theta[:-1]
    inside = index - theta[-1] * left
    return float(
        len(y) * np.log(theta[-1])
        - 0.5 * np.sum((theta[-1] * y - index) ** 2)
        - np.sum(scipy.special.log_ndtr(inside))
    )


def _slopes(theta: Array, y: Array, z: Array, left: float) -> tuple[Array, Array]:
    """Gradient, and minus the matrix of second derivatives."""
    index = z @ theta[:-1]
    residual = theta[-1] * y - index
    inside = index - theta[-1] * left
    mills = np.exp(-0.5 * inside**2 - 0.5 * np.log(2 * np.pi) - scipy.special.log_ndtr(inside))
    bend = -mills * (mills + inside)
    toward = np.column_stack([z, np.full(len(y), -left)])
    across = np.column_stack([-z, y])
    gradient = -across.T @ residual - toward.T @ mills
    gradient[-1] += len(y) / theta[-1]
    hessian = across.T @ across + toward.T @ (bend[:, None] * toward)
    hessian[-1, -1] += len(y) / theta[-1] ** 2
    return gradient, hessian


def truncated_draw(mean: Array, sigma: float, left: float, rng: np.random.Generator) -> Array:
    """Draw from N(mean, σ²) above `left`, by inverting the distribution on the safe side."""
    # By the logarithm of the upper tail: of a mean far below `left` the distribution there rounds to 1.
    bound = (left - mean) / sigma
    log_tail = scipy.special.log_ndtr(-bound) + np.log(rng.uniform(size=len(mean)))
    return np.asarray(
        np.maximum(mean - sigma * scipy.special.ndtri_exp(log_tail), np.nextafter(left, np.inf))
    )
