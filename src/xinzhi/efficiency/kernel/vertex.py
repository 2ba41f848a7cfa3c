"""One vertex of a program: its columns, its values, its multipliers, in units of the row.

Unknowns have ids: plus 0..r-1, minus r..2r-1, own 2r..e-1, then e + c for column c of the table of
intensities; ARTIFICIAL is the composite column that repairs a start. A column of intensities is
divided by its size Σ G_i / d_i over the constraints that bound intensities, so that all numbers of
a vertex are near 1 whatever the data are.

`state`, shape (LINES, r), holds what a vertex is made of; `square`, shape (3, r, r), the matrix of
the basis, its inverse, and scratch.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.kernel.algebra import invert, solve_refined
from xinzhi.efficiency.kernel.compiled import compiled

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Marks = npt.NDArray[np.uint8]

ARTIFICIAL = -1
LINES = 21
(
    RIGHT,
    UNIT,
    BOUND,
    X,
    U,
    OVER,
    UNDER,
    COST,
    ALPHA,
    COLUMN,
    SIZE,
    KIND,
    REPAIR,
    REST,
    PRICE,
    OLD,
    TALL,
    OWN,
    WIDEST,
    REACH,
    ITSELF,
) = range(LINES)
"""Right-hand side; 1/d; 1/d where a constraint bounds intensities, else 0; values; multipliers;
costs in numerator and denominator, and in force; entering column in the basis, and itself; sizes;
kinds; the artificial column; scratch; multipliers that all columns were priced with; largest entry
of a constraint over the columns of the table; d; the largest d of a constraint that bounds
intensities; the most that a constraint can hold per unit of size, in units of the row; the id of the row's own column
in the table, or -2."""
NORMAL, FIXED, FREE = 0.0, 1.0, 2.0
"""Kinds of unknowns: not negative, 0, any number."""


@compiled("float64(int64, int64, float64[:, ::1], float64[:, ::1], float64[:, :])")
def write_column(name: int, e: int, columns: Array, state: Array, own: Array) -> float:
    """Write the COLUMN of an unknown and return its size."""
    r = state.shape[1]
    if name >= e:
        place, size = name - e, 0.0
        for i in range(r):
            size += columns[i, place] * state[BOUND, i]
        size = size if size > 0.0 else 1.0
        for i in range(r):
            state[COLUMN, i] = columns[i, place] * state[UNIT, i] / size
        return size
    for i in range(r):
        state[COLUMN, i] = state[REPAIR, i] if name < 0 else 0.0
    if 0 <= name < r:
        state[COLUMN, name] = 1.0
    elif r <= name < 2 * r:
        state[COLUMN, name - r] = -1.0
    elif name >= 2 * r:
        for i in range(r):
            state[COLUMN, i] = own[i, name - 2 * r]
    return 1.0


@compiled("void(int64, int64, float64, float64[:, ::1], uint8[::1], uint8[::1], float64[:, ::1])")
def describe(
    j: int, name: int, size: float, state: Array, allowed: Marks, free: Marks, costs: Array
) -> None:
    """Write what place j of the basis must know of its unknown."""
    r = state.shape[1]
    state[SIZE, j], state[KIND, j] = size, FIXED if name < 0 else NORMAL
    state[OVER, j], state[UNDER, j] = 0.0, 0.0
    if 0 <= name < len(allowed):
        state[OVER, j], state[UNDER, j] = costs[0, name], costs[1, name]
        if allowed[name] == 0:
            state[KIND, j] = FIXED
        elif name >= 2 * r and free[name - 2 * r]:
            state[KIND, j] = FREE


@compiled(
    "void(int64[::1], float64[:, ::1], float64[:, ::1], float64[:, :], uint8[::1], uint8[::1],"
    " float64[:, ::1], float64[:, :, ::1])"
)
def write_basis(
    basis: Ids,
    columns: Array,
    state: Array,
    own: Array,
    allowed: Marks,
    free: Marks,
    costs: Array,
    square: Array,
) -> None:
    """Write the matrix of a basis, and what each place must know of its unknown."""
    r, e = len(basis), len(allowed)
    for j in range(r):
        name, size = basis[j], 1.0
        state[OVER, j], state[UNDER, j], state[KIND, j] = 0.0, 0.0, NORMAL
        if name >= e:
            size = 0.0
            for i in range(r):
                size += columns[i, name - e] * state[BOUND, i]
            size = size if size > 0.0 else 1.0
            scale = 1.0 / size
            for i in range(r):
                square[0, i, j] = columns[i, name - e] * state[UNIT, i] * scale
        elif 0 <= name < 2 * r:
            for i in range(r):
                square[0, i, j] = 0.0
            square[0, name % r, j] = 1.0 if name < r else -1.0
            state[OVER, j], state[UNDER, j] = costs[0, name], costs[1, name]
            state[KIND, j] = NORMAL if allowed[name] else FIXED
        else:
            describe(j, name, 1.0, state, allowed, free, costs)
            for i in range(r):
                square[0, i, j] = state[REPAIR, i] if name < 0 else own[i, name - 2 * r]
        state[SIZE, j] = size


@compiled(
    "boolean(int64[::1], float64[:, ::1], float64[:, ::1], float64[:, :], uint8[::1], uint8[::1],"
    " float64[:, ::1], float64[:, :, ::1])"
)
def factorise(
    basis: Ids,
    columns: Array,
    state: Array,
    own: Array,
    allowed: Marks,
    free: Marks,
    costs: Array,
    square: Array,
) -> bool:
    """Invert the basis and compute its values from the columns; False where it is singular."""
    write_basis(basis, columns, state, own, allowed, free, costs, square)
    if not invert(square[0], square[1], square[2]):
        return False
    solve_refined(square[0], square[1], state[RIGHT], state[X], state[REST])
    for at in range(len(basis)):
        if basis[at] == int(state[ITSELF, 0]):
            # A row is itself and nothing else, however near singular the basis is.
            for j in range(len(basis)):
                state[X, j] = state[SIZE, j] if j == at else 0.0
    return True


@compiled("void(int64, float64[:, ::1], float64[:, :, ::1])")
def pivot(at: int, state: Array, square: Array) -> None:
    """Put COLUMN, whose coordinates are ALPHA, at a place of the basis; inverse and values follow."""
    r = state.shape[1]
    scale = 1.0 / state[ALPHA, at]
    value = state[X, at] * scale
    for i in range(r):
        square[0, i, at] = state[COLUMN, i]
        square[1, at, i] *= scale
    for j in range(r):
        factor = state[ALPHA, j]
        if j != at and factor != 0.0:
            state[X, j] -= factor * value
            for i in range(r):
                square[1, j, i] -= factor * square[1, at, i]
    state[X, at] = value


@compiled("void(float64[:, ::1], float64[:, :, ::1])")
def coordinates(state: Array, square: Array) -> None:
    """Write ALPHA = B⁻¹ COLUMN."""
    r = state.shape[1]
    for j in range(r):
        total = 0.0
        for i in range(r):
            total += square[1, j, i] * state[COLUMN, i]
        state[ALPHA, j] = total


@compiled("float64(int64, float64[:, ::1])")
def wrong_value(j: int, state: Array) -> float:
    """Return by how much a value breaks its sign, or must be 0 and is not."""
    if state[KIND, j] == FIXED:
        return float(abs(state[X, j]))
    return 0.0 if state[KIND, j] == FREE else float(max(0.0, -state[X, j]))


@compiled("float64(float64[:, ::1], float64[:, :, ::1])")
def violation(state: Array, square: Array) -> float:
    """Return the largest residual of a constraint, wrong sign, or use of what may not move."""
    r = state.shape[1]
    worst = 0.0
    for i in range(r):
        rest = -state[RIGHT, i]
        for j in range(r):
            rest += square[0, i, j] * state[X, j]
        worst = max(worst, abs(rest), wrong_value(i, state))
    return worst


@compiled("float64(float64[:, ::1], float64[:, :, ::1])")
def backward_error(state: Array, square: Array) -> float:
    """Return the relative change of the data for which the vertex is exact, wrong values set to 0.

    As `certificate.backward_error`, max_i (|B x - h| + |B| wrong)_i / (|B| |x| + 1)_i.
    """
    r = state.shape[1]
    worst = 0.0
    for i in range(r):
        rest, scale, wrong = -state[RIGHT, i], 1.0, 0.0
        for j in range(r):
            size = abs(square[0, i, j])
            rest += square[0, i, j] * state[X, j]
            scale += size * abs(state[X, j])
            wrong += size * wrong_value(j, state)
        worst = max(worst, (abs(rest) + wrong) / scale)
    return worst


@compiled("boolean(int64[::1], float64[:, ::1], float64[:, :, ::1], float64)")
def repair(basis: Ids, state: Array, square: Array, slip: float) -> bool:
    """Make a vertex feasible but for one artificial unknown; False where it needs none.

    The artificial column is what the basis lacks once wrong values are lifted to right ones, so
    its coordinates in the basis are the lifts; it takes the place of the largest.
    """
    r = len(basis)
    worst, at = slip, -1
    for j in range(r):
        wrong = wrong_value(j, state)
        if wrong > worst:
            worst, at = wrong, j
    if at < 0:
        return False
    for j in range(r):
        state[ALPHA, j] = 0.0
        if j == at or state[KIND, j] == FIXED:
            state[ALPHA, j] = state[X, j] / worst
        elif wrong_value(j, state) > 0.0:
            state[ALPHA, j] = 1.5 * state[X, j] / worst
    for i in range(r):
        total = 0.0
        for j in range(r):
            total += square[0, i, j] * state[ALPHA, j]
        state[REPAIR, i], state[COLUMN, i] = total, total
    pivot(at, state, square)
    basis[at] = ARTIFICIAL
    state[SIZE, at], state[KIND, at] = 1.0, NORMAL
    state[OVER, at], state[UNDER, at] = 0.0, 0.0
    return True
