"""How results show themselves in a notebook: the head of each of their tables.

Results that are equal where all their values are, also after a copy or another run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from xinzhi_core.lazy import WhenUsed, is_loaded

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = WhenUsed("pandas", "xinzhi-core[frames]")


class ByValue:
    """A dataclass whose `==` compares types and values; missing numbers are equal to each other."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # arrays and frames can be changed

    def __eq__(self, other: object) -> bool:
        """Compare field by field."""
        return same(self, other) if type(other) is type(self) else NotImplemented


def same(first: Any, second: Any) -> bool:  # noqa: PLR0911 - one return for each kind of value
    """Whether two values are the same: types, labels and all numbers, to the last digit.

    >>> same({"a": np.array([1.0, np.nan])}, {"a": np.array([1.0, np.nan])}), same([1.0], [1])
    (True, False)
    """
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    # Nothing is a table before the library of tables is loaded.
    if is_loaded("pandas") and isinstance(first, (pd.DataFrame, pd.Series, pd.Index)):
        return bool(first.equals(second)) and _labels(first) == _labels(second)
    match first:
        case np.ndarray():
            return _same_arrays(first, second)
        case float():
            return first == second or (first != first and second != second)  # noqa: PLR0124 - missing numbers
        case str() | bytes():
            return bool(first == second)
        case Mapping():
            return list(first) == list(second) and all(
                same(first[key], second[key]) for key in first
            )
        case Sequence():
            return len(first) == len(second) and all(map(same, first, second))
    if is_dataclass(first) and not isinstance(first, type):
        names = [field.name for field in fields(first) if field.compare]
        return all(same(getattr(first, name), getattr(second, name)) for name in names)
    return bool(first == second)


def _same_arrays(first: np.ndarray, second: np.ndarray) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.dtype.kind == "O":
        return all(map(same, first.ravel().tolist(), second.ravel().tolist()))
    return bool(np.array_equal(first, second, equal_nan=first.dtype.kind in "fc"))


def _labels(table: pd.DataFrame | pd.Series | pd.Index) -> list[object]:
    match table:
        case pd.DataFrame():
            return [*table.index.names, *table.columns.names]
        case pd.Series():
            return [*table.index.names, table.name]
    return [*table.names]


SHOWN = 20
"""Rows of a table; the middle of a longer one is left out, as pandas does."""


class InNotebook(ByValue):
    """A dataclass that shows its frame, or the frames of its fields."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Write the tables as HTML, why parts have none, and what a reader must know."""
        tables = [
            (f"<p>{escape(name)}</p>" if name else "") + frame.to_html(max_rows=SHOWN)
            for name, frame in _frames(self)
        ]
        reasons = [f"<p>{escape(reason)}</p>" for reason in _reasons(self)]
        return "\n".join([*tables, *reasons]) or f"<pre>{escape(repr(self))}</pre>"


def _reasons(result: Any) -> Iterator[str]:
    """Say why parts of a result are not there, and what a reader must know of the others."""
    for field in fields(result):
        value = getattr(result, field.name)
        yield from (f"{field.name}: {problem}" for problem in getattr(value, "problems", ()))
    yield from (str(problem) for problem in getattr(result, "problems", ()))
    yield from (str(notice.text) for notice in getattr(result, "notices", ()))


def _frames(result: Any) -> Iterator[tuple[str, pd.DataFrame]]:
    if hasattr(result, "to_frame"):
        yield "", result.to_frame()
        return
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, (pd.DataFrame, pd.Series)):
            yield field.name, pd.DataFrame(value)
        elif is_dataclass(value) or hasattr(value, "to_frame"):
            yield from ((name or field.name, frame) for name, frame in _frames(value))
