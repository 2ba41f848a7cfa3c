"""From a frame of numbers to a table, and to what results.json keeps of it.

How a cell is written follows from the name of its column, by the first rule that fits:

    year, period                              a year
    n, n_…, count, draws                      a count
    p, p_…, p_value                           a p-value
    t, z, f, chi2, statistic, …_statistic     a test statistic
    share, share_…                            a percentage
    any other                                 a number, a word where the column holds words
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from xinzhi.present.table import EMPTY, Cell, CellKind, Column, Part, Row, Table
from xinzhi_core.panel.panel import PERIOD
from xinzhi_core.periods import period_name
from xinzhi_core.wording import Label, Message, Wording

KINDS: tuple[tuple[re.Pattern[str], CellKind], ...] = (
    (re.compile("year|period"), "year"),
    (re.compile("n|n_.+|count|draws"), "count"),
    (re.compile("p|p_.+"), "p_value"),
    (re.compile("[tzf]|chi2|(.+_)?statistic"), "statistic"),
    (re.compile("share(_.+)?"), "percent"),
)
"""Names of columns -> how their cells are written; the first that fits the whole name."""
Heading = Wording | tuple[Wording, Wording]
"""Words over a column; or those that it shares with its neighbours, and its own below."""


def kind_of(name: str) -> CellKind:
    """Tell by the name of a column how its cells are written.

    >>> [kind_of(name) for name in ("n", "p_value", "f", "share_between", "estimate")]
    ['count', 'p_value', 'statistic', 'percent', 'number']
    """
    return next((kind for names, kind in KINDS if names.fullmatch(name)), "number")


def table_from(
    frame: pd.DataFrame,
    headings: Mapping[str, Heading],
    *,
    id: str,  # noqa: A002 - the name of the field it fills
    title: Wording,
    stub: Wording = "",
    labels: Mapping[str, Wording] = MappingProxyType({}),
    kinds: Mapping[str, CellKind] = MappingProxyType({}),
    decimals: Mapping[str, int] = MappingProxyType({}),
    notes: Sequence[Wording] = (),
    reading: Sequence[Wording] = (),
    machine: Mapping[str, object] | None = None,
    part: Part = "appendix",
) -> Table:
    """Set a frame as a table: a row for each of its rows, a column for each heading.

    Parameters
    ----------
    frame
        Numbers and words, indexed by what names a row; a missing number is an empty cell.
    headings
        Columns that are shown, in this order, with the words over them.
    id, title, stub
        Of the table; `stub` is over the names of the rows.
    labels
        Words for the names of rows; the others are written as they are.
    kinds
        How cells are written where the name of their column does not tell it.
    decimals
        Digits after the point where they are not those of the report.
    notes, reading, part
        Of the table.
    machine
        What results.json keeps; `rows`, all columns of the frame with its index, where left out.

    Raises
    ------
    KeyError
        A heading names no column of the frame.
    """
    columns = tuple(
        Column(name, words[1], words[0]) if isinstance(words, tuple) else Column(name, words)
        for name, words in headings.items()
    )
    written = {name: (kinds.get(name, kind_of(name)), decimals.get(name)) for name in headings}
    named = ((name_of_key(key, frame.index.name), row) for key, row in frame.iterrows())
    rows = tuple(
        Row(
            labels.get(name, name),
            tuple(_cell(row[column], *how) for column, how in written.items()),
            key=name,
        )
        for name, row in named
    )
    kept = {"rows": rows_of(frame)} if machine is None else machine
    return Table(
        id, title, columns, rows, stub, tuple(notes), tuple(reading), machine=kept, part=part
    )


def name_of_key(key: object, level: object) -> str:
    """Name a row by its key; a quarter, in a level of periods, by its name."""
    return period_name(key) if level == PERIOD else str(key)


def _cell(value: object, kind: CellKind, decimals: int | None) -> Cell:
    if isinstance(value, (Label, Message)):
        return Cell(value, "text")
    plain = _value(value)
    if isinstance(plain, str):
        return Cell(plain, "text")
    return EMPTY if plain is None and kind == "text" else Cell(plain, kind, decimals=decimals)


def _value(value: object) -> float | int | str | None:
    """Give a number or a word; nothing for a missing one."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, np.generic):
        return _value(value.item())
    return value if isinstance(value, (int, float, str)) else str(value)


def rows_of(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Give the rows of a frame one by one with the levels of its index, missing numbers as nothing.

    >>> frame = pd.DataFrame({"b": [1.5, float("nan")]}, index=pd.Index(["x", "y"], name="of"))
    >>> rows_of(frame)
    [{'of': 'x', 'b': 1.5}, {'of': 'y', 'b': None}]
    """
    plain = frame.reset_index().astype(object)
    return [
        {str(name): _value(value) for name, value in zip(plain.columns, row, strict=True)}
        for row in plain.to_numpy()
    ]


def records(frame: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Give the rows of a frame by their names, missing numbers as nothing."""
    return {
        name_of_key(key, frame.index.name): {
            str(name): _value(value) for name, value in row.items()
        }
        for key, row in frame.astype(object).iterrows()
    }


def nested(frame: pd.DataFrame) -> dict[str, dict[str, dict[str, object]]]:
    """Give the rows of a frame with two keys, the second inside the first."""
    outer: dict[str, dict[str, dict[str, object]]] = {}
    for key, row in zip(frame.index, frame.astype(object).to_numpy(), strict=True):
        outer.setdefault(name_of_key(key[0], frame.index.names[0]), {})[str(key[1])] = {
            str(name): _value(value) for name, value in zip(frame.columns, row, strict=True)
        }
    return outer
