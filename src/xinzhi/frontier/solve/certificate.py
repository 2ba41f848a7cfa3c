"""Proof of a score by weak duality, from the columns and not from a solver's inverse.

All in units of the evaluated row: |B x - h|, the sign of x, the reduced cost of every column of
the reference set, the distance of primal and dual objective. Columns are priced per unit of
size_j = Σ over inputs, bads and Σλ of G_j / d. In any point as good as the optimum
Σ λ_j size_j is bounded (by the number of these constraints for SBM), so the true optimum is at
least value - gap - bound * dual violation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xinzhi.frontier.program import Program, RowProgram
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Flags

PROVED = 1e-9
"""A score is proved when primal, dual and gap are at most this (convention N2)."""
Table = npt.NDArray[np.floating[Any]]
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


def wrong_signs(basic: Array, free: Flags, fixed: Flags) -> Array:
    """Return by how much basic unknowns break their sign; fixed ones must be 0, free ones may not."""
    wrong = np.where(fixed, np.abs(basic), np.where(free, 0.0, -basic))
    return np.asarray(np.maximum(wrong, 0.0))


def precision(program: Program) -> float:
    """Return the relative change of the data for which the point of a proof may be exact.

    A right-hand side that was computed, as a projection is, is known no better than it was proved.
    """
    return SETTLED if program.right is None else PROVED


def backward_error(
    matrix: Table, basic: Array, right: Array, wrong: Array, own: Array | float = 1.0
) -> Array:
    """Return the relative change of the data for which a point is exact, wrong signs set to 0.

    max_i (|B x - h| + |B| wrong)_i / (|B| |x| + d)_i, the componentwise backward error; |h| = d, and
    a zero is as exact as the other amounts of its constraint.

    Parameters
    ----------
    matrix
        B, shape (r, r), or (q, r, r) for a matrix per row.
    basic, right, wrong
        Shape (r,), or (q, r) for many rows.
    own
        d, in the units of the matrix.

    References
    ----------
    Oettli, W., Prager, W. (1964), doi 10.1007/BF01386090.
    """
    size = np.abs(matrix)
    residual = np.abs(times(matrix, basic) - right) + times(size, wrong)
    return np.asarray((residual / (times(size, np.abs(basic)) + own)).max(axis=-1))


def times(matrix: Table, vectors: Array) -> Array:
    """Multiply each row of `vectors` by the matrix, one for all or one each."""
    if matrix.ndim == 2:
        return np.asarray(vectors @ matrix.T)
    return np.asarray(np.einsum("qij,qj->qi", matrix, vectors))


def price_unknowns(program: RowProgram, value: float, duals: Array) -> float:
    """Largest violation of a dual constraint among the unknowns beside the intensities."""
    cost = program.numerator - value * program.denominator - duals @ program.columns
    wrong = np.where(program.free, np.abs(cost), -cost)[program.allowed]
    return max(0.0, float(wrong.max())) if len(wrong) else 0.0
