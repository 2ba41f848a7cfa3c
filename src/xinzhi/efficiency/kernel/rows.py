"""Many programs, one after the other: each starts from the basis of the row before it.

Arguments that all functions here share:

rows, bounded
    G of all n rows on one scale, shape (n, r), each with sum 1 over the constraints that bound
    intensities, marked by 1 in `bounded`, shape (r,).
which
    Shape (q,): the evaluated rows, near ones near each other.
table
    Shape (r, c): the columns that may enter.
numerator, denominator, allowed, own, free, constants, right
    The programs as in `program.Program`; axes of length 1 serve all rows, and a `right` of length
    0 says that the right-hand side is the row itself; the last of `constants` is how exact a point
    has to be.
status, basis, basic, duals, found
    Written; shapes (q,), (q, r) three times, (q, FOUND). `basis` holds ids, intensities as e + c;
    values of intensities are those of columns of the table, others are in units of the row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.kernel.algebra import BLOCK
from xinzhi.efficiency.kernel.choice import NOTHING, PIVOTS, is_basic
from xinzhi.efficiency.kernel.compiled import compiled
from xinzhi.efficiency.kernel.simplex import OPTIMUM, SOLVED, UNSOLVED, improve, optimise
from xinzhi.efficiency.kernel.starts import (
    MEMORY,
    best_start,
    recall,
    remember,
    start_from_itself,
    start_from_slacks,
)
from xinzhi.efficiency.kernel.vertex import (
    ARTIFICIAL,
    BOUND,
    ITSELF,
    LINES,
    OWN,
    REACH,
    RIGHT,
    SIZE,
    TALL,
    UNIT,
    WIDEST,
    Array,
    Ids,
    Marks,
    U,
    X,
)

Index = npt.NDArray[np.int32]

PROGRAM = (
    "float64[:, :], float64[:, :], uint8[:, :], float64[:, :, :], uint8[::1], float64[::1],"
    " float64[:, :]"
)
OUT = "uint8[::1], int32[:, ::1], float64[:, ::1], float64[:, ::1], float64[:, ::1]"


@compiled("void(int64, float64[:, ::1], uint8[::1], float64[:, ::1])")
def begin(row: int, rows: Array, bounded: Marks, state: Array) -> None:
    """Write own values and right-hand side of a row."""
    r, widest = rows.shape[1], 0.0
    for i in range(r):
        value = rows[row, i]
        own = abs(value) if value != 0.0 else 1.0
        state[OWN, i] = own
        state[UNIT, i] = 1.0 / own
        state[BOUND, i] = state[UNIT, i] if bounded[i] else 0.0
        state[RIGHT, i] = value / own
        if bounded[i]:
            widest = max(widest, own)
    for i in range(r):
        state[WIDEST, i], state[ITSELF, i] = widest, -2.0
        if bounded[i]:
            state[REACH, i] = 1.0
        elif state[TALL, i] >= NOTHING:
            state[REACH, i] = NOTHING
        else:
            state[REACH, i] = max(1.0, state[TALL, i] * state[UNIT, i] * widest)


@compiled(
    "void(int64, float64[:, :], float64[:, :], uint8[:, :], float64[:, :], float64[:, ::1],"
    " float64[:, ::1], uint8[::1])"
)
def take(
    index: int,
    numerator: Array,
    denominator: Array,
    allowed: Marks,
    right: Array,
    state: Array,
    costs: Array,
    allow: Marks,
) -> None:
    """Take the program of a row."""
    for i in range(allowed.shape[1]):
        costs[0, i] = numerator[min(index, len(numerator) - 1), i]
        costs[1, i] = denominator[min(index, len(denominator) - 1), i]
        allow[i] = allowed[min(index, len(allowed) - 1), i]
    if len(right):
        for i in range(right.shape[1]):
            state[RIGHT, i] = right[index, i]


@compiled(
    "void(int64, int64[::1], int64, float64[:, ::1], int32[:, ::1], float64[:, ::1],"
    " float64[:, ::1])"
)
def end(
    index: int, names: Ids, e: int, state: Array, basis: Index, basic: Array, duals: Array
) -> None:
    """Write what was found for a row."""
    for i in range(len(names)):
        basis[index, i] = names[i]
        basic[index, i] = state[X, i] / (state[SIZE, i] if names[i] >= e else 1.0)
        duals[index, i] = state[U, i]


@compiled("void(float64[:, ::1], float64[:, ::1])")
def measure_table(table: Array, state: Array) -> None:
    """Write the largest entry of each constraint."""
    for i in range(len(table)):
        state[TALL, i] = 0.0
        for c in range(table.shape[1]):
            state[TALL, i] = max(state[TALL, i], abs(table[i, c]))


@compiled(
    f"void(float64[:, ::1], int64[::1], float64[:, ::1], uint8[::1], int64[::1], {PROGRAM}, {OUT})",
    allocates=True,
)
def solve_shared(
    table: Array,
    places: Ids,
    rows: Array,
    bounded: Marks,
    which: Ids,
    numerator: Array,
    denominator: Array,
    allowed: Marks,
    own: Array,
    free: Marks,
    constants: Array,
    right: Array,
    status: Marks,
    basis: Index,
    basic: Array,
    duals: Array,
    found: Array,
) -> None:
    """Solve a program per row over one table; `places`, shape (n,): columns of rows, or -1."""
    r, e = rows.shape[1], allowed.shape[1]
    state, square = np.zeros((LINES, r)), np.zeros((3, r, r))
    buffer, costs = np.zeros((2, BLOCK)), np.zeros((2, e))
    allow, names = np.zeros(e, dtype=np.uint8), np.zeros(r, dtype=np.int64)
    held, last = np.zeros(3, dtype=np.int64), np.zeros(r, dtype=np.int64)
    bases, inverses = np.zeros((MEMORY, r), dtype=np.int64), np.zeros((MEMORY, r, r))
    warm = 0
    measure_table(table, state)
    for index in range(len(which)):
        row = rows[which[index]]
        begin(which[index], rows, bounded, state)
        take(index, numerator, denominator, allowed, right, state, costs, allow)
        mine = own[min(index, len(own) - 1)]
        code, place, start = UNSOLVED, places[which[index]], -1
        is_row = len(right) == 0
        if is_row and place < 0:
            start = best_start(e, held, bases, inverses, row, state, allow, costs, constants, 0)
        if start >= 0:
            recall(start, bases, inverses, names, table, state, mine, allow, free, costs, square)
            code = improve(
                OPTIMUM, names, table, table.shape[1], state, mine, allow, free, costs,
                constants, square, buffer, found[index],
            )  # fmt: skip
        for attempt in range(2):
            if code < UNSOLVED:
                break
            if attempt == 0 and is_row and place >= 0:
                state[ITSELF, 0] = e + place
                start_from_itself(place, e, state, allow, names)
            elif attempt == 0 and warm:
                names[:] = last
            else:
                start_from_slacks(state, allow, names)
            code = optimise(
                OPTIMUM, names, table, table.shape[1], state, mine, allow, free, costs,
                constants, square, buffer, found[index],
            )  # fmt: skip
            start = -1
        if code == SOLVED and not is_basic(ARTIFICIAL, names):
            last[:] = names
            warm = 1
            if start < 0 or found[index, PIVOTS] > 0:
                remember(e, names, state, square, held, bases, inverses)
        status[index] = code
        end(index, names, e, state, basis, basic, duals)


@compiled(
    "int64(int64, int64, int64[::1], int64[::1], int64[::1], int64[::1], uint8[::1],"
    " float64[:, ::1], float64[:, ::1], int64[::1], float64[:, ::1])"
)
def gather(
    row: int,
    joins: int,
    codes: Ids,
    frame: Ids,
    first: Ids,
    members: Ids,
    marks: Marks,
    table: Array,
    rows: Array,
    place: Ids,
    local: Array,
) -> int:
    """Gather what is left when all rows with the code of `row` leave the reference set.

    That is the frame without them, and the rows whose support in the frame they are part of: all
    others stay redundant. Returns the number of columns.
    """
    r, count = len(table), 0
    for k in range(len(frame)):
        if codes[frame[k]] != codes[row]:
            place[count] = frame[k]
            for i in range(r):
                local[i, count] = table[i, k]
            count += 1
            continue
        for at in range(first[k], first[k + 1]):
            one = members[at]
            if codes[one] != codes[row] and marks[one] == 0:
                marks[one] = 1
                place[count] = one
                for i in range(r):
                    local[i, count] = rows[one, i]
                count += 1
    for k in range(count):
        marks[place[k]] = 0
    if joins:
        place[count] = row
        for i in range(r):
            local[i, count] = rows[row, i]
        count += 1
    return count


@compiled(
    "void(int64, int64[::1], int64[::1], int64[::1], int64[::1], float64[:, ::1],"
    f" float64[:, ::1], uint8[::1], int64[::1], {PROGRAM}, {OUT})",
    allocates=True,
)
def solve_each(
    joins: int,
    codes: Ids,
    frame: Ids,
    first: Ids,
    members: Ids,
    table: Array,
    rows: Array,
    bounded: Marks,
    which: Ids,
    numerator: Array,
    denominator: Array,
    allowed: Marks,
    own: Array,
    free: Marks,
    constants: Array,
    right: Array,
    status: Marks,
    basis: Index,
    basic: Array,
    duals: Array,
    found: Array,
) -> None:
    """Solve a program per row over the frame that is left without the rows of its code.

    `frame`, shape (c,), are the rows of the table; members[first[k]:first[k + 1]] the rows of the
    reference set whose support holds frame[k]. `joins` lets each row join for itself. In `basis`
    an intensity is e + row.
    """
    r, e = rows.shape[1], allowed.shape[1]
    state, square = np.zeros((LINES, r)), np.zeros((3, r, r))
    buffer, costs = np.zeros((2, BLOCK)), np.zeros((2, e))
    allow, names = np.zeros(e, dtype=np.uint8), np.zeros(r, dtype=np.int64)
    marks, most = np.zeros(len(rows), dtype=np.uint8), len(frame) + len(members) + 1
    place, local = np.zeros(most, dtype=np.int64), np.zeros((r, most))
    for row in range(len(rows)):
        for i in range(r):
            state[TALL, i] = max(state[TALL, i], abs(rows[row, i]))
    for index in range(len(which)):
        row = which[index]
        count = gather(row, joins, codes, frame, first, members, marks, table, rows, place, local)
        begin(row, rows, bounded, state)
        take(index, numerator, denominator, allowed, right, state, costs, allow)
        start_from_slacks(state, allow, names)
        status[index] = optimise(
            OPTIMUM, names, local, count, state, own[min(index, len(own) - 1)], allow, free,
            costs, constants, square, buffer, found[index],
        )  # fmt: skip
        end(index, names, e, state, basis, basic, duals)
        for i in range(r):
            if names[i] >= e:
                basis[index, i] = e + place[names[i] - e]


@compiled("void(int32[:, ::1], float64[:, ::1], int64[::1], int64[::1], int64[::1])")
def invert_supports(places: Index, basic: Array, which: Ids, first: Ids, members: Ids) -> None:
    """List the rows by the columns of the table that support them (-1 where there is none).

    Called with an empty `members` it counts into `first`; after that it fills, and spoils `first`.
    """
    n, r = places.shape
    if len(members) == 0:
        for index in range(n):
            for i in range(r):
                if places[index, i] >= 0 and basic[index, i] > 0.0:
                    first[places[index, i] + 1] += 1
        for k in range(1, len(first)):
            first[k] += first[k - 1]
        return
    for index in range(n - 1, -1, -1):
        for i in range(r):
            if places[index, i] >= 0 and basic[index, i] > 0.0:
                k = places[index, i] + 1
                first[k] -= 1
                members[first[k]] = which[index]
