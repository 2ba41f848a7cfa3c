"""Anderson and Rubin's confidence set: valid however weak the instruments are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy

from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import f_tail
from xinzhi.regression.least_squares import least_squares

GRID = 4001
AGREES = 1e-9
"""Largest difference of covariances, as correlations, that is rounding."""


@dataclass(frozen=True, slots=True)
class ConfidenceSet:
    """Values of a slope that are not rejected; ends may be infinite, the set may be empty."""

    intervals: tuple[tuple[float, float], ...]
    level: float
    statistic_at_zero: float
    """AR test of β = 0, F(q, df)."""
    p_at_zero: float

    @property
    def is_bounded(self) -> bool:
        """Whether the data bound the slope at all."""
        return all(np.isfinite(end) for piece in self.intervals for end in piece)


def anderson_rubin(
    outcome: Array,
    endogenous: Array,
    instruments: Array,
    joint: Callable[[Array, Array], tuple[Array, float]],
    level: float,
) -> ConfidenceSet:
    """Invert the test that instruments have no effect on y - βY.

    AR(β) = g(β)'V(β)⁻¹g(β)/q <= F(q, df), g(β) the slopes of y - βY on Z, V(β) their covariance
    under the errors of the regression. All columns come without effects and exogenous variables.

    Parameters
    ----------
    outcome, endogenous
        y~ and Y~, shape (n,).
    instruments
        Z~, shape (n, q).
    joint
        From residuals (n,) and influence (q, n) to a covariance (q, q) and its df.
    level
        Coverage of the set: it leaves out 0 exactly where p is below 1 - level.

    References
    ----------
    Anderson and Rubin (1949), doi:10.1214/aoms/1177730090; Mikusheva (2010),
    doi:10.1016/j.jeconom.2009.12.003.
    """
    on_y, on_x = least_squares(outcome, instruments), least_squares(endogenous, instruments)
    q = instruments.shape[1]
    df = joint(on_y.residuals, on_y.influence)[1]
    critical = float(scipy.special.fdtri(q, df, level))
    centre, width = _scale(outcome, endogenous, instruments, on_x.slopes)

    def direct(beta: float) -> Array:
        return joint(on_y.residuals - beta * on_x.residuals, on_y.influence)[0]

    at_end = joint(on_x.residuals, on_x.influence)[0]
    covariance = _covariance(direct, at_end, centre, width)

    def statistics(betas: Array) -> Array:
        g = on_y.slopes - betas[:, None] * on_x.slopes
        return np.asarray(
            (g * np.linalg.solve(covariance(betas), g[:, :, None])[:, :, 0]).sum(1) / q
        )

    def excess(angles: Array) -> Array:
        return statistics(centre + width * np.tan(angles)) - critical

    # The tangent maps the whole line on an open interval, so that no end is missed by a finite grid.
    angles = np.linspace(-np.pi / 2, np.pi / 2, GRID)[1:-1]
    values = excess(angles)
    crossings = [
        scipy.optimize.brentq(
            lambda angle: float(excess(np.array([angle]))[0]),
            float(angles[i]),
            float(angles[i + 1]),
            xtol=1e-14,
        )
        for i in np.flatnonzero(np.sign(values[:-1]) != np.sign(values[1:]))
    ]
    edges = [centre + width * float(np.tan(angle)) for angle in crossings]
    # As β grows without bound, the statistic approaches that of Y on Z.
    limit = float(on_x.slopes @ np.linalg.solve(at_end, on_x.slopes) / q)
    zero = float(statistics(np.zeros(1))[0])
    return ConfidenceSet(
        _pieces(edges, first_inside=bool(values[0] <= 0.0), open_ends=limit <= critical),
        level,
        zero,
        f_tail(zero, q, df),
    )


def _covariance(
    direct: Callable[[float], Array], at_end: Array, centre: float, width: float
) -> Callable[[Array], Array]:
    """Give V at many slopes, shape (b, q, q), by interpolation: V(β) = V₀ - βM + β²V∞.

    It is quadratic in β as the residuals are linear. Only a repair of two-way errors breaks that; a
    fourth value then differs, and each V(β) is computed.
    """
    middle = direct(centre)
    slope = (direct(centre + width) - direct(centre - width)) / 2

    def quadratic(betas: Array) -> Array:
        z = ((betas - centre) / width)[:, None, None]
        return np.asarray(middle + z * slope + z**2 * width**2 * at_end)

    for beta in (centre - width, centre + 3 * width):
        exact = direct(beta)
        unit = np.sqrt(np.diag(exact))
        error = np.abs(quadratic(np.array([beta]))[0] - exact)
        if not np.all(error <= AGREES * np.outer(unit, unit)):
            return lambda betas: np.array([direct(float(beta)) for beta in betas])
    return quadratic


def _scale(
    outcome: Array, endogenous: Array, instruments: Array, slopes: Array
) -> tuple[float, float]:
    """Centre the grid on two-stage least squares, in units of its classical error."""
    fitted = instruments @ slopes
    along = float(fitted @ endogenous)
    centre = float(fitted @ outcome) / along if along != 0.0 else 0.0
    e = outcome - centre * endogenous
    return centre, float(np.sqrt(e @ e / len(e) / max(along, 1e-300)))


def _pieces(
    edges: list[float], *, first_inside: bool, open_ends: bool
) -> tuple[tuple[float, float], ...]:
    """Turn crossings into intervals."""
    ends = sorted(edges)
    # Without a crossing the set is empty or the whole line, as the test decides at infinity.
    if first_inside or (open_ends and not ends):
        ends = [-np.inf, *ends]
    if len(ends) % 2:
        ends = [*ends, np.inf]
    return tuple((float(a), float(b)) for a, b in zip(ends[::2], ends[1::2], strict=True))
