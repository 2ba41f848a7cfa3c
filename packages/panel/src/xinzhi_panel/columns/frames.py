"""Tables as people have them: a panel, or a frame of pandas, polars, pyarrow or duckdb.

Every library that offers its tables through the Arrow interface for Python (a method
`__arrow_c_stream__`) is understood without being imported.
"""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi_core.errors import DataError, Problem, SpecError, Where
from xinzhi_core.panel.panel import Panel
from xinzhi_core.wording import Wording, message

NUMBERS = (int, float, Decimal, np.integer, np.floating)
"""Types of single numbers."""
LARGEST = 2**63
"""Whole numbers below are kept to the last digit."""


@runtime_checkable
class ArrowTable(Protocol):
    """A table that offers itself by the Arrow PyCapsule interface, as polars, pyarrow and duckdb do."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def table_of(data: object) -> Panel | pd.DataFrame:
    """Take a panel or a frame of pandas as it is, and read any other table through Arrow.

    Raises
    ------
    SpecError
        The data are not a table, with the remedy.
    DataError
        Columns have several levels of names, or two have the same name.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table_of(pa.table({"city": ["a", "b"], "gdp": [1.0, 2.0]}))["gdp"].tolist()
    [1.0, 2.0]
    """
    if isinstance(data, Panel):
        return data
    if not isinstance(data, pd.DataFrame):
        return table_of(_from_arrow(data))
    if data.columns.nlevels > 1:
        raise DataError.of(
            message("The columns of the frame have {n} levels of names.", n=data.columns.nlevels),
            remedy=message(
                "join them to one: frame.columns = ['_'.join(c) for c in frame.columns]."
            ),
            code="panel.column_levels",
        )
    names = [*map(str, data.columns)]
    if len(set(names)) < len(names):
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        raise DataError(
            Problem(
                "panel.column_twice",
                message("Two columns of the frame are called '{name}'.", name=name),
                Where(column=name),
                message("rename one, or leave it out."),
            )
            for name in twice
        )
    return data


def with_plain_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Name columns by text; numbers of any type become those of numpy.

    Numbers that may be empty, of pandas or of Arrow, decimals as databases give them, scalars of numpy or
    Python in columns of objects, and categories that are numbers; text stays text, whatever it looks like.

    >>> frame = pd.DataFrame({2008: pd.Series([1, None], dtype="Int64"), "city": ["a", "b"]})
    >>> plain = with_plain_columns(frame)
    >>> plain["2008"].tolist(), plain["city"].tolist()
    ([1.0, nan], ['a', 'b'])
    """
    if not all(isinstance(name, str) for name in frame.columns):
        frame = frame.set_axis([*map(str, frame.columns)], axis="columns")
    plain = {
        str(name): numbers
        for name, kind in zip(frame.columns, frame.dtypes, strict=True)
        if not _is_plain(kind) and (numbers := _numbers(frame[name])) is not None
    }
    return frame.assign(**plain) if plain else frame


def _numbers(column: pd.Series) -> npt.NDArray[Any] | None:
    """Give the numbers of a column whose type is not one of numpy's; None where it holds anything else."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = pd.Series(column.cat.categories)
        is_number = categories.dtype.kind in "iuf" or _numbers(categories) is not None
        return numbers_of_objects(column.astype(object)) if is_number else None
    if column.dtype == object:
        return numbers_of_objects(column)
    return _plain(column) if _is_masked(column) else None


def numbers_of_objects(column: pd.Series) -> npt.NDArray[Any] | None:
    """Read objects as numbers, each to the nearest float; None where one of them is not a number."""
    filled = column[column.notna()]
    if not len(filled) or not all(isinstance(value, NUMBERS) for value in filled):
        return None
    # True and False are numbers for Python, and marks for everybody else.
    if any(isinstance(value, (bool, np.bool_)) for value in filled):
        return None
    is_whole = len(filled) == len(column) and all(
        isinstance(value, (int, np.integer)) and abs(int(value)) < LARGEST for value in filled
    )
    if is_whole:
        return np.array([int(value) for value in filled], dtype=np.int64)
    out = np.full(len(column), np.nan)
    out[column.notna().to_numpy()] = [float(value) for value in filled]
    return out


def _is_plain(kind: object) -> bool:
    """Whether a column of this type is taken as it is: numbers of numpy, and text."""
    return isinstance(kind, pd.StringDtype) or (isinstance(kind, np.dtype) and kind.kind != "O")


def _is_masked(column: pd.Series) -> bool:
    """Whether a type marks empty cells beside its numbers."""
    kind = column.dtype
    is_numpy = isinstance(kind, (np.dtype, pd.CategoricalDtype, pd.SparseDtype))
    return not is_numpy and pd.api.types.is_numeric_dtype(kind)


def _plain(column: pd.Series) -> npt.NDArray[Any]:
    kind = column.dtype.kind
    # Whole numbers stay whole where no cell is empty, so that years remain years.
    has_floats = bool(column.isna().any()) or kind not in "iub"
    return column.to_numpy(
        dtype=np.float64 if has_floats else {"b": bool}.get(kind, np.int64), na_value=np.nan
    )


def _from_arrow(data: Any) -> pd.DataFrame:
    # A Series offers the interface too, but it is one column without its keys.
    if not isinstance(data, ArrowTable) or isinstance(data, pd.Series):
        raise SpecError.of(
            message("The data are of type {kind}, which is not a table.", kind=type(data).__name__),
            Where(key="data"),
            _remedy(data),
            code="panel.not_a_table",
        )
    pa = import_module("pyarrow")
    table = pa.table(data)
    # Through text: the direct cast of a decimal multiplies by a power of ten, and misses the nearest float.
    schema = table.schema
    for number in (pa.string(), pa.float64()):
        fields = [field.with_type(_stored(field.type, pa.types, number)) for field in schema]
        table = table.cast(pa.schema(fields))
    # Dates by their type and not as objects: what a period is, is told by the type of its column.
    frame: pd.DataFrame = table.to_pandas(date_as_object=False)
    return frame


def _stored(kind: Any, types: Any, number: Any) -> Any:
    """Choose the type that pandas gets: decimals, and numbers that are held by their places in a list, are numbers."""
    if types.is_dictionary(kind) and not types.is_string(kind.value_type):
        return _stored(kind.value_type, types, number)
    return number if types.is_decimal(kind) else kind


def _remedy(data: object) -> Wording:
    if isinstance(data, str) or hasattr(data, "__fspath__"):
        return message("read the file first: xz.read(path, entity=…, period=…).")
    if isinstance(data, dict):
        return message("make a table of it: pandas.DataFrame(data).")
    if isinstance(data, pd.Series):
        return message("give the frame with all its columns: inputs, outputs and keys.")
    return message("give a panel, or a frame of pandas, polars, pyarrow or duckdb.")
