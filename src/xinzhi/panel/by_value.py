"""Results that are equal where all their values are, also after a copy or another run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pandas as pd


class ByValue:
    """A dataclass whose `==` compares types and values; missing numbers are equal to each other."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # arrays and frames can be changed

    def __eq__(self, other: object) -> bool:
        """Compare field by field."""
        return same(self, other) if type(other) is type(self) else NotImplemented


def same(one: Any, other: Any) -> bool:  # noqa: PLR0911 - one return for each kind of value
    """Whether two values are the same: types, labels and all numbers, to the last digit.

    >>> same({"a": np.array([1.0, np.nan])}, {"a": np.array([1.0, np.nan])}), same([1.0], [1])
    (True, False)
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    match one:
        case pd.DataFrame() | pd.Series() | pd.Index():
            return bool(one.equals(other)) and _labels(one) == _labels(other)
        case np.ndarray():
            return _same_arrays(one, other)
        case float():
            return one == other or (one != one and other != other)  # noqa: PLR0124 - missing numbers
        case str() | bytes():
            return bool(one == other)
        case Mapping():
            return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
        case Sequence():
            return len(one) == len(other) and all(map(same, one, other))
    if is_dataclass(one) and not isinstance(one, type):
        names = [field.name for field in fields(one) if field.compare]
        return all(same(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other)


def _same_arrays(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.dtype.kind == "O":
        return all(map(same, one.ravel().tolist(), other.ravel().tolist()))
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))


def _labels(table: pd.DataFrame | pd.Series | pd.Index) -> list[Any]:
    match table:
        case pd.DataFrame():
            return [*table.index.names, *table.columns.names]
        case pd.Series():
            return [*table.index.names, table.name]
    return [*table.names]
