"""Tables as people have them: a panel, or a frame of pandas, polars, pyarrow or duckdb.

Every library that offers its tables through the Arrow interface for Python (a method
`__arrow_c_stream__`) is understood without being imported.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, runtime_checkable

import pandas as pd

from xinzhi.errors import DataError, Problem, SpecError, Where
from xinzhi.panel.panel import Panel
from xinzhi.wording import Wording, message


@runtime_checkable
class Table(Protocol):
    """A table that offers itself by the Arrow PyCapsule interface, as polars, pyarrow and duckdb do."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


def table_of(data: Any) -> Panel | pd.DataFrame:
    """Take a panel or a frame of pandas as it is, and read any other table through Arrow.

    Raises
    ------
    SpecError
        The data are no table, with the remedy.
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
        raise DataError(
            Problem(
                "panel.column_levels",
                message(
                    "The columns of the frame have {n} levels of names.", n=data.columns.nlevels
                ),
                remedy=message(
                    "join them to one: frame.columns = ['_'.join(c) for c in frame.columns]."
                ),
            )
        )
    if not data.columns.is_unique:
        twice = data.columns[data.columns.duplicated()].unique()
        raise DataError(
            Problem(
                "panel.column_twice",
                message("Two columns of the frame are called '{name}'.", name=name),
                Where(column=str(name)),
                message("rename one, or leave it out."),
            )
            for name in twice
        )
    return data


def _from_arrow(data: Any) -> pd.DataFrame:
    if not isinstance(data, Table) or isinstance(data, pd.Series):
        raise SpecError(
            Problem(
                "panel.not_a_table",
                message(
                    "The data are of type {kind}, which is no table.", kind=type(data).__name__
                ),
                Where(key="data"),
                _remedy(data),
            )
        )
    pa = import_module("pyarrow")
    table = pa.table(data)
    # Decimals are numbers; pandas would hold them as objects.
    fields = [
        field.with_type(pa.float64()) if pa.types.is_decimal(field.type) else field
        for field in table.schema
    ]
    frame: pd.DataFrame = table.cast(pa.schema(fields)).to_pandas(date_as_object=False)
    return frame


def _remedy(data: Any) -> Wording:
    if isinstance(data, str) or hasattr(data, "__fspath__"):
        return message("read the file first: xz.read(path, entity=…, period=…).")
    if isinstance(data, dict):
        return message("make a table of it: pandas.DataFrame(data).")
    if isinstance(data, pd.Series):
        return message("give the frame with all its columns: inputs, outputs and keys.")
    return message("give a panel, or a frame of pandas, polars, pyarrow or duckdb.")
