"""What is proved about optima found over extreme rows: bounds by membership, and direct prices."""

from __future__ import annotations

from ctypes import byref

import numpy as np

from xinzhi.frontier.kernel import library
from xinzhi.frontier.kernel.extremes import Extremes
from xinzhi.frontier.kernel.library import Ids, call, place
from xinzhi.frontier.kernel.programs import Optima, Supports
from xinzhi.frontier.program import Program, unknown_columns
from xinzhi.frontier.result import Array
from xinzhi.frontier.technology import Positions, Technology

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
    codes: Ids | None = None,
) -> Array:
    """Bound the violation of dual constraints over all rows of a reference set.

    A row that is not extreme is G_j = Σ λ G_w + s + ε_j with s >= 0 on what is disposable and
    |ε_j| <= residual · |G_j|. With u·G_w <= e · size_w and u_i <= e on disposal,
    u·G_j <= e · size_j + Σ |u_i| |ε_ji| / d_i, and per unit of size_j >= 1 / max d the last term
    is at most residual · LOST, LOST = Σ |u_i| · max(1, max_j |G_ji| max d / d_i). A multiplier that
    charges for disposal, by which the other rows follow, counts as violation (CHARGED).

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
    worst = float(supports.residual.max(initial=0.0))
    lost = optima.found[library.LOST]
    bound = optima.dual + worst * lost
    steep = np.flatnonzero(bound > GOOD)
    if len(steep):
        coarse = extremes.reference[supports.residual > FINE]
        priced = direct_price(extremes, coarse, rows[steep], optima.duals[steep], codes=codes)
        bound[steep] = np.maximum(priced, optima.dual[steep] + FINE * lost[steep])
    return np.asarray(bound + optima.found[library.CHARGED])


def direct_price(
    extremes: Extremes,
    columns: Positions,
    rows: Positions,
    duals: Array,
    *,
    codes: Ids | None = None,
) -> Array:
    """Price columns directly for each of some rows.

    Parameters
    ----------
    extremes
        The frontier.
    columns
        Rows of the reference set to be priced.
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
    reference, evaluated = (part.astype(np.int64, copy=False) for part in (columns, rows))
    duals = np.ascontiguousarray(duals)
    call(
        "kernel_price", extremes.technology.r, byref(extremes.native), place(reference, np.int64),
        len(reference), place(codes, np.int64), place(evaluated, np.int64), len(evaluated),
        place(duals, np.float64), place(worst, np.float64),
    )  # fmt: skip
    return worst


def bound_of(optima: Optima, dual: Array) -> Array:
    """Return what each score may be wrong by, given the dual violation over all columns."""
    # A residual moves the value by as much as its multiplier, at most Σ |u| times the largest.
    steepness = np.maximum(1.0, optima.found[library.STEEPNESS])
    return np.asarray(np.maximum(np.maximum(optima.primal * steepness, optima.gap), dual))


def unproved(extremes: Extremes, proofs: Optima) -> Positions:
    """Return the rows that are not extreme and not proved to follow from extreme ones."""
    is_open = (proofs.status == library.INFEASIBLE) | (proofs.status == library.UNSOLVED)
    rows = extremes.reference[is_open]
    return np.asarray(rows[~np.isin(rows, extremes.rows)]) if len(rows) else rows


def moved_by_residuals(
    technology: Technology, program: Program, rows: Positions, optima: Optima
) -> Array:
    """Return by how much residuals move each value: |u_i| of each constraint times its own, (q,)."""
    d = technology.own_values(rows)
    residual = -(technology.right(rows) / d if program.right is None else program.right)
    e = optima.e
    for ids, x in zip(optima.basis.T, optima.basic.T, strict=True):
        column = technology.columns[np.maximum(ids - e, 0)] / d
        for row in np.flatnonzero(ids < e).tolist():
            # One program may serve all rows; its columns are read from the only line.
            own = program.own[min(row, len(program.own) - 1)]
            column[row] = unknown_columns(own)[:, ids[row]]
        residual = residual + column * x[:, None]
    return np.asarray((np.abs(optima.duals) * np.abs(residual)).sum(axis=1))
