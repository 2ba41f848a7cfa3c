"""Find the keys of a table: the column that names the entity and the one of periods, and say why.

Headings suggest, rows decide: a column of entities is the better the more surely it names, with the
period, each row once. A heading that nobody knows is not an obstacle: a column of places, or of names
that come back in every period, is taken for what it holds.

Find the tables of a file and their keys: sheets of years, regions or cities are one, of indicators several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from xinzhi_core.errors import DataError, Problem, Where
from xinzhi_core.wording import Message, listed, message, shell_word
from xinzhi_panel.columns import vocabulary as words
from xinzhi_panel.columns.meaning import read_heading
from xinzhi_panel.columns.recognise import found, kind_of
from xinzhi_panel.io.raw import NOTHING_STATED, Cell, RawTable
from xinzhi_panel.io.read import read_sheets, read_table
from xinzhi_panel.io.recognise.cells import (
    cell_text,
    has_chinese,
    is_unit,
    loose,
    parse_number,
    split_unit,
)
from xinzhi_panel.io.recognise.gazetteer import is_place
from xinzhi_panel.io.recognise.layout import UNIT_ABOVE, year_of_sheet
from xinzhi_panel.io.recognise.parts import Unlike, stack_sheets
from xinzhi_panel.io.recognise.wide import NAMES, VALUES, variable_and_year
from xinzhi_panel.io.recognise.years import looks_like_year

SEARCHED = 60
YEARS = range(1900, 2101)
WIDE_ENOUGH = 0.6
"""Share of the widest row, and of words in it, from which a row can be that of headings."""
PLACES = 0.8
"""Share of known places from which a column names places, whatever its heading."""
NEARLY = 0.98
"""Share of different keys from which a column nearly names each row once."""
FILLED = 0.9
"""Share of filled cells from which a column can be a key without its heading saying so."""
AGAIN = 1.5
"""Rows of an entity on average from which a column without a known heading can be one of entities."""
SHOWN = 12


@dataclass(frozen=True, slots=True)
class TableKeys:
    """The keys of a table."""

    entity: str
    period: str | None
    """None in a cross-section; of a wide table the name that the years get."""
    sheet: str | None
    is_wide: bool
    """Whether years stand across the columns."""
    reasons: Mapping[str, Message]
    """Key -> why it is one."""
    sheets: tuple[str, ...] = ()
    """Sheets that are parts of the table, where others are not."""
    is_stacked: bool = False
    """Whether the table stands in several sheets."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Keys that a person named."""

    entity: str | None = None
    period: str | None = None


NOTHING_WANTED = Wanted()


def tables_in(path: Path, sheet: str | None) -> tuple[RawTable, ...]:
    """Read the sheets of a file that hold more than one row; the one that is named, if one is."""
    tables = read_sheets(path)
    if sheet is not None:
        named = tuple(table for table in tables if table.sheet == sheet)
        return named or (read_table(path, sheet=sheet),)
    filled = tuple(t for t in tables if sum(any(map(cell_text, row)) for row in t.rows) > 1)
    return filled or tables[:1]


def keys_of(table: RawTable, wanted: Wanted = NOTHING_WANTED) -> TableKeys:
    """Find the keys of a table.

    Raises
    ------
    DataError
        No column names an entity.
    """
    names, columns = _columns(table)
    reasons: dict[str, Message] = {}
    named = {loose(name): name for name in names}
    named |= {
        loose(split_unit(name)[0]): name
        for name in names
        if loose(split_unit(name)[0]) not in named
    }
    entity = named.get(loose(wanted.entity)) if wanted.entity else None
    period = named.get(loose(wanted.period)) if wanted.period else None
    periods = [period] if period else _periods(names, columns, entity, reasons)
    is_wide = not periods and (_has_years_across(names) or _has_years_below(table))
    if entity is None:
        entity, period = _entity(names, columns, periods, reasons)
    elif periods:
        period = periods[0]
    if entity is None:
        raise DataError(_no_entity(table, names))
    for key in (entity, period):
        if key and loose(key) in {loose(w) for w in (wanted.entity, wanted.period) if w}:
            reasons[key] = message("it was named")
    if is_wide:
        period = wanted.period or name_of_period(entity)
        reasons[period] = message("the years stand across the columns")
    reasons = {key: why for key, why in reasons.items() if key in (entity, period)}
    return TableKeys(entity, period, table.sheet, is_wide, MappingProxyType(reasons))


def name_of_period(entity: str) -> str:
    """Call the periods of a table that has no column of them.

    >>> name_of_period("城市"), name_of_period("city")
    ('年份', 'year')
    """
    return "年份" if has_chinese(entity) else "year"


def _no_entity(table: RawTable, names: Sequence[str]) -> Problem:
    places = [name for name in names if is_place(name)]
    if len(places) > 1 and len(places) >= PLACES * (len(names) - 1):
        text = message(
            "The places stand across the columns: {names}.", names=listed(places[:SHOWN])
        )
        remedy = message(
            "turn rows and columns over (in Excel: copy, Paste Special, Transpose), so that each row is a place; years may stand across the columns."
        )
        return Problem(
            "init.places_across", text, Where(file=table.file, sheet=table.sheet), remedy
        )
    text = message("No column looks like the name of a city, province, country or firm.")
    remedy = message(
        "name it: `--entity` and one of the columns: {names}.", names=listed(list(names)[:SHOWN])
    )
    return Problem("init.no_entity", text, Where(file=table.file, sheet=table.sheet), remedy)


def _columns(table: RawTable) -> tuple[list[str], dict[str, list[str]]]:
    """Find the row of headings, names or else labels that say an entity, and what stands below each."""
    rows = [list(map(cell_text, row)) for row in table.rows]
    if table.labels and not any(found(name, words.ENTITY) for name in rows[0]):
        rows[0] = [table.labels.get(name, name) for name in rows[0]]
    heading = _heading_row(table.rows)
    names = [name for name in rows[heading] if name]
    places = [place for place, name in enumerate(rows[heading]) if name]
    below = {
        name: [row[place] if place < len(row) else "" for row in rows[heading + 1 :]]
        for name, place in zip(names, places, strict=True)
    }
    return names, below


def _heading_row(rows: Sequence[Sequence[Cell]]) -> int:
    """Find the first row that is nearly as wide as the widest and holds words, or words and years."""
    seen = rows[:SEARCHED]
    width = max((sum(bool(cell_text(c)) for c in row) for row in seen), default=0)
    for number, row in enumerate(seen):
        filled = [cell_text(cell) for cell in row if cell_text(cell)]
        spoken = sum(parse_number(text) is None for text in filled)
        is_heading = spoken >= WIDE_ENOUGH * len(filled) or _has_years_across(filled)
        # A title merged over the columns stands in each of their cells, as one text.
        if len(filled) > 1 and len(set(filled)) == 1:
            continue
        if filled and len(filled) >= WIDE_ENOUGH * width and is_heading and spoken:
            below = _are_groups(filled, seen[number + 1 : number + 2])
            return number + below - (not below and _is_second_row(seen, number))
    return 0


def _is_second_row(rows: Sequence[Sequence[Cell]], number: int) -> bool:
    """Whether headings stand below those of groups, and the name of the key one row above them.

    So is a sheet whose cells were merged once they are no more, as in a csv file of it.
    """
    if not number:
        return False
    own, above = ([cell_text(cell) for cell in rows[row]] for row in (number, number - 1))
    only_above = [
        place
        for place, text in enumerate(above)
        if text and not (own[place : place + 1] or [""])[0]
    ]
    # A title stands alone; above a column without a name stand no words of its own.
    values = [
        cell_text(row[place])
        for row in rows[number + 1 :]
        for place in only_above[:1]
        if place < len(row)
    ]
    names = [value for value in values if value]
    spoken = sum(parse_number(name) is None for name in names)
    # Beside a title may stand the unit of the table, which groups no columns.
    groups = [t for i, t in enumerate(above) if t and i not in only_above]
    is_group = any(not UNIT_ABOVE.fullmatch(text.strip("()（）")) for text in groups)
    return is_group and bool(names) and spoken >= WIDE_ENOUGH * len(names)


def _are_groups(texts: Sequence[str], below: Sequence[Sequence[Cell]]) -> bool:
    """Whether texts are those of merged cells, each above several of the names that stand in the row below."""
    names = [text for row in below for cell in row if (text := cell_text(cell))]
    spoken = sum(parse_number(name) is None for name in names)
    return len(set(texts)) < len(texts) < len(names) == len(set(names)) == spoken


def _has_years_across(names: Sequence[str]) -> bool:
    """Whether a variable stands there for two years or more."""
    years: dict[str, set[int]] = {}
    for name in names:
        if split := variable_and_year(name):
            years.setdefault(split[0], set()).add(split[1])
    return any(len(of) > 1 for of in years.values())


def _has_years_below(table: RawTable) -> bool:
    """Whether the row below the headings holds years: variables stand above them."""
    below = _heading_row(table.rows) + 1
    row = table.rows[below] if below < len(table.rows) else ()
    filled = [text for text in map(cell_text, row) if text]
    years = [text for text in filled if looks_like_year(text)]
    return len(set(years)) > 1 and len(years) >= WIDE_ENOUGH * len(filled)


def heading_says(word: str) -> Message:
    """Give the commonest reason."""
    return message("the heading says '{word}'", word=word.removeprefix("="))


def _periods(
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    entity: str | None,
    reasons: dict[str, Message],
) -> list[str]:
    """List the columns that can be the period, the surest first."""
    fitting: list[str] = []
    # Figures of a year below a heading such as 2013年 may look like years themselves.
    names = [n for n in names if not (_has_years_across(names) and variable_and_year(n))]
    # Words in the order of their certainty: a column 年份 is the period, whatever stands before it.
    for word in words.PERIOD:
        for name in names:
            if name not in fitting and name != entity and found(name, (word,)):
                reasons[name] = heading_says(word)
                fitting.append(name)
    for name in names:
        if name not in fitting and name != entity and _is_known(name, PERIODS):
            reasons[name] = heading_says(name)
            fitting.append(name)
    for name in names:
        values = [v for v in columns[name] if v]
        is_year = bool(values) and all(v.isdecimal() and int(v) in YEARS for v in values)
        if is_year and name not in fitting and name != entity:
            reasons[name] = message("all values lie between 1900 and 2100")
            fitting.append(name)
    return fitting


PERIODS, ENTITIES = ("year", "date"), ("firm_name", "county", "region_name")
"""Indicators of the vocabulary that are keys, whatever words their headings hold."""


def _is_known(name: str, among: Sequence[str]) -> bool:
    """Whether the vocabulary knows a heading, whole, as one of several keys."""
    return read_heading(name).id in among


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    rank: tuple[int, ...]
    """What speaks for it, the smaller the better."""
    why: Message
    period: str | None
    is_unique: bool


def _entity(
    names: Sequence[str],
    columns: Mapping[str, Sequence[str]],
    periods: Sequence[str],
    reasons: dict[str, Message],
) -> tuple[str | None, str | None]:
    """Choose the column and the period that name each row once; names before codes, headings before values."""
    within = [name for name in names if loose(name) in NAMES]
    candidates: list[_Candidate] = []
    for number, name in enumerate(names):
        if name in periods or name in within or loose(name) in VALUES:
            continue
        kind = _kind(name, columns[name])
        if kind is None:
            continue
        for order, period in enumerate(periods or [None]):
            unique = _is_key(columns, name, period, within)
            if kind[0] > KNOWN and not (unique and _comes_back(columns[name], period)):
                continue
            rank = (2 - unique, kind[0], order, kind[1], number)
            candidates.append(_Candidate(name, rank, kind[2], period, unique > 0))
    best = min(candidates, key=lambda candidate: candidate.rank, default=None)
    if best is None:
        return None, next(iter(periods), None)
    reasons[best.name] = (
        message("{why} and its values name each row once", why=best.why)
        if best.is_unique
        else best.why
    )
    return best.name, best.period


KNOWN = 2
"""Kinds up to here are columns whose heading or values say that they name entities."""


def _kind(name: str, values: Sequence[str]) -> tuple[int, int, Message] | None:
    """Say how surely a column names entities: kind, order of its word, and why; None if it does not.

    0: a heading that says so, over names; 1: places; 2: such a heading over codes; 3: other names;
    4: other whole numbers.
    """
    filled = [value for value in values if value]
    if not filled or _measures(name, values):
        return None
    # By which word a heading names entities, and how likely that word is.
    named = ((i, heading_says(w)) for i, w in enumerate(words.ENTITY) if found(name, (w,)))
    says = next(named, None)
    if says is None and _is_known(name, ENTITIES):
        says = (len(words.ENTITY), heading_says(name))
    are_codes = found(name, words.IDENTIFIER) is not None or all(v.isdecimal() for v in filled)
    if says is not None:
        return (KNOWN if are_codes else 0, *says)
    distinct = dict.fromkeys(filled)
    if not are_codes and sum(map(is_place, distinct)) >= PLACES * len(distinct):
        return (1, 0, message("it holds names of places"))
    if len(filled) < FILLED * len(values) or len(distinct) < 2:
        return None
    numbers = [parse_number(value) for value in distinct]
    if all(number is not None for number in numbers):
        is_whole = all(value.isdecimal() for value in distinct)
        return (4, 0, message("it numbers what comes back in every period")) if is_whole else None
    return (3, 0, message("it holds names that come back in every period"))


def _comes_back(values: Sequence[str], period: str | None) -> bool:
    """Whether names come back from period to period; without periods each stands once anyway."""
    filled = [value for value in values if value]
    return period is None or len(filled) >= AGAIN * len(set(filled))


def _measures(name: str, values: Sequence[str]) -> bool:
    """Whether a heading that names places, such as 地区生产总值, is that of a quantity.

    It has a unit, it is a known quantity over numbers, or one of its numbers is not whole. A row of units
    may stand above the numbers.
    """
    read = [parse_number(value) for value in values if value and not is_unit(value)]
    numbers = [number for number in read if number is not None]
    if not numbers or len(numbers) < len(read):
        return False
    is_whole = all(n.value.is_integer() for n in numbers if n.missing is None)
    return split_unit(name)[1] is not None or kind_of(name) is not None or not is_whole


def _is_key(
    columns: Mapping[str, Sequence[str]], name: str, period: str | None, within: Sequence[str]
) -> int:
    """2 where a column with the period names each row once, 1 where it nearly does, 0 otherwise.

    Of a table that names indicators in a column, with the indicator.
    """
    keys = [name, *([period] if period else []), *within]
    rows = zip(*(columns[key] for key in keys), strict=True)
    filled = [row for row in rows if all(row)]
    different = len(Counter(filled))
    if not filled:
        return 0
    return 2 if different == len(filled) else 1 if different >= NEARLY * len(filled) else 0


def headings_of(table: RawTable) -> list[str]:
    """List the headings of a table, without their units."""
    return [split_unit(name)[0] for name in _columns(table)[0]]


def holds_numbers(table: RawTable) -> bool:
    """Whether a sheet has rows of two numbers or more, as tables have and words about them have not."""
    rows = (
        sum(parse_number(text) is not None for text in map(cell_text, r) if text)
        for r in table.rows
    )
    # Two such rows say it: a large table is not read through.
    return len([*islice((n for n in rows if n > 1), 2)]) > 1


def lone_period(table: RawTable, wanted: Wanted) -> str | None:
    """Find the column of periods of a sheet that has each of them once; None where there is none."""
    names, columns = _columns(table)
    periods = [name for name in names if wanted.period and loose(name) == loose(wanted.period)]
    for name in periods or _periods(names, columns, None, {}):
        values = [value for value in columns[name] if value]
        if 1 < len(values) == len(set(values)):
            return name
    return None


def has_year(table: RawTable, keys: TableKeys) -> bool:
    """Whether a sheet without a column of periods is one of a year."""
    return keys.period is None and year_of_sheet(table) is not None


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
    is_about: bool = False
    """Whether it holds words about the other sheets: nobody need say what to do with it."""
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Column of the other sheets -> its unit, where the sheet lists them."""

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
    """Find the keys of the one table of a file, and the sheets that are not parts of it; see `find_keys`."""
    tables, left = find_tables(path, sheet=sheet, wanted=wanted)
    if len(tables) > 1:
        text = message(
            "The sheets are {n} tables of their own: {names}.",
            n=len(tables),
            names=listed([table.sheet or ", ".join(table.sheets) for table in tables]),
        )
        remedy = message(
            "`xinzhi init --from {file}` makes a study of all of them; or name one (`sheet`).",
            file=shell_word(path.name),
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
    found, words_alone = _without_words(found)
    left += words_alone
    if len(found) == 1:
        return (found[0][1],), tuple(left)
    keys, more = _together(found, wanted)
    n_visible = len(tables)
    keys = tuple(
        replace(one, sheets=()) if one.is_stacked and len(one.sheets) == n_visible else one
        for one in keys
    )
    return keys, (*left, *more)


def _without_words(found: list[Found]) -> tuple[list[Found], list[LeftSheet]]:
    """Leave out sheets of words, such as a list of units, that name none of the entities of the others."""
    data = [one for one in found if holds_numbers(one[0])]
    named = {loose(v) for table, keys in data for v in _columns(table)[1].get(keys.entity, ())}
    kept: list[Found] = []
    left: list[LeftSheet] = []
    for table, keys in found:
        names = [v for v in _columns(table)[1].get(keys.entity, ()) if v]
        is_about = any(loose(name) in named or is_place(name) for name in names)
        if holds_numbers(table) or is_about or not data:
            kept.append((table, keys))
        else:
            what = message("it holds no numbers, and none of the entities of the other sheets")
            remedy = message("name its sheet and its columns if it holds data.")
            units = units_listed(table)
            if units:
                what, remedy = (
                    message("it lists units, which the columns have been given"),
                    message("check them under `read`: `units`."),
                )
            left.append(LeftSheet(table.sheet or "", what, remedy, is_about=True, units=units))
    return kept, left


def units_listed(table: RawTable) -> Mapping[str, str]:
    """Read a sheet that lists columns with their units: the text on the left of a unit is the column."""
    pairs: dict[str, str] = {}
    for row in table.rows:
        texts = [text for text in map(cell_text, row) if text]
        units = [place for place, text in enumerate(texts) if place and is_unit(text)]
        if len(units) == 1:
            pairs[texts[0]] = texts[units[0]]
    return MappingProxyType(pairs)


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
            if unlike and dated and has_year(table, keys):
                # What one sheet of a year tells would hold in every year.
                leave.append(LeftSheet(table.sheet or "", unlike.what, unlike.remedy))
            else:
                tables.append(keys)
        tables += [one] if one else []
    if not tables:
        # Sources of their own, which the remedy of a sheet offers, are what could not be made here.
        raise DataError(
            replace(
                sheet.as_error(found[0][0].file),
                remedy=message("name the sheet to read: --sheet {sheet}.", sheet=sheet.sheet),
            )
            for sheet in leave
        )
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
