"""Units in cells beside units in headings: one column is in one unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from xinzhi.errors import NotNumeric, Where
from xinzhi.io.cells import cell_text, loose
from xinzhi.io.columns import Typed
from xinzhi.io.findings import ERRORS_PER_COLUMN, Findings
from xinzhi.io.layout import Header
from xinzhi.io.raw import Cell, RawTable
from xinzhi.wording import Message, message

SCALE = re.compile(r"[十百千万萬亿億]*")
MEND = message("write all numbers of the column in one unit.")


def say_units(
    name: str,
    cells: Sequence[Cell],
    typed: Typed,
    rows: npt.NDArray[np.int64],
    table: RawTable,
    found: Findings,
    heading: str | None,
) -> None:
    """Say which unit stood in the cells; refuse a column in several, or in another than its heading."""
    if typed.kind != "number" or not typed.units:
        return
    stated = {unit: at for unit, at in typed.units.items() if unit}
    if not stated:
        return
    unit, at = next(iter(stated.items()))
    if len(stated) == 1 and heading and _contradicts(unit, heading):
        what = message(
            "'{cell}' is in {unit}, the heading of column '{name}' says {heading}.",
            unit=unit,
            name=name,
            heading=heading,
        )
        _refuse(what, name, cells, rows[at], at, table, found)
        return
    has_bare = None in typed.units or any(isinstance(cell, (int, float)) for cell in cells)
    if len(stated) == 1 and (not has_bare or (heading and same_unit(unit, heading))):
        found.decide(
            "units.cells",
            message("The unit {unit} was read from the cells of '{name}'.", unit=unit, name=name),
            Where(file=table.file, sheet=table.sheet, column=name),
            len(at),
        )
        return
    rarest = min(stated.values(), key=len)
    what = message("'{cell}': the cells of column '{name}' are not all in one unit.", name=name)
    _refuse(what, name, cells, rows[rarest], rarest, table, found)


def _refuse(
    what: Message,
    name: str,
    cells: Sequence[Cell],
    rows: npt.NDArray[np.int64],
    at: Sequence[int],
    table: RawTable,
    found: Findings,
) -> None:
    for row, i in list(zip(rows.tolist(), at, strict=True))[:ERRORS_PER_COLUMN]:
        said = message(what.template, **{**what.values, "cell": cell_text(cells[i])})
        found.error("number.mixed_units", said, table.where(row, None, name), MEND, NotNumeric)


def same_unit(unit: str, heading: str) -> bool:
    """Whether a unit in cells is that of the heading, or its beginning.

    >>> same_unit("亿", "亿元"), same_unit("％", "%"), same_unit("万元", "亿元")
    (True, True, False)
    """
    return loose(heading).startswith(loose(unit))


def _contradicts(unit: str, heading: str) -> bool:
    """Whether a unit in cells is of another scale than the heading: percents, or 万 for 亿."""
    if same_unit(unit, heading):
        return False
    a, b = loose(unit), loose(heading)
    if ("%" in a) != ("%" in b):
        return True
    scales = [SCALE.match(text) for text in (a, b)]
    stems = [text[len(s.group()) :] for text, s in zip((a, b), scales, strict=True) if s]
    return stems[0] in {stems[1], ""} and a != b


def warn_percents(
    table: RawTable,
    header: Header,
    headed: Mapping[str, str],
    units: Mapping[str, str],
    found: Findings,
) -> None:
    """Warn of columns whose cells a workbook shows as percents, where no heading says so."""
    for name, position in zip(header.names, header.positions, strict=True):
        if position in table.percents and units.get(name) == "%" and name not in headed:
            found.warn(
                "excel.percent_heading",
                message(
                    "The cells of column '{name}' are formatted as percents, its heading names no unit: "
                    "0.385 shown as 38.5 % was read as 38.5.",
                    name=name,
                ),
                table.where(header.row, position, name),
                message("write (%) behind the heading, or format the cells as plain numbers."),
            )
