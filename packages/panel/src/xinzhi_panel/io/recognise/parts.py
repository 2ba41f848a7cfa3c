"""Parts of a table that stand in a sheet each: what is in them, of which year or place, with which keys.

A sheet that lacks the column of periods is a year by its name or its title; one that lacks the column
of entities is a place by its name. Only sheets with no key in common are parts of one table.

Columns and units of the parts of a table: compared between the sheets, and told where they differ.

Columns are matched by name; figures in another unit of the same thing are converted, and what cannot
be is told with the sheet that stands against it.

Workbooks that hold one table in parts, a sheet for each year, region or city: put below one another.

A sheet that lacks the column of periods is a year by its name or its title (2008, 2008年数据); one that
lacks the column of entities is a place by its name. Only sheets with no key in common are parts of one
table. Columns are matched by name; figures in another unit of the same thing are converted, and what
cannot be is told with the sheet that stands against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xinzhi_core.errors import DataError, Where
from xinzhi_core.wording import Message, message
from xinzhi_panel.io.raw import Cell, Decision, RawTable, ReadingFindings, ReadOptions, listed
from xinzhi_panel.io.recognise.cells import cell_text, loose, split_unit
from xinzhi_panel.io.recognise.gazetteer import is_place
from xinzhi_panel.io.recognise.layout import (
    SEARCHED,
    Header,
    find_header,
    hold_faults,
    title_year,
    year_of_sheet,
)
from xinzhi_panel.io.recognise.rows.excluded_rows import merge_text_notices
from xinzhi_panel.io.recognise.sheet_units import (
    ColumnUnit,
    converted,
    factors,
    is_convertible,
    units_above,
)
from xinzhi_panel.io.recognise.wide import Body, find_body, is_wide

AS_SOURCES = message(
    "`xinzhi init --from FILE` makes each sheet a source of one study; or name one (`sheet`)."
)
NAME_ONE = message("make the sheets alike, or name one (`sheet`).")


@dataclass(frozen=True, slots=True)
class Unlike:
    """Why sheets are not parts of one table."""

    what: Message
    sheet: str | None = None
    """The sheet that stands against it, where it is one."""
    remedy: Message = NAME_ONE
    are_tables: bool = False
    """Whether the sheets are tables of their own about the same entities and periods."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet that may hold a part of a table, as it was understood."""

    table: RawTable
    header: Header
    body: Body
    entity: str
    year: float | None = None

    @property
    def sheet(self) -> str:
        """Name of the sheet."""
        return self.table.sheet or ""

    def name(self, of: str) -> str | None:
        """Find a column by its name."""
        return next((name for name in self.header.names if loose(name) == loose(of)), None)

    def cells(self, of: str) -> Sequence[Cell] | None:
        """Give the cells of a column, None where the sheet has no such column."""
        name = self.name(of)
        return None if name is None else self.body.columns[name]


def with_places(tables: Sequence[RawTable], entity: str, period: str | None) -> Sequence[RawTable]:
    """Give each sheet that is called by a place a column of it, where none has a column of entities."""
    names = [table.sheet or "" for table in tables]
    if period is None or any(_tops(table) & {loose(entity)} for table in tables):
        return tables
    if not all(map(is_place, names)) or not all(loose(period) in _tops(t) for t in tables):
        return tables
    return [
        _with_place(table, entity, period, name) for table, name in zip(tables, names, strict=True)
    ]


def _with_place(table: RawTable, entity: str, period: str, name: str) -> RawTable:
    """Write the name of a sheet behind each row that has more than a remark."""
    rows = [list(row) for row in table.rows]
    heading = next(
        i for i, row in enumerate(rows) if loose(period) in map(loose, map(cell_text, row))
    )
    width = max(map(len, rows))
    for i, row in enumerate(rows[heading:], heading):
        if i == heading or sum(bool(cell_text(cell)) for cell in row) > 1:
            row += [*[None] * (width - len(row)), entity if i == heading else name]
    return replace(table, rows=rows)


def _tops(table: RawTable) -> set[str]:
    texts = {cell_text(cell) for row in table.rows[:SEARCHED] for cell in row}
    return {loose(text) for text in texts} | {loose(split_unit(text)[0]) for text in texts}


def part_of(
    table: RawTable,
    entity: str,
    period: str | None,
    reading: ReadOptions,
    findings: ReadingFindings,
) -> SheetPart:
    """Understand a sheet: its headings, its rows, and whether the period stands in it."""
    is_in_sheet = period is not None and (
        loose(period) in _tops(table) or year_of_sheet(table) is None
    )
    when = period if is_in_sheet else None
    header = find_header(table, entity, when, findings, reading.header)
    hold_faults(table, header, (entity, period), reading, findings)
    body = find_body(
        table, header, entity, findings, period=period, entities=reading.entities, is_panel=True
    )
    return SheetPart(table, header, body, entity)


def with_years(
    parts: Sequence[SheetPart], period: str | None, findings: ReadingFindings
) -> Sequence[SheetPart] | Unlike:
    """Give sheets their years, where the period stands in none of them."""
    years = [year_of_sheet(part.table) for part in parts]
    are_years = None not in years and len(set(years)) == len(years)
    if period is None:
        if not are_years:
            return parts
        return Unlike(
            message("the sheets are years, and no period is named"),
            remedy=message(
                "name the period, and the years of the sheets are taken: --period year."
            ),
        )
    lacking = [part for part in parts if part.name(period) is None]
    wide = [part for part in lacking if is_wide(part.header, period)]
    if not lacking or len(wide) == len(parts):
        return parts
    if len(lacking) < len(parts) or wide:
        sheet = (wide or lacking)[0].sheet
        text = message(
            "sheet {sheet} has no column '{period}' and others have one", sheet=sheet, period=period
        )
        return Unlike(text, sheet)
    return _years_of(parts, years, findings)


def _years_of(
    parts: Sequence[SheetPart], years: Sequence[float | None], findings: ReadingFindings
) -> Sequence[SheetPart] | Unlike:
    """Give each sheet its year; `part_of` left the period out of those only that have one."""
    titles = [title_year(part.table.rows[: part.header.row - 1]) for part in parts]
    for i, part in enumerate(parts):
        if years[i] in years[:i]:
            first = parts[list(years).index(years[i])].sheet
            text = message(
                "sheets {first} and {sheet} are both of {year}",
                first=first,
                sheet=part.sheet,
                year=int(years[i] or 0),
            )
            return Unlike(text, part.sheet, AS_SOURCES, are_tables=True)
    odd = [i for i, title in enumerate(titles) if title is not None and title != years[i]]
    if odd and None not in titles and len(set(titles)) == len(titles):
        # An edition of 2009 holds the figures of 2008: what stands above the table is what is in it.
        findings.warn(
            "excel.sheet_year",
            message(
                "Sheet {sheet} says {year} above its table; the years above the tables were taken.",
                sheet=parts[odd[0]].sheet,
                year=int(titles[odd[0]] or 0),
            ),
            Where(file=parts[0].table.file, sheet=parts[odd[0]].sheet),
            message("call the sheets by the years of their figures."),
        )
        years = titles
    elif odd:
        part, title = parts[odd[0]], int(titles[odd[0]] or 0)
        text = message("sheet {sheet} says {year} above its table", sheet=part.sheet, year=title)
        return Unlike(text, part.sheet)
    return [replace(part, year=year) for part, year in zip(parts, years, strict=True)]


def keys_meet(parts: Sequence[SheetPart], entity: str, period: str | None) -> Unlike | None:
    """Say whether one key stands in two sheets: then they are two tables, not two parts."""
    seen: dict[tuple[str, str], str] = {}
    for part in parts:
        names = [loose(cell_text(cell)) for cell in part.cells(entity) or ()]
        dates = part.cells(period) if period is not None and part.year is None else None
        when = (
            [str(part.year)] * len(names) if dates is None else [loose(cell_text(c)) for c in dates]
        )
        keys = set(zip(names, when, strict=True))
        common = next((key for key in keys if key in seen), None)
        if common is not None:
            text = message(
                "the same entities stand in sheets {first} and {sheet}",
                first=seen[common],
                sheet=part.sheet,
            )
            return Unlike(text, part.sheet, AS_SOURCES, are_tables=True)
        seen |= dict.fromkeys(keys, part.sheet)
    return None


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
        faults=tuple(findings.held),
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
