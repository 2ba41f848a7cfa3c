"""Groups of rows: fixed effects and clusters."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Each row belongs to one level; every level has a row."""

    name: str
    codes: Codes
    """Level of each row, shape (n,), from 0."""
    n_levels: int
    counts: Array = field(init=False, repr=False)
    """Rows a level, shape (n_levels,)."""

    def __post_init__(self) -> None:
        counts = np.bincount(self.codes, minlength=self.n_levels).astype(np.float64)
        object.__setattr__(self, "counts", counts)

    def sums(self, columns: Array) -> Array:
        """Sum the columns (n, m) over the rows of each level, shape (n_levels, m)."""
        summed = np.empty((self.n_levels, columns.shape[1]))
        for j in range(columns.shape[1]):
            summed[:, j] = np.bincount(self.codes, columns[:, j], self.n_levels)
        return summed

    def means(self, columns: Array) -> Array:
        """Mean of the columns (n, m) over the rows of each level, shape (n_levels, m)."""
        return np.asarray(self.sums(columns) / self.counts[:, None])

    def keep(self, rows: npt.NDArray[np.bool_]) -> Grouping:
        """Keep some rows, and the levels that still have a row."""
        return self if rows.all() else group_codes(self.name, self.codes[rows])

    def crossed_codes(self, other: Grouping) -> Codes:
        """Give the pair of levels of each row a number, shape (n,); not every number need occur."""
        return self.codes * other.n_levels + other.codes

    def is_balanced_with(self, other: Grouping) -> bool:
        """Whether each pair of levels has exactly one row."""
        cells = self.n_levels * other.n_levels
        if len(self.codes) != cells:
            return False
        return bool(np.bincount(self.crossed_codes(other), minlength=cells).max() == 1)

    def is_nested_in(self, other: Grouping) -> bool:
        """Whether all rows of each level share one level of the other grouping.

        >>> city, province = grouping("city", [0, 0, 1, 2]), grouping("province", [5, 5, 5, 7])
        >>> city.is_nested_in(province), province.is_nested_in(city)
        (True, False)
        """
        # The last row of a level decides its parent; it is nested if all other rows agree.
        parent = np.empty(self.n_levels, dtype=np.intp)
        parent[self.codes] = other.codes
        return bool(np.array_equal(parent[self.codes], other.codes))


def grouping(name: str, values: object) -> Grouping:
    """Group rows by value; levels are numbered in the order of their first row."""
    codes, levels = pd.factorize(pd.Series(values))
    return Grouping(name, codes.astype(np.intp), len(levels))


def group_codes(name: str, codes: Codes) -> Grouping:
    """Group rows by codes from 0, of which some may not occur."""
    occurs = np.bincount(codes) > 0
    if occurs.all():
        return Grouping(name, codes, len(occurs))
    return Grouping(name, (np.cumsum(occurs) - 1)[codes], int(occurs.sum()))


def cross(first: Grouping, second: Grouping) -> Grouping:
    """Cross two groupings: one level for each pair that has a row."""
    return grouping(f"{first.name}#{second.name}", first.crossed_codes(second))
