"""Parts of a table that stand in a sheet each: what is in them, of which year or place, with which keys.

A sheet that lacks the column of periods is a year by its name or its title; one that lacks the column
of entities is a place by its name. Only sheets with no key in common are parts of one table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xinzhi.errors import Where
from xinzhi.io.options import ReadOptions
from xinzhi.io.raw import Cell, RawTable, ReadingFindings
from xinzhi.io.recognise.body import Body, find_body
from xinzhi.io.recognise.cells import cell_text, loose, split_unit
from xinzhi.io.recognise.faulty import refuse_faults
from xinzhi.io.recognise.gazetteer import is_place
from xinzhi.io.recognise.headings import SEARCHED
from xinzhi.io.recognise.layout import Header, find_header
from xinzhi.io.recognise.sheet_years import title_year, year_of_sheet
from xinzhi.io.recognise.wide import is_wide
from xinzhi.wording import Message, message

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
    refuse_faults(table, header, (entity, period), reading)
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
    titles = [title_year(part.table.rows[: part.header.row - 1]) for part in parts]
    for i, part in enumerate(parts):
        if years[i] is None:
            text = message("nothing tells the year of sheet {sheet}", sheet=part.sheet)
            return Unlike(text, part.sheet)
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
