"""Anderson and Rubin's confidence set: valid however weak the instruments are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy

from xinzhi.regression.grouping import Array
from xinzhi.regression.inference import f_tail
from xinzhi.regression.instruments.confidence_set import ConfidenceSet, Pieces
from xinzhi.regression.least_squares import LeastSquares, least_squares

GRID = 4001
AGREES = 1e-9
"""Largest difference of covariances, as correlations, that is rounding."""


class Joint(Protocol):
    """From residuals (n,) and influence (q, n) to a covariance (q, q), and the second df of its F-test."""

    def __call__(self, residuals: Array, influence: Array) -> tuple[Array, float]:
        """Compute both."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """Outcome and endogenous regressor on the instruments: AR(β) for any β, and what it does not reject."""

    on_y: LeastSquares
    on_x: LeastSquares
    joint: Joint
    centre: float
    width: float
    """Centre and unit of the grid of β."""

    @property
    def q(self) -> int:
        """Number of instruments."""
        return len(self.on_y.slopes)

    @property
    def at_end(self) -> Array:
        """V of the slopes of the endogenous regressor: what V(β) grows towards."""
        return self.joint(self.on_x.residuals, self.on_x.influence)[0]

    @property
    def df(self) -> float:
        """Second degrees of freedom."""
        return self.joint(self.on_y.residuals, self.on_y.influence)[1]

    def direct(self, beta: float) -> Array:
        """V(β) as the errors of the regression give it."""
        return self.joint(self.on_y.residuals - beta * self.on_x.residuals, self.on_y.influence)[0]

    def statistic(self) -> Callable[[Array], Array]:
        """Give AR as a function of many β."""
        covariance = _covariance(self.direct, self.at_end, self.centre, self.width)

        def statistics(betas: Array) -> Array:
            g = self.on_y.slopes - betas[:, None] * self.on_x.slopes
            return np.asarray(
                (g * np.linalg.solve(covariance(betas), g[:, :, None])[:, :, 0]).sum(1) / self.q
            )

        return statistics

    def invert(self, level: float) -> Pieces:
        """Find the values that are not rejected at a level of confidence."""
        critical = float(scipy.special.fdtri(self.q, self.df, level))
        statistics = self.statistic()

        def excess(angles: Array) -> Array:
            return statistics(self.centre + self.width * np.tan(angles)) - critical

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
        edges = [self.centre + self.width * float(np.tan(angle)) for angle in crossings]
        # As β grows without bound, the statistic approaches that of Y on Z.
        slopes = self.on_x.slopes
        limit = float(slopes @ np.linalg.solve(self.at_end, slopes) / self.q)
        return _pieces(edges, first_inside=bool(values[0] <= 0.0), open_ends=limit <= critical)


def anderson_rubin(
    outcome: Array,
    endogenous: Array,
    instruments: Array,
    joint: Joint,
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
    centre, width = _scale(outcome, endogenous, instruments, on_x.slopes)
    reduced = Reduced(on_y, on_x, joint, centre, width)
    zero = float(reduced.statistic()(np.zeros(1))[0])
    p = f_tail(zero, reduced.q, reduced.df)
    return ConfidenceSet(reduced.invert(level), level, zero, p, reduced.invert)


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
