"""Proof of a score by weak duality, from the columns and not from a solver's inverse.

All in units of the evaluated row: |B x - h|, the sign of x, the reduced cost of every column of
the reference set, the distance of primal and dual objective. Columns are priced per unit of
size_j = Σ over inputs, bads and Σλ of G_j / d. In any point as good as the optimum
Σ λ_j size_j is bounded (by the number of these constraints for SBM), so the true optimum is at
least value - gap - bound * dual violation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xinzhi_frontier.result import Array
from xinzhi_frontier.solve.highs import Basis
from xinzhi_frontier.technology import Flags, Positions, Program, RowProgram

PROVED = 1e-9
"""A score is proved when primal, dual and gap are at most this (convention N2)."""
SETTLED = 1e-13
"""A point proves a score when it is exact for data that differ by no more than this, relatively: a
larger violation, however small, may hide a corner at which the score jumps."""
ADD = 1e-11
"""A column whose reduced cost is below minus this enters the program."""


@dataclass(frozen=True, slots=True, eq=False)
class Vertex:
    """A basic solution and its multipliers, recomputed from the columns."""

    basic: Array
    """Shape (r,): values of the basic unknowns."""
    value: float
    """Objective (n0 + N·z) / (d0 + D·z)."""
    duals: Array
    """Shape (r,): change of N - ρ D per unit of the right-hand side."""
    denominator: float
    """D, by which the multipliers become changes of the value itself."""
    primal: float
    gap: float


@dataclass(frozen=True, slots=True, eq=False)
class EvaluatedRow:
    """The evaluated row as the programs see it."""

    position: int
    """Place among all rows."""
    d: Array
    """Own values, shape (r,)."""
    right: Array
    """Right-hand side in units of d, shape (r,)."""
    bound: Array
    """1 / d on constraints that bound intensities, else 0, shape (r,)."""
    excluded: Positions
    """Columns of the reference set that are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A vertex, priced over all columns."""

    vertex: Vertex
    basis: Basis
    """Ids: 0..e-1 the unknowns beside λ, e + j column j of the reference set."""
    sizes: Array
    primal: float
    dual: float
    is_settled: bool
    """Whether the point is exact for data that are as good as the given ones."""

    @property
    def is_proved(self) -> bool:
        """Whether primal, dual and gap are all small enough, and the point is settled."""
        # Each for itself: what is not a number is below nothing, and `max` may pass it over.
        parts = (self.primal, self.dual, self.vertex.gap)
        return self.is_settled and all(part <= PROVED for part in parts)


def vertex(
    matrix: Array, right: Array, costs: tuple[Array, Array], constants: tuple[float, float]
) -> Vertex | None:
    """Recompute a basic solution: x = B⁻¹ h, ρ = N/D, u = B⁻ᵀ(c_N - ρ c_D), each refined once.

    Parameters
    ----------
    matrix
        B, shape (r, r), columns of the basis in units of the row.
    right
        h, shape (r,).
    costs
        c_N and c_D of the basis, shape (r,) each.
    constants
        n0 and d0.

    Returns
    -------
    Vertex or None
        None where B is singular, or the denominator is not above 0.
    """
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return None
    # Refined once each: the inverse alone loses as many digits as the basis is badly conditioned.
    basic = inverse @ right
    basic += inverse @ (right - matrix @ basic)
    over, under = (constants[i] + float(costs[i] @ basic) for i in (0, 1))
    if not (np.isfinite(over) and under > 0):
        return None
    value = over / under
    cost = costs[0] - value * costs[1]
    duals = cost @ inverse
    duals += (cost - duals @ matrix) @ inverse
    # u·h + n0 - ρ d0 is the dual objective of min N - ρ D, whose optimum is 0 at ρ = N/D.
    bound = float(duals @ right) + constants[0] - value * constants[1]
    if not np.isfinite(bound):
        return None
    residual = np.abs(matrix @ basic - right)
    # A residual moves the value by as much as its multiplier says.
    doubt = abs(bound) + _rounding(value, constants, costs, basic) + float(np.abs(duals) @ residual)
    return Vertex(
        basic=basic,
        value=value,
        duals=duals,
        denominator=under,
        primal=float(residual.max()),
        gap=doubt / max(1.0, abs(over)),
    )


def without_surplus_price(optimum: Vertex, right: Array) -> Vertex:
    """Take a negative price of the surplus of Σ λ out of the multipliers, and into the gap.

    The surplus may be as large as it likes, so no price below 0, however small, proves anything.
    """
    below = min(0.0, float(optimum.duals[-1]))
    duals = optimum.duals.copy()
    duals[-1] -= below
    return replace(optimum, duals=duals, gap=optimum.gap - below * abs(float(right[-1])))


def _rounding(
    value: float, constants: tuple[float, float], costs: tuple[Array, Array], basic: Array
) -> float:
    """Bound the rounding of N - ρ D, which is what remains where the denominator nearly vanishes."""
    over, under = (abs(constants[i]) + float(np.abs(costs[i] @ basic)) for i in (0, 1))
    return float(np.finfo(float).eps * (over + abs(value) * under))


def wrong_signs(basic: Array, free: Flags, fixed: Flags) -> Array:
    """Return by how much basic unknowns break their sign; fixed ones must be 0, free ones may not."""
    wrong = np.where(fixed, np.abs(basic), np.where(free, 0.0, -basic))
    return np.asarray(np.maximum(wrong, 0.0))


def precision(program: Program) -> float:
    """Return the relative change of the data for which the point of a proof may be exact.

    A right-hand side that was computed, as a projection is, is known no better than it was proved.
    """
    return SETTLED if program.right is None else PROVED


def backward_error(matrix: Array, basic: Array, right: Array, wrong: Array) -> float:
    """Return the relative change of the data for which a point is exact, wrong signs set to 0.

    max_i (|B x - h| + |B| wrong)_i / (|B| |x| + d)_i, the componentwise backward error; |h| = d = 1 in
    units of the row, and a zero is as exact as the other amounts of its constraint.

    Parameters
    ----------
    matrix
        B, shape (r, r), in units of the row.
    basic, right, wrong
        Shape (r,).

    References
    ----------
    Oettli, W., Prager, W. (1964), doi 10.1007/BF01386090.
    """
    size = np.abs(matrix)
    residual = np.abs(basic @ matrix.T - right) + wrong @ size.T
    return float((residual / (np.abs(basic) @ size.T + 1.0)).max())


def price_unknowns(program: RowProgram, value: float, duals: Array) -> float:
    """Largest violation of a dual constraint among the unknowns beside the intensities."""
    cost = program.numerator - value * program.denominator - duals @ program.columns
    wrong = np.where(program.free, np.abs(cost), -cost)[program.allowed]
    return float(np.maximum(0.0, wrong.max())) if len(wrong) else 0.0
