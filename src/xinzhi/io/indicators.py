"""Long tables with the names of indicators in a column: each indicator becomes a column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xinzhi.io.body import Body
from xinzhi.io.cells import cell_text, loose
from xinzhi.io.findings import Findings
from xinzhi.io.raw import Cell, RawTable
from xinzhi.problems import DUPLICATE_KEY
from xinzhi.wording import message

NAMES = frozenset(
    {
        *("指标", "指标名称", "指标名", "项目", "变量", "变量名", "变量名称"),
        *("indicator", "indicatorname", "series", "seriesname", "variable", "variablename"),
    }
)
VALUES = frozenset({"数值", "值", "取值", "数据", "value", "values", "obs_value", "data"})


def has_indicators(body: Body, keys: Sequence[str], value: str | None) -> bool:
    """Whether one column names indicators, one holds values, and keys repeat."""
    return _indicator(body) is not None and _value(body, value) is not None and _repeats(body, keys)


def _indicator(body: Body) -> str | None:
    found = [name for name in body.columns if loose(name) in NAMES]
    return found[0] if len(found) == 1 else None


def _value(body: Body, value: str | None) -> str | None:
    found = [name for name in body.columns if loose(name) in VALUES or name == value]
    return found[0] if len(found) == 1 else None


def _repeats(body: Body, keys: Sequence[str]) -> bool:
    rows = list(zip(*(map(cell_text, body.columns[key]) for key in keys), strict=True))
    return len(set(rows)) < len(rows)


def spread(
    table: RawTable, body: Body, keys: Sequence[str], value: str | None, found: Findings
) -> Body:
    """Turn indicators into columns; a combination that stands twice is an error.

    Columns that are the same in all rows of a key are kept, others (codes, units) are left out.
    """
    indicator, values = _indicator(body) or "", _value(body, value) or ""
    places: dict[tuple[str, ...], int] = {}
    at = [
        places.setdefault(key, len(places))
        for key in zip(*(map(cell_text, body.columns[k]) for k in keys), strict=True)
    ]
    first = {place: i for i, place in reversed(list(enumerate(at)))}
    order = [first[place] for place in range(len(places))]
    columns: dict[str, Sequence[Cell]] = {
        name: [cells[i] for i in order]
        for name, cells in body.columns.items()
        if name in keys or (name not in {indicator, values} and _constant(cells, at, order))
    }
    seen: set[tuple[int, str]] = set()
    names = [cell_text(cell) for cell in body.columns[indicator]]
    spread_out: dict[str, list[Cell]] = {name: [None] * len(order) for name in dict.fromkeys(names)}
    for i, (place, name) in enumerate(zip(at, names, strict=True)):
        if (place, name) in seen:
            found.error(
                DUPLICATE_KEY,
                message("The indicator '{name}' stands twice for one key.", name=name),
                table.where(int(body.rows[i]), None, indicator),
                message("keep one row for each key and indicator."),
            )
        seen.add((place, name))
        spread_out[name][place] = body.columns[values][i]
    found.decide(
        "layout.indicators",
        message("Indicators named in column '{name}' were turned into columns.", name=indicator),
        table.where(int(body.rows[0]), None, indicator),
        len(spread_out),
    )
    return Body({**columns, **spread_out}, body.rows[np.array(order, dtype=np.int64)])


def _constant(cells: Sequence[Cell], at: list[int], order: list[int]) -> bool:
    return all(cells[i] == cells[order[place]] for i, place in enumerate(at))
