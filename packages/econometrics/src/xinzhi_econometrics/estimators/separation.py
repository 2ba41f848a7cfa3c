"""Separation: shares of 0 and 1 that columns tell apart, so that a logit has no maximum.

The quasi-likelihood Σ y log Λ(x'b) + (1 - y) log(1 - Λ(x'b)) has a maximum if and only if no direction d
satisfies

    x'd >= 0 where y = 1,   x'd <= 0 where y = 0,   x'd = 0 where 0 < y < 1,

and x'd ≠ 0 in some row: along such a direction it rises without end (complete separation where all rows are told
apart, quasi-separation where some are). A linear program finds the direction that tells most rows apart.

References
----------
Albert, A. and Anderson, J. A. (1984), doi:10.1093/biomet/71.1.1; Santos Silva, J. M. C. and Tenreyro, S. (2010),
doi:10.1016/j.econlet.2010.02.020; Correia, S., Guimaraes, P. and Zylkin, T. (2019), arXiv:1903.01633.
"""

from __future__ import annotations

import numpy as np
import scipy

from xinzhi_econometrics.least_squares import Array

ROUNDING = 1e-9
"""Values of x'd, relative to columns of size 1, that are rounding."""


def separating_direction(outcome: Array, design: Array) -> Array | None:
    """Find a direction along which the likelihood rises without end; None where there is a maximum.

    Parameters
    ----------
    outcome
        Shares from 0 to 1, shape (n,).
    design
        Columns of full rank, shape (n, k).

    Returns
    -------
    Weights of the columns, of which the largest is 1 on columns of one size.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0]])
    >>> bool(separating_direction(np.array([0.0, 0.0, 1.0, 1.0]), x)[1] > 0)
    True
    >>> separating_direction(np.array([0.0, 1.0, 0.0, 1.0]), x) is None
    True
    """
    at_end = (outcome == 0.0) | (outcome == 1.0)
    if not at_end.any():
        return None
    scale = np.sqrt(np.mean(design**2, axis=0))
    x = design / np.where(scale > 0.0, scale, 1.0)
    free = _null_space(x[~at_end], x.shape[1])
    if free.shape[1] == 0:
        return None
    sign = np.where(outcome[at_end] == 1.0, 1.0, -1.0)
    told = sign[:, None] * (x[at_end] @ free)
    # max Σ z, z = s x'd, 0 <= z <= 1: where a direction exists it can be stretched until some z is 1.
    answer = scipy.optimize.linprog(
        -told.sum(axis=0),
        A_ub=np.vstack([-told, told]),
        b_ub=np.concatenate([np.zeros(len(told)), np.ones(len(told))]),
        bounds=(None, None),
        method="highs",
    )
    if answer.x is None or told.shape[0] == 0:
        return None
    z = told @ answer.x
    if not (z.max() > 0.5 and z.min() >= -ROUNDING):
        return None
    direction = free @ answer.x
    direction[np.abs(direction) <= ROUNDING * np.abs(direction).max()] = 0.0
    return np.asarray(direction / np.abs(direction).max())


def _null_space(rows: Array, k: int) -> Array:
    """Span the directions along which these rows do not change, shape (k, r)."""
    if len(rows) == 0:
        return np.eye(k)
    _, singular, right = np.linalg.svd(rows, full_matrices=True)
    rank = int(np.sum(singular > ROUNDING * singular[0])) if singular[0] > 0.0 else 0
    return np.asarray(right[rank:].T)


def columns_that_separate(outcome: Array, design: Array, owners: tuple[str, ...]) -> list[str]:
    """Name what separates: what no direction can do without, else all that takes part in one.

    Parameters
    ----------
    owners
        What each column belongs to: a regressor and its mean have one name, so have all dummies of an effect;
        empty for the constant.

    Returns
    -------
    Names in the order of the columns; none where there is a maximum.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 0.0, 1.0]])
    >>> columns_that_separate(np.array([0.0, 0.0, 1.0, 1.0]), x, ("", "a", "b"))
    ['a']
    """
    direction = separating_direction(outcome, design)
    if direction is None:
        return []
    taking_part = [owner for owner, d in zip(owners, direction, strict=True) if owner and d != 0.0]
    names = list(dict.fromkeys(taking_part))
    needed = [
        name
        for name in names
        if separating_direction(outcome, design[:, [owner != name for owner in owners]]) is None
    ]
    return needed or names
