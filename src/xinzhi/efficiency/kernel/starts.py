"""Where a program starts: at the best vertex that its neighbours have shown, if they have any.

A basis of intensities and slacks is the same for every row but for units, so its inverse is kept in
units of the technology and only rescaled. What is kept is a start, never a proof: values and
multipliers are refined against the columns, and judged there.

    held        shape (3,): how many bases are kept, where the next one goes, which was used last
    bases       shape (MEMORY, r): their unknowns by id
    inverses    shape (MEMORY, r, r)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.kernel.algebra import solve_refined
from xinzhi.efficiency.kernel.choice import NOTHING, SLIP
from xinzhi.efficiency.kernel.compiled import compiled
from xinzhi.efficiency.kernel.vertex import (
    BOUND,
    OWN,
    REST,
    RIGHT,
    SIZE,
    UNIT,
    Array,
    Ids,
    Marks,
    X,
    write_basis,
)

MEMORY = 32
"""Bases that are kept; the oldest makes room."""
Table = npt.NDArray[np.int64]


@compiled("void(float64[:, ::1], uint8[::1], int64[::1])")
def start_from_slacks(state: Array, allow: Marks, names: Ids) -> None:
    """Write the start without intensities: of each constraint the slack that its sign asks for."""
    r = len(names)
    for i in range(r):
        wants_minus = state[RIGHT, i] < 0.0 or (state[RIGHT, i] == 0.0 and allow[i] == 0)
        names[i] = r + i if wants_minus and allow[r + i] else i


@compiled("void(int64, int64, float64[:, ::1], uint8[::1], int64[::1])")
def start_from_itself(place: int, e: int, state: Array, allow: Marks, names: Ids) -> None:
    """Write the start of a row that has a column: this alone, beside slacks of 0.

    The column takes the place of a slack that may not move, else of the first that can be left.
    """
    r, at = len(names), -1
    for i in range(r):
        is_fixed = allow[i] == 0 and allow[r + i] == 0
        names[i] = i if allow[i] or is_fixed else r + i
        if state[RIGHT, i] != 0.0 and (at < 0 or is_fixed):
            at = i
    names[at] = e + place


@compiled(
    "float64(int64, int64, int64[:, ::1], float64[:, :, ::1], float64[::1], float64,"
    " float64[:, ::1], uint8[::1], float64[:, ::1], float64[::1])"
)
def height_at(
    k: int,
    e: int,
    bases: Table,
    inverses: Array,
    row: Array,
    widest: float,
    state: Array,
    allowed: Marks,
    costs: Array,
    constants: Array,
) -> float:
    """Return the fraction at the vertex of a kept basis, NOTHING where the row is not inside it."""
    r = len(row)
    over, under = constants[0], constants[1]
    for j in range(r):
        value, name = 0.0, bases[k, j]
        for i in range(r):
            value += inverses[k, j, i] * row[i]
        if name >= e:
            if value * widest < -SLIP:
                return NOTHING
            continue
        value *= state[UNIT, name % r]
        if value < -SLIP or (allowed[name] == 0 and value > SLIP):
            return NOTHING
        over += costs[0, name] * value
        under += costs[1, name] * value
    return over / under if under > SLIP else 0.5 * NOTHING


@compiled(
    "int64(int64, int64[::1], int64[:, ::1], float64[:, :, ::1], float64[::1], float64[:, ::1],"
    " uint8[::1], float64[:, ::1], float64[::1], int64)"
)
def best_start(
    e: int,
    held: Ids,
    bases: Table,
    inverses: Array,
    row: Array,
    state: Array,
    allowed: Marks,
    costs: Array,
    constants: Array,
    enough: int,
) -> int:
    """Find the kept basis with the least fraction, -1 where none holds the row.

    With `enough` the first that holds it will do.
    """
    widest = 1.0
    for i in range(len(row)):
        widest = max(widest, state[BOUND, i])
    least, at = NOTHING, -1
    for back in range(1 - min(enough, held[0]), held[0] + 1):
        k = (held[1] - back) % MEMORY if back else held[2]
        height = height_at(k, e, bases, inverses, row, widest, state, allowed, costs, constants)
        if height < least:
            least, at = height, k
            held[2] = k
            if enough:
                break
    return at


@compiled(
    "void(int64, int64[:, ::1], float64[:, :, ::1], int64[::1], float64[:, ::1], float64[:, ::1],"
    " float64[:, :], uint8[::1], uint8[::1], float64[:, ::1], float64[:, :, ::1])"
)
def recall(
    k: int,
    bases: Table,
    inverses: Array,
    basis: Ids,
    columns: Array,
    state: Array,
    own: Array,
    allowed: Marks,
    free: Marks,
    costs: Array,
    square: Array,
) -> None:
    """Write a kept basis, its inverse and its values, in units of the row."""
    r, e = len(basis), len(allowed)
    for j in range(r):
        basis[j] = bases[k, j]
    write_basis(basis, columns, state, own, allowed, free, costs, square)
    for j in range(r):
        unit = state[SIZE, j] if basis[j] >= e else state[UNIT, basis[j] % r]
        for i in range(r):
            square[1, j, i] = inverses[k, j, i] * unit * state[OWN, i]
    solve_refined(square[0], square[1], state[RIGHT], state[X], state[REST])


@compiled(
    "void(int64, int64[::1], float64[:, ::1], float64[:, :, ::1], int64[::1], int64[:, ::1],"
    " float64[:, :, ::1])"
)
def remember(
    e: int, basis: Ids, state: Array, square: Array, held: Ids, bases: Table, inverses: Array
) -> None:
    """Keep a basis whose inverse is fresh, unless it holds an unknown of the measure's own."""
    r = len(basis)
    for j in range(r):
        if basis[j] < 0 or 2 * r <= basis[j] < e:
            return
    k = held[1]
    held[0], held[1], held[2] = max(held[0], k + 1), (k + 1) % MEMORY, k
    for j in range(r):
        bases[k, j] = basis[j]
        unit = state[SIZE, j] if basis[j] >= e else state[UNIT, basis[j] % r]
        for i in range(r):
            inverses[k, j, i] = square[1, j, i] * state[UNIT, i] / unit
