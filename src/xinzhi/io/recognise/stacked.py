"""Workbooks that hold one table in parts, a sheet for each year, region or city: put below one another.

A sheet that lacks the column of periods is a year by its name or its title (2008, 2008年数据); one that
lacks the column of entities is a place by its name. Only sheets with no key in common are parts of one
table. Columns are matched by name; figures in another unit of the same thing are converted, and what
cannot be is told with the sheet that stands against it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from xinzhi.errors import DataError, Where
from xinzhi.io.options import ReadOptions
from xinzhi.io.raw import Cell, Decision, RawTable, ReadingFindings, listed
from xinzhi.io.recognise.cells import loose
from xinzhi.io.recognise.parts import SheetPart, Unlike, keys_meet, part_of, with_places, with_years
from xinzhi.io.recognise.rows.excluded_rows import merge_text_notices
from xinzhi.io.recognise.sheet_units import (
    converted,
    factors,
    is_convertible,
)
from xinzhi.io.recognise.units_of_parts import (
    measured,
    say_absent,
    say_converted,
    unlike_columns,
    unlike_units,
)
from xinzhi.wording import Message, message

OF_HEADINGS = frozenset(
    {"layout.header", "layout.two_rows", "layout.name_rows", "units.names", "units.row"}
)
"""Decisions about the headings of a sheet."""


def stack_sheets(
    tables: Sequence[RawTable], entity: str, period: str | None, reading: ReadOptions
) -> RawTable | Unlike:
    """Put sheets below one another, or say why they are not parts of one table."""
    findings = ReadingFindings()
    parts: list[SheetPart] = []
    for table in with_places(tables, entity, period):
        try:
            parts.append(part_of(table, entity, period, reading, findings))
        except DataError as error:
            what = error.problems[0].what
            text = message("sheet {sheet} cannot be read ({why})", sheet=table.sheet, why=what)
            return Unlike(text, table.sheet)
    dated = with_years(parts, period, findings)
    if isinstance(dated, Unlike):
        return dated
    if twin := keys_meet(dated, entity, period):
        return twin
    return _stack(dated, entity, period, reading, findings)


def _stack(
    parts: Sequence[SheetPart],
    entity: str,
    period: str | None,
    reading: ReadOptions,
    findings: ReadingFindings,
) -> RawTable | Unlike:
    keys = {loose(key) for key in (entity, period) if key}
    names = {loose(name): name for part in reversed(parts) for name in part.header.names}
    order = dict.fromkeys(loose(name) for part in parts for name in part.header.names)
    if unlike := unlike_columns(parts, [set(map(loose, p.header.names)) - keys for p in parts]):
        return unlike
    years = parts[0].year is not None
    # Figures are compared from year to year: sheets may stand in the order of the latest first.
    by_year = sorted(parts, key=lambda part: part.year or 0) if years else parts
    stated = {loose(name): unit for name, unit in reading.units.items()}
    units: dict[str, str] = {}
    by: dict[tuple[str, str], float] = {}
    for folded in order:
        if folded in keys:
            continue
        name = names[folded]
        having = [part for part in by_year if part.name(name) is not None]
        found = factors([measured(part, entity, name) for part in having], stated.get(folded))
        if found is None:
            return unlike_units(having, name)
        unit, each = found
        if unit:
            units[folded] = unit
        for part, factor in zip(having, each, strict=True):
            if factor != 1.0 and not all(map(is_convertible, part.cells(name) or ())):
                return unlike_units(having, name)
            by[part.sheet, folded] = factor
    say_converted(parts, names, units, by, findings)
    columns = [names[folded] for folded in order]
    say_absent(parts, columns, findings)
    return _table(parts, columns, period, units, by, findings)


def _table(
    parts: Sequence[SheetPart],
    columns: Sequence[str],
    period: str | None,
    units: Mapping[str, str],
    by: Mapping[tuple[str, str], float],
    findings: ReadingFindings,
) -> RawTable:
    tables = [part.table for part in parts]
    are_years = parts[0].year is not None
    heading: list[Cell] = [_heading(parts, name, units.get(loose(name))) for name in columns]
    rows: list[list[Cell]] = []
    places: list[tuple[str, int]] = [(parts[0].sheet, parts[0].header.row)]
    for part in parts:
        nothing: list[Cell] = [None] * len(part.body.rows)
        filled = []
        for name in columns:
            cells, factor = part.cells(name), by.get((part.sheet, loose(name)), 1.0)
            filled.append(nothing if cells is None else [converted(cell, factor) for cell in cells])
        lines = [list(line) for line in zip(*filled, strict=True)]
        rows += [[*line, part.year] for line in lines] if are_years else lines
        places += [(part.sheet, int(row)) for row in part.body.rows]
    if are_years:
        heading.append(period)
    sentence = (
        message(
            "Sheets {names} are years of one table; they were put below one another.",
            names=listed(p.sheet for p in parts),
        )
        if are_years
        else message(
            "Sheets {names} are parts of one table; they were put below one another.",
            names=listed(p.sheet for p in parts),
        )
    )
    findings.decide("excel.stacked", sentence, Where(file=tables[0].file), len(tables))
    # Positions differ between the sheets; names do not.
    shown = {loose(name) for part in parts for name in _percents(part)}
    # What was decided about each sheet is one sentence, that of the first sheet.
    by_code: dict[str, Decision] = {}
    for decision in (decision for table in tables for decision in table.decisions):
        by_code.setdefault(decision.code, decision)
    changed = {loose(name) for (_, name), factor in by.items() if factor != 1.0}
    return replace(
        tables[0],
        rows=[heading, *rows],
        sheet=None,
        first_column=1,
        has_addresses=False,
        places=tuple(places),
        parts=tuple((part.sheet, tuple(part.body.fates.names())) for part in parts),
        merged=(),
        percents=frozenset(i for i, name in enumerate(columns) if loose(name) in shown),
        converted=MappingProxyType({n: units[loose(n)] for n in columns if loose(n) in changed}),
        faults=(),
        decisions=(*by_code.values(), *merge_text_notices(_once(findings.decisions))),
        warnings=(*(w for t in tables for w in t.warnings), *findings.warnings),
    )


def _once(decisions: Sequence[Decision]) -> list[Decision]:
    """Say of the headings of several sheets once what is alike; rows that are left out stay all named."""
    seen: dict[tuple[str, Message, str | None], Decision] = {}
    for decision in decisions:
        sheet = None if decision.code in OF_HEADINGS else decision.where.sheet
        seen.setdefault((decision.code, decision.what, sheet), decision)
    return [*seen.values()]


def _percents(part: SheetPart) -> list[str]:
    pairs = zip(part.header.names, part.header.positions, strict=True)
    return [name for name, position in pairs if position in part.table.percents]


def _heading(parts: Sequence[SheetPart], name: str, unit: str | None) -> str:
    """Heading with its unit, so that it is found again below one another."""
    for part in parts:
        own = part.name(name)
        if own is not None and part.header.units.get(own) == unit and own in part.header.full:
            return part.header.full[own]
    return f"{name}（{unit}）" if unit else name
