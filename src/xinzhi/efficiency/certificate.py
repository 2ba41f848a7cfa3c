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

from xinzhi.efficiency.program import RowProgram
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Flags

PROVED = 1e-9
"""A score is proved when primal, dual and gap are at most this (convention N2)."""
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
    basic = inverse @ right
    basic += inverse @ (right - matrix @ basic)
    over, under = (constants[i] + float(costs[i] @ basic) for i in (0, 1))
    if not (np.isfinite(over) and under > 0):
        return None
    value = over / under
    cost = costs[0] - value * costs[1]
    duals = cost @ inverse
    duals += (cost - duals @ matrix) @ inverse
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


def without_surplus_price(found: Vertex, right: Array) -> Vertex:
    """Take a negative price of the surplus of Σ λ out of the multipliers, and into the gap.

    The surplus may be as large as it likes, so no price below 0, however small, proves anything.
    """
    below = min(0.0, float(found.duals[-1]))
    duals = found.duals.copy()
    duals[-1] -= below
    return replace(found, duals=duals, gap=found.gap - below * abs(float(right[-1])))


def _rounding(
    value: float, constants: tuple[float, float], costs: tuple[Array, Array], basic: Array
) -> float:
    """Bound the rounding of N - ρ D, which is what remains where the denominator nearly vanishes."""
    over, under = (abs(constants[i]) + float(np.abs(costs[i] @ basic)) for i in (0, 1))
    return float(np.finfo(float).eps * (over + abs(value) * under))


def sign_violation(basic: Array, free: Flags, fixed: Flags) -> float:
    """Largest wrong sign of basic unknowns; fixed ones must be 0, free ones may be anything."""
    wrong = np.where(fixed, np.abs(basic), np.where(free, 0.0, -basic))
    return max(0.0, float(wrong.max()))


def membership_term(residual: float, duals: Array) -> float:
    """Bound what the residuals of memberships add to the dual violation of rows outside a frame.

    A residual e in units of a row moves its reduced cost by e Σ |u_i| |G_ji| / d_i at most. Of
    each constraint that bounds intensities |G_ji| / d_i is a part of size_j; for the goods
    u_i |G_ji| / d_i is no more than the uses that pay for it, at most max |u| size_j on any
    column that prices out. So per unit of size it is below e (r + 1) max |u|, taken twice here.
    """
    return 2.0 * residual * (len(duals) + 1) * float(np.abs(duals).max(initial=0.0))


def price_unknowns(program: RowProgram, value: float, duals: Array) -> float:
    """Largest violation of a dual constraint among the unknowns beside the intensities."""
    cost = program.numerator - value * program.denominator - duals @ program.columns
    wrong = np.where(program.free, np.abs(cost), -cost)[program.allowed]
    return max(0.0, float(wrong.max())) if len(wrong) else 0.0
