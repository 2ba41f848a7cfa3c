"""Wide tables: years across the columns are turned into rows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from xinzhi.io.body import Body
from xinzhi.io.findings import Findings
from xinzhi.io.layout import Header, loose
from xinzhi.io.options import Reading
from xinzhi.io.raw import Cell, RawTable
from xinzhi.io.years import looks_like_year
from xinzhi.wording import message

DEFAULT_VALUE = "value"


def is_wide(header: Header, period: str) -> bool:
    """Whether there is no column of periods but there are columns that are called by years."""
    names = {loose(name) for name in header.names}
    return loose(period) not in names and sum(map(looks_like_year, header.names)) >= 2


def unpivot(
    table: RawTable, header: Header, body: Body, period: str, reading: Reading, found: Findings
) -> Body:
    """Turn columns called by years into rows; the column of values has the stated name."""
    years = [name for name in header.names if looks_like_year(name)]
    value = reading.value or table.sheet or DEFAULT_VALUE
    if reading.value is None:
        found.warn(
            "layout.wide",
            message(
                "Years stand across {n} columns; they were turned into rows, the values are "
                "called '{name}'.",
                n=len(years),
                name=value,
            ),
            table.where(header.row),
            message("state the name of the values (`value`)."),
        )
    n = len(years)
    columns: dict[str, Sequence[Cell]] = {
        name: [cell for cell in cells for _ in range(n)]
        for name, cells in body.columns.items()
        if name not in years
    }
    columns[period] = years * len(body.rows)
    columns[value] = list(chain.from_iterable(zip(*(body.columns[y] for y in years), strict=True)))
    return Body(columns, np.repeat(body.rows, n))
