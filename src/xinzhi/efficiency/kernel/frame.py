"""The frame of a technology: its extreme rows, from which all others follow by disposal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from xinzhi.efficiency.kernel.algebra import BLOCK
from xinzhi.efficiency.kernel.choice import FOUND, is_basic
from xinzhi.efficiency.kernel.compiled import compiled
from xinzhi.efficiency.kernel.rows import begin
from xinzhi.efficiency.kernel.simplex import (
    INFEASIBLE,
    POINT,
    SOLVED,
    UNSOLVED,
    optimise,
)
from xinzhi.efficiency.kernel.starts import MEMORY, best_start, remember, start_from_slacks
from xinzhi.efficiency.kernel.vertex import (
    ARTIFICIAL,
    LINES,
    PRICE,
    TALL,
    UNIT,
    Array,
    Ids,
    Marks,
    U,
)

Positions = npt.NDArray[np.intp]
DIRECTIONS, SPREAD = 48, 1.5
"""Ratios whose winners start a frame, and the spread of the logarithms of their weights."""
SAMPLE = 4096
"""Rows whose frame is found first, where there are four times as many."""


@compiled(
    "int64(int64, float64[:, ::1], int64, float64[:, ::1], uint8[::1], uint8[::1], int64[::1],"
    " int64, float64[:, ::1], float64[:, ::1], float64[:, :, ::1], float64[:, ::1],"
    " float64[::1])"
)
def is_inside(
    row: int,
    table: Array,
    n: int,
    rows: Array,
    bounded: Marks,
    allowed: Marks,
    names: Ids,
    warm: int,
    costs: Array,
    state: Array,
    square: Array,
    buffer: Array,
    found: Array,
) -> int:
    """Return whether a row follows from the first n columns of a table (SOLVED: it does)."""
    own, free, constants = costs[:, :0], bounded[:0], costs[1, :2]
    begin(row, rows, bounded, state)
    code = UNSOLVED
    if warm:
        code = optimise(
            POINT, names, table, n, state, own, allowed, free, costs, constants, square,
            buffer, found,
        )  # fmt: skip
    if code == UNSOLVED:
        start_from_slacks(state, allowed, names)
        code = optimise(
            POINT, names, table, n, state, own, allowed, free, costs, constants, square,
            buffer, found,
        )  # fmt: skip
    return code


@compiled(
    "void(float64[:, ::1], float64[:, ::1], uint8[::1], uint8[::1], int64[::1], uint8[::1])",
    allocates=True,
)
def find_outsiders(
    table: Array, rows: Array, bounded: Marks, allowed: Marks, which: Ids, outside: Marks
) -> None:
    """Mark the rows that do not follow from a table."""
    r = rows.shape[1]
    state, square = np.zeros((LINES, r)), np.zeros((3, r, r))
    state[TALL, :] = 1e300
    buffer, costs = np.zeros((2, BLOCK)), np.zeros((2, len(allowed)))
    names, found = np.zeros(r, dtype=np.int64), np.zeros(FOUND)
    held, bases = np.zeros(3, dtype=np.int64), np.zeros((MEMORY, r), dtype=np.int64)
    inverses, e, constants = np.zeros((MEMORY, r, r)), len(allowed), costs[1, :2]
    for index in range(len(which)):
        row = which[index]
        begin(row, rows, bounded, state)
        start = best_start(
            e, held, bases, inverses, rows[row], state, allowed, costs, constants, 1
        )  # fmt: skip
        if start >= 0:
            continue
        if held[0]:
            names[:] = bases[held[2]]
        code = is_inside(
            row, table, table.shape[1], rows, bounded, allowed, names, int(held[0] > 0), costs,
            state, square, buffer, found,
        )  # fmt: skip
        outside[index] = code != SOLVED
        if code == SOLVED and not is_basic(ARTIFICIAL, names):
            remember(e, names, state, square, held, bases, inverses)


@compiled("int64(float64[:, ::1], float64[:, ::1], int64[::1], uint8[::1], int64)")
def farthest(state: Array, rows: Array, which: Ids, outside: Marks, otherwise: int) -> int:
    """Return the index of the outsider farthest beyond the hyperplane that `state` prices."""
    r = rows.shape[1]
    best, at = 0.0, otherwise
    for index in range(len(which)):
        if outside[index]:
            price = 0.0
            for i in range(r):
                price += state[PRICE, i] * rows[which[index], i]
            if price > best:
                best, at = price, index
    return at


@compiled(
    "int64(float64[:, ::1], int64[::1], int64, float64[:, ::1], uint8[::1], uint8[::1],"
    " int64[::1], uint8[::1])",
    allocates=True,
)
def grow(
    table: Array,
    frame: Ids,
    n: int,
    rows: Array,
    bounded: Marks,
    allowed: Marks,
    which: Ids,
    outside: Marks,
) -> int:
    """Let outsiders join a table until all rows follow from it; return its number of columns.

    An outsider gives a hyperplane between itself and the table; the outsider farthest beyond it
    is extreme, up to ties, and joins.
    """
    r = rows.shape[1]
    state, square = np.zeros((LINES, r)), np.zeros((3, r, r))
    state[TALL, :] = 1e300
    buffer, costs = np.zeros((2, BLOCK)), np.zeros((2, len(allowed)))
    names, last = np.zeros(r, dtype=np.int64), np.zeros(r, dtype=np.int64)
    found, warm = np.zeros(FOUND), 0
    for index in range(len(which)):
        while outside[index]:
            names[:] = last
            code = is_inside(
                which[index], table, n, rows, bounded, allowed, names, warm, costs, state,
                square, buffer, found,
            )  # fmt: skip
            if code == SOLVED:
                outside[index] = 0
                if not is_basic(ARTIFICIAL, names):
                    last[:] = names
                    warm = 1
                break
            joining = index
            if code == INFEASIBLE:
                for i in range(r):
                    state[PRICE, i] = state[U, i] * state[UNIT, i]
                joining = farthest(state, rows, which, outside, index)
            outside[joining] = 0
            frame[n] = which[joining]
            for i in range(r):
                table[i, n] = rows[which[joining], i]
            n += 1
    return n


@compiled(
    "int64(float64[:, ::1], int64[::1], int64, float64[:, ::1], uint8[::1], uint8[::1])",
    allocates=True,
)
def prune(table: Array, frame: Ids, n: int, rows: Array, bounded: Marks, allowed: Marks) -> int:
    """Drop the columns that follow from the others; return how many remain."""
    r = rows.shape[1]
    state, square = np.zeros((LINES, r)), np.zeros((3, r, r))
    state[TALL, :] = 1e300
    buffer, costs = np.zeros((2, BLOCK)), np.zeros((2, len(allowed)))
    names, found = np.zeros(r, dtype=np.int64), np.zeros(FOUND)
    for k in range(n - 1, -1, -1):
        one, other = frame[k], frame[n - 1]
        frame[k], frame[n - 1] = other, one
        for i in range(r):
            table[i, k], table[i, n - 1] = rows[other, i], rows[one, i]
        code = is_inside(
            one, table, n - 1, rows, bounded, allowed, names, 0, costs, state, square,
            buffer, found,
        )  # fmt: skip
        if code == SOLVED:
            n -= 1
    return n


def frame_of(rows: Array, *, bounded: Marks, allowed: Marks, which: Positions) -> Positions:
    """Find the extreme rows among some rows.

    Parameters
    ----------
    rows
        G of all rows, shape (n, r), each with sum 1 over the constraints marked in `bounded`.
    bounded, allowed
        Shapes (r,) and (2 r,): constraints that bound intensities; slacks (plus, then minus) by
        which one row may follow from others.
    which
        The reference set, near rows near each other.

    Returns
    -------
    positions
        Rows from which all rows of `which` follow, and none of which follows from the others, in
        the order of `which`.

    References
    ----------
    Dulá, J. H., Thrall, R. M. (2001), doi 10.1023/A:1012501431359 (frames of technologies).
    """
    which = np.ascontiguousarray(which, dtype=np.int64)
    held = seeds(rows, bounded, which)
    if len(which) > 4 * SAMPLE:
        sample = np.ascontiguousarray(which[:: len(which) // SAMPLE])
        held = _grown(rows, bounded, allowed, held, sample)
    held = _grown(rows, bounded, allowed, held, which)
    return np.asarray(which[np.isin(which, held)], dtype=np.intp)


def seeds(rows: Array, bounded: Marks, which: Ids) -> Ids:
    """Guess extreme rows: winners of ratios with fixed, spread weights, on the sample at most."""
    chosen = rows[which[:: max(1, len(which) // SAMPLE)]]
    is_bounded = bounded.astype(bool)
    draw = np.random.default_rng(0)
    weights = np.exp(draw.normal(0.0, SPREAD, (rows.shape[1], DIRECTIONS)))
    uses = chosen[:, is_bounded] @ weights[is_bounded]
    made = -chosen[:, ~is_bounded] @ weights[~is_bounded]
    ratio = np.divide(made, uses, out=np.zeros_like(uses), where=uses > 0)
    best = np.concatenate([ratio.argmax(axis=0), chosen.argmin(axis=0)])
    return np.unique(which[best * max(1, len(which) // SAMPLE)])


def _grown(rows: Array, bounded: Marks, allowed: Marks, held: Ids, which: Ids) -> Ids:
    """Complete and prune a frame over some rows."""
    outside = np.zeros(len(which), dtype=np.uint8)
    find_outsiders(np.ascontiguousarray(rows[held].T), rows, bounded, allowed, which, outside)
    left = which[outside > 0]
    table = np.empty((rows.shape[1], len(held) + len(left)))
    table[:, : len(held)] = rows[held].T
    frame = np.concatenate([held, np.zeros(len(left), dtype=np.int64)])
    marks = np.ones(len(left), dtype=np.uint8)
    n = grow(table, frame, len(held), rows, bounded, allowed, left, marks)
    return frame[: prune(table, frame, n, rows, bounded, allowed)]
