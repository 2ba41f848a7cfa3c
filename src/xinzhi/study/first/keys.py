"""Find the tables of a file and their keys: sheets of years, regions or cities are one, of indicators several."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from xinzhi.errors import DataError, Problem, Where
from xinzhi.io.options import NOTHING_STATED
from xinzhi.io.raw import RawTable
from xinzhi.io.recognise.cells import has_chinese, loose
from xinzhi.io.recognise.gazetteer import is_place
from xinzhi.io.recognise.parts import Unlike
from xinzhi.io.recognise.stacked import stack_sheets
from xinzhi.study.first.key_columns import (
    NOTHING_WANTED,
    TableKeys,
    Wanted,
    has_year,
    headings_of,
    holds_numbers,
    keys_of,
    lone_period,
    name_of_period,
    tables_in,
)
from xinzhi.wording import Message, listed, message

Found = tuple[RawTable, TableKeys]
CITY = "城市"


@dataclass(frozen=True, slots=True)
class LeftSheet:
    """A sheet that is not read, and why."""

    sheet: str
    what: Message
    remedy: Message
    is_data: bool = True
    """Whether it seems to hold data, and no words about them."""

    def reason(self, file: str) -> Problem:
        """Say why, where the sheet is named beside."""
        return Problem(
            "excel.sheet_left_out", self.what, Where(file=file, sheet=self.sheet), self.remedy
        )

    def as_error(self, file: str) -> Problem:
        """Refuse it where nothing of the workbook is read."""
        text = message("Sheet '{sheet}' is not read: {why}.", sheet=self.sheet, why=self.what)
        return Problem(
            "excel.sheet_left_out", text, Where(file=file, sheet=self.sheet), self.remedy
        )

    def as_warning(self, file: str) -> Problem:
        """Warn of it where the rest of the workbook is read."""
        return replace(self.as_error(file), severity="warning")


def find_keys(
    path: Path, *, sheet: str | None = None, wanted: Wanted = NOTHING_WANTED
) -> TableKeys:
    """Find the keys of the one table of a file from its headings and from what stands below them.

    Raises
    ------
    DataError
        No column names an entity, the file cannot be read, or its sheets are several tables; with
        the remedy.
    """
    return find_one_table(path, sheet=sheet, wanted=wanted)[0]


def find_one_table(
    path: Path, *, sheet: str | None = None, wanted: Wanted = NOTHING_WANTED
) -> tuple[TableKeys, tuple[LeftSheet, ...]]:
    """Find the keys of the one table of a file, and the sheets that are no parts of it; see `find_keys`."""
    tables, left = find_tables(path, sheet=sheet, wanted=wanted)
    if len(tables) > 1:
        text = message(
            "The sheets are {n} tables of their own: {names}.",
            n=len(tables),
            names=listed([table.sheet or ", ".join(table.sheets) for table in tables]),
        )
        remedy = message(
            "`xinzhi init --from {file}` makes a study of all of them; or name one (`sheet`).",
            file=path.name,
        )
        raise DataError(Problem("excel.sheet_ambiguous", text, Where(file=path.name), remedy))
    return tables[0], left


def find_tables(
    path: Path, *, sheet: str | None = None, wanted: Wanted = NOTHING_WANTED
) -> tuple[tuple[TableKeys, ...], tuple[LeftSheet, ...]]:
    """Find the tables of a file with their keys, and the sheets that are none.

    Raises
    ------
    DataError
        The file cannot be read, or none of its sheets has a column that names entities.
    """
    # A cell with an error is a matter of its column, not of its sheet: it is told when the table is read.
    tables = [replace(table, faults=()) for table in tables_in(path, sheet)]
    if len(tables) == 1:
        return (keys_of(tables[0], wanted),), ()
    if cities := _sheets_of_cities(tables, wanted):
        return (cities,), ()
    found: list[Found] = []
    left: list[LeftSheet] = []
    problems: list[Problem] = []
    for table in tables:
        try:
            found.append((table, keys_of(table, wanted)))
        except DataError as error:
            problems += error.problems
            remedy = message("name its sheet and its columns if it holds data.")
            what = message("it has no column of entities")
            left.append(LeftSheet(table.sheet or "", what, remedy, is_data=holds_numbers(table)))
    if not found:
        raise DataError(problems)
    if len(found) == 1:
        return (found[0][1],), tuple(left)
    keys, more = _together(found, wanted)
    n_visible = len(tables)
    keys = tuple(
        replace(one, sheets=()) if one.is_stacked and len(one.sheets) == n_visible else one
        for one in keys
    )
    return keys, (*left, *more)


def _sheets_of_cities(tables: Sequence[RawTable], wanted: Wanted) -> TableKeys | None:
    """Take sheets that are called by places, each with every period once, for a sheet a city."""
    if not all(is_place(table.sheet or "") for table in tables):
        return None
    periods = [lone_period(table, wanted) for table in tables]
    period = periods[0]
    if period is None or len({loose(one or "") for one in periods}) > 1:
        return None
    entity = wanted.entity or (CITY if has_chinese(period) else "city")
    if isinstance(stack_sheets(tables, entity, period, NOTHING_STATED), Unlike):
        return None
    reasons = {entity: message("the sheets are called by places")}
    return TableKeys(entity, period, None, False, MappingProxyType(reasons), is_stacked=True)


def _together(
    found: Sequence[Found], wanted: Wanted
) -> tuple[tuple[TableKeys, ...], tuple[LeftSheet, ...]]:
    """Stack what is one table; what is several stays so, each sheet with its keys."""
    whole, left, unlike = _stack(found, wanted)
    if whole is not None:
        return (whole,), left
    groups: dict[object, list[Found]] = {}
    for table, keys in found:
        alike: object = table.sheet if keys.is_wide else frozenset(map(loose, headings_of(table)))
        groups.setdefault(alike, []).append((table, keys))
    dated = sum(has_year(table, keys) for table, keys in found) > 1
    tables: list[TableKeys] = []
    leave: list[LeftSheet] = []
    for group in groups.values():
        one, more, _ = _stack(group, wanted, leaves_twins=dated) if len(group) > 1 else NO_STACK
        leave += more
        alone = [(t, k) for t, k in group if t.sheet not in {sheet.sheet for sheet in more}]
        for table, keys in () if one else alone:
            if dated and has_year(table, keys):
                # What one sheet of a year tells would hold in every year.
                what = unlike.what if unlike else message("it is of one year only")
                leave.append(LeftSheet(table.sheet or "", what, unlike.remedy if unlike else what))
            else:
                tables.append(keys)
        tables += [one] if one else []
    if not tables:
        raise DataError(sheet.as_error(found[0][0].file) for sheet in leave)
    return tuple(tables), tuple(leave)


Stacked = tuple[TableKeys | None, tuple[LeftSheet, ...], Unlike | None]
NO_STACK: Stacked = (None, (), None)


def _stack(found: Sequence[Found], wanted: Wanted, *, leaves_twins: bool = False) -> Stacked:
    """Put as many sheets as possible below one another; say of the others why not."""
    entity = Counter(keys.entity for _, keys in found).most_common(1)[0][0]
    reasons = dict(next(keys.reasons for _, keys in found if keys.entity == entity))
    named = Counter(keys.period for _, keys in found if keys.period).most_common(1)
    period = wanted.period or (named[0][0] if named else name_of_period(entity))
    if all(has_year(table, keys) for table, keys in found):
        reasons[period] = message("the sheets are years")
    is_wide = all(keys.is_wide for _, keys in found)
    rest = [table for table, _ in found]
    left: list[LeftSheet] = []
    first: Unlike | None = None
    while len(rest) > 1:
        stacked = stack_sheets(rest, entity, period, NOTHING_STATED)
        if isinstance(stacked, RawTable):
            sheets = tuple(table.sheet or "" for table in rest)
            why = MappingProxyType(reasons)
            return (
                TableKeys(entity, period, None, is_wide, why, sheets, is_stacked=True),
                tuple(left),
                first,
            )
        first = first or stacked
        is_one = leaves_twins and stacked.are_tables
        if stacked.sheet is None or (stacked.are_tables and not is_one):
            return None, (), first
        left.append(LeftSheet(stacked.sheet, stacked.what, stacked.remedy))
        rest = [table for table in rest if table.sheet != stacked.sheet]
    return None, (), first
