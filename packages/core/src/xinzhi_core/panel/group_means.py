"""Sums and means of groups of rows, the same to the last digit under every version of pandas.

`groupby(...).sum()` and `.mean()` add one by one with compensation in some versions of pandas and in
pairs in others, there only if the rows are sorted by group. Here they are always added in pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xinzhi_core.lazy import WhenUsed

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer]


def group_sums(values: Array, codes: Codes) -> Array:
    """Add up the rows of each group.

    Parameters
    ----------
    values
        Shape (n,) or (n, k). The sum of a group with a missing value is missing.
    codes
        Group of each row, shape (n,), from 0; each group has a row.

    Returns
    -------
    ndarray
        Shape (groups,) or (groups, k).

    Examples
    --------
    >>> group_sums(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1]))
    array([2., 5.])
    """
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    return np.asarray(np.add.reduceat(values[order], starts, axis=0))


def sum_columns(frame: pd.DataFrame, columns: list[str], *, by: list[str]) -> pd.DataFrame:
    """Add up columns over the rows that share the values of other columns; sorted by those."""
    groups = frame.groupby(by)
    sums = group_sums(frame[columns].to_numpy(np.float64), groups.ngroup().to_numpy())
    return pd.DataFrame(sums, index=groups.size().index, columns=columns)


def group_means(values: Array, codes: Codes) -> Array:
    """Average the rows of each group; shapes as in `group_sums`."""
    sums = group_sums(values, codes)
    counts = np.bincount(codes).astype(np.float64)
    return np.asarray(sums / counts.reshape(-1, *(1,) * (sums.ndim - 1)))


def subtract_group_means(values: Array, groups: pd.Index) -> Array:
    """Subtract from each row the mean of its group.

    Examples
    --------
    >>> subtract_group_means(np.array([1.0, 2.0, 4.0]), pd.Index(["b", "a", "b"]))
    array([-1.5,  0. ,  1.5])
    """
    codes = pd.factorize(groups)[0]
    return np.asarray(values - group_means(values, codes)[codes])
