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
from xinzhi.regression.least_squares import least_squares

GRID = 4001
AGREES = 1e-9
"""Largest difference of covariances, as correlations, that is rounding."""


class Joint(Protocol):
    """From residuals (n,) and influence (q, n) to a covariance (q, q), and the second df of its F-test."""

    def __call__(self, residuals: Array, influence: Array) -> tuple[Array, float]:
        """Compute both."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """V(β) at z = (β - centre) / width, shape (q, q): V₀ + zV₁ + z²V₂."""

    middle: Array
    slope: Array
    square: Array

    def at(self, z: Array) -> Array:
        """Compute V at many z, shape (b, q, q)."""
        z = z[:, None, None]
        return np.asarray(self.middle + z * self.slope + z**2 * self.square)


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """V(β) / (1 + z²) on the grid of angles, shape (GRID - 2, q, q); between them it is interpolated.

    Divided like this V is smooth and bounded in the angle: of a quadratic V the interpolation is wrong
    by less than (π / GRID)² of its size.
    """

    values: Array

    def at(self, z: Array) -> Array:
        """Compute V at many z, shape (b, q, q)."""
        angles = _angles()
        place = (np.arctan(z) - angles[0]) / (angles[1] - angles[0])
        left = np.clip(np.floor(place), 0, len(angles) - 2).astype(np.intp)
        share = (place - left)[:, None, None]
        scaled = (1.0 - share) * self.values[left] + share * self.values[left + 1]
        return np.asarray(scaled * (1.0 + z**2)[:, None, None])


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """Outcome and endogenous regressor on the instruments: AR(β) for any β, and what it does not reject."""

    on_y: Array
    on_x: Array
    """Slopes of both on the instruments, shape (q,)."""
    covariance: Quadratic | Traced
    at_end: Array
    """V of the slopes of the endogenous regressor: what V(β) / β² grows towards."""
    df: float
    """Second degrees of freedom."""
    centre: float
    width: float
    """Centre and unit of the grid of β."""

    @property
    def q(self) -> int:
        """Number of instruments."""
        return len(self.on_y)

    def statistics(self, betas: Array) -> Array:
        """Compute AR at many β."""
        g = self.on_y - betas[:, None] * self.on_x
        v = self.covariance.at((betas - self.centre) / self.width)
        return np.asarray((g * np.linalg.solve(v, g[:, :, None])[:, :, 0]).sum(1) / self.q)

    def invert(self, level: float) -> Pieces:
        """Find the values that are not rejected at a level of confidence."""
        critical = float(scipy.special.fdtri(self.q, self.df, level))

        def excess(angles: Array) -> Array:
            return self.statistics(self.centre + self.width * np.tan(angles)) - critical

        # The tangent maps the whole line on an open interval, so that no end is missed by a finite grid.
        angles = _angles()
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
        limit = float(self.on_x @ np.linalg.solve(self.at_end, self.on_x) / self.q)
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

    def direct(beta: float) -> Array:
        # V(β) as the errors of the regression give it.
        return joint(on_y.residuals - beta * on_x.residuals, on_y.influence)[0]

    at_end = joint(on_x.residuals, on_x.influence)[0]
    df = joint(on_y.residuals, on_y.influence)[1]
    covariance = _covariance(direct, at_end, centre, width)
    reduced = Reduced(on_y.slopes, on_x.slopes, covariance, at_end, df, centre, width)
    zero = float(reduced.statistics(np.zeros(1))[0])
    return ConfidenceSet(reduced.invert(level), level, zero, f_tail(zero, reduced.q, df), reduced)


def _angles() -> Array:
    """List the angles of the grid, whose ends, at infinity, are left out."""
    return np.linspace(-np.pi / 2, np.pi / 2, GRID)[1:-1]


def _covariance(
    direct: Callable[[float], Array], at_end: Array, centre: float, width: float
) -> Quadratic | Traced:
    """Give V at many slopes by interpolation: V(β) = V₀ - βM + β²V∞.

    It is quadratic in β as the residuals are linear. Only a repair of two-way errors breaks that; a
    fourth value then differs, and V(β) is computed on the whole grid.
    """
    slope = (direct(centre + width) - direct(centre - width)) / 2
    quadratic = Quadratic(direct(centre), slope, width**2 * at_end)
    for z in (-1.0, 3.0):
        exact = direct(centre + z * width)
        unit = np.sqrt(np.diag(exact))
        error = np.abs(quadratic.at(np.array([z]))[0] - exact)
        if not np.all(error <= AGREES * np.outer(unit, unit)):
            grid = np.tan(_angles())
            return Traced(np.array([direct(centre + z * width) / (1.0 + z**2) for z in grid]))
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
