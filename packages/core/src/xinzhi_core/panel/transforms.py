"""Logarithms, lags and differences: the one place where each is taken.

Steps of preparation, expressions, the variables of a study, lagged moderators and tests of serial
correlation all call these functions, so that the same word gives the same number everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from xinzhi_core.lazy import WhenUsed

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DefinedLogarithm:
    """A logarithm and where it is defined."""

    of: Callable[[Any], Any]
    lowest: float
    """Values must lie above; a missing value stays missing."""


LOGARITHMS: Mapping[str, DefinedLogarithm] = MappingProxyType(
    {"ln": DefinedLogarithm(np.log, 0.0), "ln1p": DefinedLogarithm(np.log1p, -1.0)}
)
"""ln x of x > 0, and ln(1 + x) of x > -1."""


def lag(index: pd.Index, values: Floats, by: int) -> Floats:
    """Take the value of the same entity `by` periods before: y_it = x_i,t-k.

    A lag goes by the number of the period and never by the row above: where the entity has no row
    in that period, the lag is missing.

    Parameters
    ----------
    index
        (entity, period) of each row, unique, in any order; periods are whole numbers.
    values
        One number per row, (n,).
    by
        Periods before; after, if negative.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("a", 4)])
    >>> lag(index, np.array([1.0, 2.0, 4.0]), 1)
    array([nan,  1., nan])
    """
    result = np.full(len(values), np.nan)
    if not len(values):
        return result
    period = index.get_level_values(1).to_numpy(dtype=np.int64)
    span = int(period.max() - period.min()) + 1
    # One whole number per (entity, period). The factor 3 keeps shifts within one entity: a lag of
    # less than `span` periods cannot reach the numbers of the next one.
    codes = np.asarray(index.codes[0], dtype=np.int64)  # type: ignore[attr-defined]
    key = codes * (3 * span) + (period - period.min())
    order = np.argsort(key, kind="stable")
    # A lag beyond the span finds nothing, though its key may meet that of another entity.
    wanted = key - by
    places = np.clip(np.searchsorted(key[order], wanted), 0, len(key) - 1)
    hit = (key[order][places] == wanted) & (abs(by) < span)
    result[hit] = values[order[places[hit]]]
    return result


def difference(index: pd.Index, values: Floats, by: int) -> Floats:
    """Take the change over `by` periods: y_it = x_it - x_i,t-k.

    >>> index = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("a", 4)])
    >>> difference(index, np.array([1.0, 2.5, 4.0]), 1)
    array([nan, 1.5, nan])
    """
    return values - lag(index, values, by)
