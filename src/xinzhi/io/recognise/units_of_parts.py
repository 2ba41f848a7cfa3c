"""Columns and units of the parts of a table: compared between the sheets, and told where they differ.

Columns are matched by name; figures in another unit of the same thing are converted, and what cannot
be is told with the sheet that stands against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xinzhi.errors import Where
from xinzhi.io.raw import ReadingFindings, listed
from xinzhi.io.recognise.cells import cell_text, loose
from xinzhi.io.recognise.layout import Header
from xinzhi.io.recognise.parts import AS_SOURCES, SheetPart, Unlike
from xinzhi.io.recognise.sheet_units import ColumnUnit, units_above
from xinzhi.wording import message

BESIDE_UNIT = re.compile(r"[\s()（）\[\]【】_,，、;；:：]+")
COMMON = 0.5
"""Share of the columns of the smaller of two sheets that the other one has, where a column is a key."""


def unlike_columns(parts: Sequence[SheetPart], columns: Sequence[set[str]]) -> Unlike | None:
    """Refuse a sheet that shares too few columns with the others to be a part of their table."""
    # Each row of a sheet of a year is of that year, whatever columns it has.
    for i, mine in enumerate(columns if parts[0].year is None else ()):
        rest: set[str] = set().union(*(c for j, c in enumerate(columns) if j != i))
        if len(mine & rest) < COMMON * min(len(mine), len(rest)) or not mine:
            text = message("sheet {sheet} has other columns than the others", sheet=parts[i].sheet)
            return Unlike(text, parts[i].sheet, AS_SOURCES)
    for name in {name for part in parts for name in part.header.names}:
        marks: dict[str, str] = {}
        for part in parts:
            own = part.name(name)
            if own is not None and (mark := _mark(part.header, own)):
                marks.setdefault(mark, part.sheet)
        if len(marks) > 1:
            (_, first), (mark, sheet) = list(marks.items())[:2]
            text = message(
                "'{column}' is marked '{mark}' in sheet {sheet} but not in sheet {first}",
                column=name,
                mark=mark,
                sheet=sheet,
                first=first,
            )
            return Unlike(text, sheet)
    return None


def _mark(header: Header, name: str) -> str:
    """Tell what a heading says beside its name and its unit, such as 当年价."""
    full, unit = header.full.get(name, name), header.units.get(name, "")
    rest = full.removeprefix(name).replace(unit, "", 1)
    return BESIDE_UNIT.sub("", rest)


def measured(part: SheetPart, entity: str, name: str) -> ColumnUnit:
    """Collect what one sheet knows about the unit of a column."""
    own = part.name(name) or name
    names = [loose(cell_text(cell)) for cell in part.cells(entity) or ()]
    cells = dict(zip(names, part.cells(name) or (), strict=True))
    above = units_above(part.table.rows[: part.header.row - 1])
    return ColumnUnit(part.sheet, cells, part.header.units.get(own), above)


def unlike_units(parts: Sequence[SheetPart], name: str) -> Unlike:
    """Say between which two sheets the unit of a column cannot be told, or is another thing."""
    units = [_unit_words(part, name) for part in parts]
    i = next((i for i, unit in enumerate(units) if unit != units[0]), len(units) - 1)
    # The smaller side stands against the rest.
    same = [part for part, unit in zip(parts, units, strict=True) if unit == units[i]]
    odd = parts[i] if len(same) <= len(parts) / 2 else parts[0]
    nothing = message("no unit")
    text = message(
        "'{column}' is in {unit} in sheet {first} but in {other} in sheet {sheet}, and its figures "
        "do not tell that one is the other",
        column=name,
        unit=units[0] or nothing,
        first=parts[0].sheet,
        other=units[i] or nothing,
        sheet=parts[i].sheet,
    )
    return Unlike(
        text, odd.sheet, message("write the unit into each heading, or convert the figures.")
    )


def _unit_words(part: SheetPart, name: str) -> str:
    own = part.header.units.get(part.name(name) or name)
    return own or "、".join(units_above(part.table.rows[: part.header.row - 1]))


def say_converted(
    parts: Sequence[SheetPart],
    names: Mapping[str, str],
    units: Mapping[str, str],
    by: Mapping[tuple[str, str], float],
    findings: ReadingFindings,
) -> None:
    """Tell which figures were multiplied by what, so that a column has one unit."""
    for folded, unit in units.items():
        changed = {
            part.sheet: f for part in parts if (f := by.get((part.sheet, folded), 1.0)) != 1.0
        }
        for factor in dict.fromkeys(changed.values()):
            sheets = [sheet for sheet, other in changed.items() if other == factor]
            findings.decide(
                "units.converted",
                message(
                    "'{column}' is in {unit}: the figures of sheets {sheets} were multiplied by {factor}.",
                    one="'{column}' is in {unit}: the figures of sheet {sheets} were multiplied by {factor}.",
                    n=len(sheets),
                    column=names[folded],
                    unit=unit,
                    sheets=listed(sheets),
                    factor=f"{factor:.10g}",
                ),
                Where(file=parts[0].table.file, column=names[folded]),
                len(sheets),
            )


def say_absent(
    parts: Sequence[SheetPart], columns: Sequence[str], findings: ReadingFindings
) -> None:
    """Warn of columns that some sheets lack: another heading would make two half-empty ones."""
    for name in columns:
        sheets = [part.sheet for part in parts if part.name(name) is None]
        if sheets:
            findings.warn(
                "excel.column_absent",
                message(
                    "'{column}' is not in sheets {sheets}: it is empty there.",
                    one="'{column}' is not in sheet {sheets}: it is empty there.",
                    n=len(sheets),
                    column=name,
                    sheets=listed(sheets),
                ),
                Where(file=parts[0].table.file, sheet=sheets[0], column=name),
                message("if it has another heading there, write the same one."),
            )
