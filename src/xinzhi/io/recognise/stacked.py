"""Workbooks that hold one table in parts, a sheet for each year or region: put below one another.

Only sheets with the same columns in the same units and with no key in common are parts of one
table; all others must be told apart by the person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from xinzhi.errors import DataError, Where
from xinzhi.io.options import ReadOptions
from xinzhi.io.raw import Cell, Decision, Findings, RawTable, listed
from xinzhi.io.recognise.body import Body, find_body
from xinzhi.io.recognise.cells import cell_text, loose
from xinzhi.io.recognise.headings import SEARCHED
from xinzhi.io.recognise.layout import Header, find_header
from xinzhi.io.recognise.rows.excluded_rows import merge_text_notices
from xinzhi.io.recognise.wide import is_wide
from xinzhi.wording import message

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


def stack_sheets(
    tables: Sequence[RawTable], entity: str, period: str | None, reading: ReadOptions
) -> RawTable | None:
    """Put sheets below one another; None where they are not parts of one table."""
    findings = Findings()
    try:
        parts = [_part(table, entity, period, reading, findings) for table in tables]
    except DataError:
        return None
    headers = [header for header, _ in parts]
    years: list[float | None] = [None] * len(tables)
    wide = [period is not None and is_wide(header, period) for header in headers]
    if period is not None and not any(_has(h, period) for h in headers) and not all(wide):
        years = [_year(table.sheet or "") for table in tables]
        # A sheet for each year: without a year in its name, or with one twice, a sheet is another table.
        if None in years or len(set(years)) < len(years) or any(wide):
            return None
    is_one = len({_columns(header) for header in headers}) == 1
    if not is_one or _keys_meet(parts, entity, period, years):
        return None
    return _stack(tables, parts, period, years, findings)


def _part(
    table: RawTable, entity: str, period: str | None, reading: ReadOptions, findings: Findings
) -> tuple[Header, Body]:
    top = {loose(cell_text(cell)) for row in table.rows[:SEARCHED] for cell in row}
    is_in_sheet = period is None or loose(period) in top or _year(table.sheet or "") is None
    header = find_header(table, entity, period if is_in_sheet else None, findings, reading.header)
    body = find_body(
        table, header, entity, findings, period=period, entities=reading.entities, is_panel=True
    )
    return header, body


def _has(header: Header, name: str) -> bool:
    return loose(name) in map(loose, header.names)


def _columns(header: Header) -> frozenset[tuple[str, str | None]]:
    return frozenset((loose(name), header.units.get(name)) for name in header.names)


def _year(sheet: str) -> float | None:
    """Year in the name of a sheet, where it names one.

    >>> _year("2019年"), _year("2019-2020"), _year("数据")
    (2019.0, None, None)
    """
    years = YEAR.findall(sheet)
    return float(years[0]) if len(years) == 1 else None


def _cells(part: tuple[Header, Body], name: str) -> Sequence[Cell]:
    return next(cells for n, cells in part[1].columns.items() if loose(n) == loose(name))


def _keys_meet(
    parts: Sequence[tuple[Header, Body]],
    entity: str,
    period: str | None,
    years: Sequence[float | None],
) -> bool:
    """Whether one key stands in two sheets: then they are two tables, not two parts."""
    seen: set[tuple[str, str]] = set()
    for part, year in zip(parts, years, strict=True):
        names = [loose(cell_text(cell)) for cell in _cells(part, entity)]
        when = [str(year)] * len(names)
        if period is not None and year is None and _has(part[0], period):
            when = [loose(cell_text(cell)) for cell in _cells(part, period)]
        keys = set(zip(names, when, strict=True))
        if keys & seen:
            return True
        seen |= keys
    return False


def _stack(
    tables: Sequence[RawTable],
    parts: Sequence[tuple[Header, Body]],
    period: str | None,
    years: Sequence[float | None],
    findings: Findings,
) -> RawTable:
    header = parts[0][0]
    names = list(header.names)
    heading: list[Cell] = [_heading(header, name) for name in names]
    rows: list[list[Cell]] = []
    places: list[tuple[str, int]] = [(tables[0].sheet or "", header.row)]
    for table, part, year in zip(tables, parts, years, strict=True):
        columns = [_cells(part, name) for name in names]
        lines = [list(line) for line in zip(*columns, strict=True)]
        rows += lines if year is None else [[*line, year] for line in lines]
        places += [(table.sheet or "", int(row)) for row in part[1].rows]
    if years[0] is not None:
        heading.append(period)
    findings.decide(
        "excel.stacked",
        message(
            "Sheets {names} are parts of one table; they were put below one another.",
            names=listed(table.sheet for table in tables),
        )
        if years[0] is None
        else message(
            "Sheets {names} are years of one table; they were put below one another.",
            names=listed(table.sheet for table in tables),
        ),
        Where(file=tables[0].file),
        len(tables),
    )
    # Positions differ between the sheets; names do not.
    shown = {loose(n) for t, (h, _) in zip(tables, parts, strict=True) for n in _percents(t, h)}
    # What was decided about each sheet is one sentence, that of the first sheet.
    by_code: dict[str, Decision] = {}
    for decision in (decision for table in tables for decision in table.decisions):
        by_code.setdefault(decision.code, decision)
    return replace(
        tables[0],
        rows=[heading, *rows],
        sheet=None,
        first_column=1,
        has_addresses=False,
        places=tuple(places),
        parts=tuple(
            (table.sheet or "", tuple(part[1].fates.names()))
            for table, part in zip(tables, parts, strict=True)
        ),
        merged=(),
        percents=frozenset(i for i, name in enumerate(names) if loose(name) in shown),
        decisions=(*by_code.values(), *merge_text_notices(findings.decisions)),
        warnings=(*(w for t in tables for w in t.warnings), *findings.warnings),
    )


def _percents(table: RawTable, header: Header) -> list[str]:
    pairs = zip(header.names, header.positions, strict=True)
    return [name for name, position in pairs if position in table.percents]


def _heading(header: Header, name: str) -> str:
    """Heading with its unit, so that it is found again below one another."""
    unit = header.units.get(name)
    return header.full.get(name, f"{name}（{unit}）" if unit else name)
