"""Truncated normal regression by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from xinzhi.errors import NotIdentified, Problem, SolverFailure
from xinzhi.frontier.result import Array
from xinzhi.wording import message

STEPS = 200
DONE = 1e-10
"""Newton stops when its expected gain in log-likelihood per row is below this."""


@dataclass(frozen=True, slots=True, eq=False)
class Truncated:
    """Coefficients of a truncated regression."""

    coefficients: Array
    """Shape (p,)."""
    sigma: float
    log_likelihood: float


def truncated_regression(outcome: Array, design: Array, *, left: float) -> Truncated:
    """Fit y = Zβ + ε, ε ~ N(0, σ²), observed only where y > left.

    Maximises Σ log τ - (τ y - zγ)²/2 - log Φ(zγ - τ left), γ = β/σ, τ = 1/σ, which is concave.

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
        The likelihood has no maximum within reach (nearly all of the mass below `left`).

    References
    ----------
    Olsen, R. J. (1978), doi 10.2307/1913829; Orme, C. (1989), doi 10.1016/0165-1765(89)90103-1.
    """
    n, p = design.shape
    if n <= p or np.linalg.matrix_rank(design) < p:
        text = message("{n} rows and {p} columns do not identify the regression.", n=n, p=p)
        remedy = message("leave out columns that others determine, or take more rows.")
        raise NotIdentified(Problem("inference.rank", text, remedy=remedy))
    # Columns of like size, so that the Hessian of Newton's steps is well conditioned.
    scale = np.abs(design).max(axis=0)
    z = design / np.where(scale > 0, scale, 1.0)
    start, *_ = np.linalg.lstsq(z, outcome, rcond=None)
    sigma = float(np.sqrt(np.mean((outcome - z @ start) ** 2))) or 1.0
    theta = _newton(np.append(start / sigma, 1.0 / sigma), outcome, z, left)
    gamma, tau = theta[:-1], theta[-1]
    value = _likelihood(theta, outcome, z, left)
    value -= 0.5 * n * np.log(2 * np.pi)
    return Truncated(gamma / tau / np.where(scale > 0, scale, 1.0), float(1.0 / tau), float(value))


def _newton(theta: Array, y: Array, z: Array, left: float) -> Array:
    """Climb by Newton steps, halved until they gain."""
    value = _likelihood(theta, y, z, left)
    for _ in range(STEPS):
        gradient, hessian = _slopes(theta, y, z, left)
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            break
        gain = float(gradient @ step)
        if gain <= DONE * len(y):
            return np.asarray(theta + step if theta[-1] + step[-1] > 0 else theta)
        # The likelihood is concave in (γ, τ), so that some part of the step gains; τ stays above 0.
        size = 1.0
        while size > 1e-12:
            trial = theta + size * step
            if trial[-1] > 0 and (trial_value := _likelihood(trial, y, z, left)) > value:
                break
            size /= 2
        else:
            break
        theta, value = trial, trial_value
    text = message("The truncated regression did not reach a maximum.")
    remedy = message("use fewer or scaled second-stage variables.")
    raise SolverFailure(Problem("inference.truncated", text, remedy=remedy))


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
