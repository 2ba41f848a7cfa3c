"""What is proved about optima found over a frame: bounds by membership, and direct prices."""

from __future__ import annotations

import numpy as np

from xinzhi.efficiency.kernel.algebra import BLOCK, highest, largest_by_size, products
from xinzhi.efficiency.kernel.choice import ADD
from xinzhi.efficiency.kernel.compiled import compiled
from xinzhi.efficiency.kernel.optima import Codes, Extremes, Optima, Supports
from xinzhi.efficiency.kernel.rows import begin
from xinzhi.efficiency.kernel.vertex import BOUND, LINES, PRICE, UNIT, Ids, Marks
from xinzhi.efficiency.result import Array
from xinzhi.efficiency.technology import Positions, Technology

FINE = 1e-14
"""Residual up to which memberships are bounded together; what is coarser is priced one by one."""
GOOD = 1e-10
"""A bound up to this needs no pricing."""


def dual_bound(
    extremes: Extremes,
    supports: Supports,
    rows: Positions,
    optima: Optima,
    *,
    codes: Codes | None = None,
) -> Array:
    """Bound the violation of dual constraints over all rows of a reference set.

    A multiplier that charges for disposal, by which the other rows follow, counts as violation.

    Parameters
    ----------
    extremes, supports
        The frontier, and how the other rows follow from it.
    rows, optima
        Programs of some rows, solved over it.
    codes
        Shape (n,): the columns with the code of the row are left out.

    Returns
    -------
    bound
        Shape (q,), per unit of size, as `Certificate.dual`.
    """
    technology = extremes.technology
    worst = float(supports.residual.max(initial=0.0))
    lost, charged = _weights(extremes, rows, optima)
    bound = optima.dual + worst * lost
    steep = np.flatnonzero(bound > GOOD)
    if len(steep):
        coarse = extremes.reference[supports.residual > FINE]
        priced = direct_price(technology, coarse, rows[steep], optima.duals[steep], codes=codes)
        bound[steep] = np.maximum(priced, optima.dual[steep] + FINE * lost[steep])
    return np.asarray(bound + charged)


def _weights(extremes: Extremes, rows: Positions, optima: Optima) -> tuple[Array, Array]:
    """Return what a residual of 1 may move, and what is charged for disposal, shape (q,) each.

    A row outside the frame is G_j = Σ λ G_w + s + ε_j with s >= 0 on what is disposable and
    |ε_j| <= residual · |G_j|. With u·G_w <= e · size_w and u_i <= e on disposal,
    u·G_j <= e · size_j + Σ |u_i| |ε_ji| / d_i, and per unit of size_j >= 1 / max d the last term
    is at most residual · Σ |u_i| · max(1, max_j |G_ji| max d / d_i).
    """
    technology = extremes.technology
    has_zero = (technology.columns == 0.0).any(axis=0)
    tallest = np.where(has_zero, 1.0, np.abs(technology.columns).max(axis=0, initial=0.0))
    lost, charged = np.zeros(len(rows)), np.zeros(len(rows))
    weigh(
        technology.columns,
        rows.astype(np.int64),
        technology.bounded.astype(np.uint8),
        (technology.bounded & ~has_zero).astype(np.uint8),
        tallest,
        extremes.disposal.astype(np.uint8),
        np.ascontiguousarray(optima.duals),
        lost,
        charged,
    )
    return lost, charged


@compiled(
    "void(float64[:, ::1], int64[::1], uint8[::1], uint8[::1], float64[::1], uint8[::1],"
    " float64[:, ::1], float64[::1], float64[::1])"
)
def weigh(
    columns: Array,
    which: Ids,
    bounded: Marks,
    plain: Marks,
    tallest: Array,
    disposal: Marks,
    duals: Array,
    lost: Array,
    charged: Array,
) -> None:
    """Write Σ |u_i| reach_i and the largest multiplier that charges for disposal, of each row."""
    r = columns.shape[1]
    for index in range(len(which)):
        row, widest = which[index], 0.0
        for i in range(r):
            if bounded[i]:
                value = abs(columns[row, i])
                widest = max(widest, value if value > 0.0 else 1.0)
        for i in range(r):
            value, u, reach = abs(columns[row, i]), duals[index, i], 1.0
            if not plain[i]:
                reach = max(1.0, tallest[i] * widest / (value if value > 0.0 else 1.0))
            lost[index] += abs(u) * reach
            if disposal[i]:
                charged[index] = max(charged[index], u)
            if disposal[r + i]:
                charged[index] = max(charged[index], -u)


@compiled(
    "void(float64[:, ::1], float64[:, ::1], uint8[::1], int64[::1], int64[::1], int64[::1],"
    " float64[:, ::1], float64[::1])",
    allocates=True,
)
def _price(
    table: Array,
    rows: Array,
    bounded: Marks,
    reference: Ids,
    codes: Ids,
    which: Ids,
    duals: Array,
    worst: Array,
) -> None:
    """Write the largest u·G_j per size over a reference set, for each of some rows."""
    r, n = table.shape
    state, buffer = np.zeros((LINES, r)), np.zeros((2, BLOCK))
    for index in range(len(which)):
        row = which[index]
        begin(row, rows, bounded, state)
        widest = 0.0
        for i in range(r):
            state[PRICE, i] = duals[index, i] * state[UNIT, i]
            if bounded[i]:
                widest = max(widest, 1.0 / state[UNIT, i])
        if len(codes):
            for start in range(0, n, BLOCK):
                stop = min(n, start + BLOCK)
                products(table, start, stop, state[PRICE], buffer[0])
                products(table, start, stop, state[BOUND], buffer[1])
                for j in range(stop - start):
                    size = buffer[1, j] if buffer[1, j] > 0.0 else 1.0
                    above = buffer[0, j] > worst[index] * size
                    if above and codes[reference[start + j]] != codes[row]:
                        worst[index] = buffer[0, j] / size
            continue
        worst[index] = widest * highest(table, n, state[PRICE], buffer)
        if worst[index] > ADD:
            worst[index], _ = largest_by_size(table, n, state[PRICE], state[BOUND], buffer)


def direct_price(
    technology: Technology,
    reference: Positions,
    rows: Positions,
    duals: Array,
    *,
    codes: Codes | None = None,
) -> Array:
    """Price every column of a reference set for each of some rows.

    Parameters
    ----------
    technology, reference
        The frontier, all its rows.
    rows, duals
        Evaluated rows, shape (q,), and the multipliers of their programs, shape (q, r).
    codes
        Shape (n,): the columns with the code of the row are left out.

    Returns
    -------
    violation
        Shape (q,): largest violation of a dual constraint per unit of size.
    """
    worst = np.zeros(len(rows))
    _price(
        np.ascontiguousarray(technology.columns[reference].T),
        technology.columns,
        technology.bounded.astype(np.uint8),
        reference.astype(np.int64),
        np.empty(0, dtype=np.int64) if codes is None else codes.astype(np.int64),
        rows.astype(np.int64),
        np.ascontiguousarray(duals),
        worst,
    )
    return worst
