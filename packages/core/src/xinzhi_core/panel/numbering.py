"""Entities numbered by their data: whoever calls them otherwise draws the same.

Draw k takes entities by their numbers. Numbers that followed the names would give other draws of the same data
under other names, Chinese for English ones. Entities are compared period by period, value by value:

    key_i = (t_i1, x_i1, t_i2, x_i2, …), x the values of the row, a missing value above all others,

and numbered in the order of their keys. Another unit of a column keeps that order, as does another order of
the rows. Entities with the same key have the same data, so that it does not matter which of them is drawn.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


def number_entities(entity: Codes, period: Codes | Array, values: Array) -> Codes:
    """Give entities the numbers that follow from their data.

    Parameters
    ----------
    entity
        Entity of each row, from 0, shape (n,).
    period
        Shape (n,).
    values
        Shape (n, k).

    Returns
    -------
    numpy.ndarray
        Number of each entity, shape (entities,).

    Examples
    --------
    >>> number_entities(np.array([0, 0, 1, 1]), np.array([1, 2, 2, 1]), np.array([[5.0], [1], [1], [4]])).tolist()
    [1, 0]
    """
    n = int(entity.max(initial=-1)) + 1
    keys: list[list[float]] = [[] for _ in range(n)]
    # Missing as infinite: a number that is not one compares with nothing. -0.0 is 0.0.
    plain = np.where(np.isnan(values), np.inf, values) + 0.0
    rows = np.column_stack([np.asarray(period, dtype=np.float64), plain])
    for place in np.lexsort([*rows.T[::-1], entity]).tolist():
        keys[entity[place]] += rows[place].tolist()
    numbers = np.empty(n, dtype=np.intp)
    numbers[sorted(range(n), key=keys.__getitem__)] = np.arange(n)
    return numbers


def by_name(columns: dict[str, Array]) -> Array:
    """Set columns side by side in the order of their names, whatever the order in which they were asked for."""
    return np.column_stack([columns[name] for name in sorted(columns)])
